"""Asking the center before somebody is called, so that two desks never call the same person."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Claim(NamedTuple):
    """What the center says to a call: granted, or who has the ticket ("" where it can't be called at all).

    The call must be later than `clock` (a hybrid logical clock): all that the center knew is before it.
    """

    granted: bool
    counter: str
    clock: str


class Claims(Protocol):
    """A desk's way to the center; what it does takes two seconds at most, and nothing of it raises."""

    @property
    def company(self) -> str:
        """Whether the other desks are reached: `together`, `alone`, or `refused` where this machine is."""
        ...

    def ask(self, ticket: str, counter: str, command: str) -> Claim | None:
        """Ask for a ticket before it is called; None where the center can't be reached: go on alone."""
        ...

    def catch_up(self) -> None:
        """Take in what the other machines of the site have recorded, as far as it can be had now."""
        ...
