"""`N_` marks a message where it is defined, to be translated where it is shown."""

from __future__ import annotations


def N_(message: str) -> str:
    """The message itself."""
    return message
