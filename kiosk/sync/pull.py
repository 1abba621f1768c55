"""Taking in what the other machines of the site, and the center, have recorded."""

from __future__ import annotations

from kiosk.journal import Journal
from kiosk.sync.client import Client


def pull(journal: Journal, client: Client, wait: int = 0, after: int | None = None) -> int:
    """Take in all that the site's feed has for this machine; how many events were new here.

    `wait`: seconds to wait for something to come where there is nothing. `after`: the position to begin at,
    else where the last time ended. Raises SyncError as `Client`, and JournalError.
    """
    new, chain = 0, journal.chain
    position = journal.feed_position() if after is None else after
    while True:
        page = client.feed(position, wait)
        if page.next == position:
            return new
        new += journal.receive(page.events, page.next)
        position, wait = page.next, 0
        if journal.chain != chain:
            # It stepped aside meanwhile: what passed by under the name it had comes again.
            chain, position = journal.chain, 0
            journal.receive((), position)
