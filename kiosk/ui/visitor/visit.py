"""What is known of the visitor in front of the screen, and forgotten when they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from kiosk.catalog.model import Statement


@dataclass
class Response:
    """A survey in progress: its random id, the statements drawn, the place reached, the answers given."""

    id: str
    statements: tuple[Statement, ...]
    place: int = 0
    answers: dict[str, str] = field(default_factory=dict)


@dataclass
class Visit:
    """One visitor's way through the screens. The id is random and names nobody.

    `service` is the last page that was read; `ticketed` says that a ticket was taken.
    """

    language: str
    id: str = field(default_factory=lambda: uuid4().hex)
    service: str = ""
    query: str = ""
    response: Response | None = None
    ticketed: bool = False

    @property
    def is_lookup(self) -> bool:
        """Whether they looked something up and need nobody: one who could be asked about that."""
        return bool(self.service) and not self.ticketed
