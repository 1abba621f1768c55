"""The feed of a site: its events in the order in which the center took them, for the machines of the site."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from kiosk.center.context import Center
from kiosk.journal.event import FIELDS, from_row, root
from kiosk.sync.page import Page

__all__ = ["Page", "Watch", "page"]

LARGEST = 500
"""Events on a page, at most."""

PAUSE = 0.15
"""Seconds between two questions to the database while somebody waits."""

_AFTER_TROUBLE = 2.0
_FIELDS = ", ".join(FIELDS)
_PAGE = f"""SELECT {_FIELDS}, position, code FROM events
    WHERE home = :home AND position > :after ORDER BY position LIMIT :limit"""
_log = logging.getLogger(__name__)


def page(center: Center, home: str, after: int, limit: int = LARGEST) -> Page:
    """The next events of a site's feed after a position; those in quarantine are passed over.

    Ask again with the page's `next` until that is what was asked with.
    """
    with center.store.read() as connection:
        rows = connection.rows(_PAGE, home=home, after=after, limit=limit)
    events = tuple((row[1], from_row(row[:-2])) for row in rows if not row[-1])
    # An event keeps the chain that it was sealed with; where it is kept stands beside it.
    named = tuple((label, event._replace(chain=root(label))) for label, event in events)
    return Page(home, after, rows[-1][-2] if rows else after, named)


class Watch:
    """Knows when a site's feed grew: while anybody waits one task asks the database for all of them.

    For one event loop; each worker has its own. `stopped`: nobody is kept waiting any more.
    """

    def __init__(self, center: Center) -> None:
        self._center = center
        self._feeds: dict[str, int] = {}
        self._grew = asyncio.Event()
        self._waiting = 0
        self._task: asyncio.Task[None] | None = None
        self.stopped = False

    async def grown(self, home: str, after: int, seconds: float) -> bool:
        """Wait until a site's feed is beyond a position, `seconds` at most; whether it is."""
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                while self._feeds.get(home, 0) <= after:
                    if self.stopped:
                        return False
                    if self._task is None or self._task.done():
                        self._task = asyncio.create_task(self._ask())
                    await self._grew.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    def stop(self) -> None:
        """Let everybody go who waits, now and later: the center is about to end."""
        self.stopped = True
        self._wake()

    async def close(self) -> None:
        """Stop asking the database."""
        self.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _ask(self) -> None:
        while self._waiting:
            try:
                feeds = await asyncio.to_thread(self._read)
            except SQLAlchemyError as problem:
                # Whoever waits asks again when their time is over, and is told then.
                _log.warning("the feeds can't be read: %s", problem)
                await asyncio.sleep(_AFTER_TROUBLE)
                continue
            if feeds != self._feeds:
                self._feeds = feeds
                self._wake()
            await asyncio.sleep(PAUSE)

    def _wake(self) -> None:
        self._grew.set()
        self._grew = asyncio.Event()

    def _read(self) -> dict[str, int]:
        with self._center.store.read() as connection:
            return {str(site): int(feed) for site, feed in connection.rows("SELECT site, feed FROM sites")}
