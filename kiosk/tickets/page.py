"""The address of a ticket's page on the visitor's phone: leads from the ticket to the page, never back."""

from __future__ import annotations

import re
from base64 import b32encode
from hashlib import sha256

LENGTH = 20
"""Characters of a token: 100 bits, which nobody guesses."""


def token(ticket: str) -> str:
    """What the address of a page has of a ticket's random id, or of an invitation's."""
    return b32encode(sha256(b"ticket page " + ticket.encode()).digest()).decode().lower()[:LENGTH]


def is_token(text: str) -> bool:
    """Whether a text can be a token at all."""
    return re.fullmatch(f"[a-z2-7]{{{LENGTH}}}", text, re.ASCII) is not None


def address(url: str, ticket: str) -> str:
    """The page of a ticket at the center of a `url` (without a slash at the end), as a code holds it.

    In capitals where the center's address has no path of its own: a code of capitals and digits is smaller,
    and the center knows both ways to write it.
    """
    page = f"{url}/t/{token(ticket)}"
    return page if "/" in url.partition("://")[2] else page.upper()
