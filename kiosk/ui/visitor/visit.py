"""What is known of the visitor in front of the screen, and forgotten when they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from kiosk.catalog.model import Statement


@dataclass
class Response:
    """A survey in progress: the statements drawn, the place reached, the answers given.

    `lane` and `wait` (a band, see `tickets.ticket.wait_band`) are those of the visit it is about.
    """

    channel: str
    service: str
    statements: tuple[Statement, ...]
    lane: str = ""
    wait: str = "none"
    id: str = field(default_factory=lambda: uuid4().hex)
    place: int = 0
    answers: dict[str, str] = field(default_factory=dict)


@dataclass
class Visit:
    """One visitor's way through the screens. The id is random and names nobody."""

    language: str
    id: str = field(default_factory=lambda: uuid4().hex)
    service: str = ""
    query: str = ""
    response: Response | None = None
    surveyed: bool = False
