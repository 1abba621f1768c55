"""Server-sent events: what has changed on the page of a ticket, for as long as somebody looks at it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, NamedTuple

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from kiosk.center.feed import Watch

LASTS = 180.0
"""Seconds after which a connection ends; browsers open the next one by themselves."""
HEARTBEAT = 15.0
"""Seconds between two signs of life, and between two looks at what changes with time alone."""
OPEN_AT_ONCE = 1000
"""Connections that one worker holds; pages that get none look again by themselves."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""No cache and no proxy may keep events back."""


class Part(NamedTuple):
    """What a page shows now: its site, the position in the site's feed, a mark of the content, the HTML."""

    home: str
    position: int
    mark: str
    html: str


Look = Callable[[], Part | None]
"""None when the page is over."""


class Streams:
    """The connections of one worker."""

    def __init__(self) -> None:
        self.count = 0

    @property
    def full(self) -> bool:
        """Whether no more can be held."""
        return self.count >= OPEN_AT_ONCE

    async def events(
        self, watch: Watch, look: Look, seen: str, monotonic: Callable[[], float]
    ) -> AsyncIterator[str]:
        """`changed` with the new HTML whenever its mark is not the one `seen`; `over` at the end of the page.

        Comments in between show that the connection lives.
        """
        self.count += 1
        try:
            until = monotonic() + LASTS
            yield "retry: 3000\n\n"
            while monotonic() < until and not watch.stopped:
                part = await run_in_threadpool(look)
                if part is None:
                    yield "event: over\ndata:\n\n"
                    return
                if part.mark != seen:
                    seen = part.mark
                    yield f"id: {seen}\nevent: changed\ndata: {json.dumps(part.html)}\n\n"
                if not await watch.grown(part.home, part.position, HEARTBEAT):
                    yield ":\n\n"
        finally:
            self.count -= 1
