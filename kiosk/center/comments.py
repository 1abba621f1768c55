"""What visitors wrote, over all sites, and the way to take out what should not be kept."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from kiosk.center import audit
from kiosk.center.append import append
from kiosk.center.bulk import listed, listing
from kiosk.center.context import Center
from kiosk.center.storage import Connection
from kiosk.errors import CenterError
from kiosk.survey.flags import flags
from kiosk.survey.period import Span

PARTS = ("flagged", "all")
"""What can be taken out of a comment: what looks like somebody's data, or everything."""


class Comment(NamedTuple):
    """A comment still held, with what its response was about; nothing leads to the response itself."""

    event: str
    home: str
    day: str
    language: str
    service: str
    lane: str
    text: str

    @property
    def flags(self) -> frozenset[str]:
        """What in it looks like somebody's data: phone, email, card, ssn."""
        return flags(self.text)


def held(
    connection: Connection, period: Span, homes: Collection[str] | None = None, language: str = ""
) -> list[Comment]:
    """Comments of some sites or all (None), the latest day first, within it in an order that says nothing."""
    where = "" if homes is None else f" AND texts.home IN ({listed(connection, 'homes')})"
    response = (
        "json_extract(events.body, '$.response')"
        if connection.dialect == "sqlite"
        else "CAST(events.body AS jsonb) ->> 'response'"
    )
    rows = connection.rows(
        f"""SELECT event_id, texts.home, texts.day, texts.language, coalesce(service, ''),
                coalesce(lane, ''), text
            FROM texts JOIN events ON events.id = event_id
            LEFT JOIN responses AS it ON it.home = texts.home AND it.response = {response}
            WHERE texts.kind = 'survey.commented' AND texts.day BETWEEN :first AND :last
              AND (:language = '' OR texts.language = :language){where}
            ORDER BY texts.day DESC, event_id""",
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        language=language,
        **({} if homes is None else {"homes": listing(sorted(homes))}),
    )
    return [Comment(*row) for row in rows]


def redact(center: Center, event: str, part: str, account: str) -> None:
    """Take words out for ever, here and at every machine that holds them; raises CenterError.

    The center's chain of the site says that it was done; neither there nor in the book are the words.
    """
    if part not in PARTS:
        raise CenterError(f"{part!r} can't be taken out of a comment", f"Choose one of {', '.join(PARTS)}.")
    with center.store.begin() as connection:
        found = connection.row(
            "SELECT home, text FROM texts WHERE event_id = :event AND kind = 'survey.commented'", event=event
        )
        if found is None:
            raise CenterError("this comment is not held any more", "Nothing more is to be done.")
        home, text = found
        if part == "flagged" and not flags(text):
            raise CenterError(
                "nothing in this comment looks like somebody's data", "Delete the whole comment instead."
            )
        append(connection, center, home, "survey.redacted", {"event": event, "part": part, "staff": ""})
        audit.note(connection, center, account, "redacted", event, site=home, part=part)
    if center.store.dialect == "sqlite":
        # What was deleted would stay readable in the log that stands beside the file.
        with center.store.engine.connect() as raw:
            raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
