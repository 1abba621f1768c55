"""Receipts of the center: what was delivered."""

from __future__ import annotations

import sqlite3

from kiosk.journal.device import Device, ReceiptRow
from kiosk.journal.event import root
from kiosk.journal.forks import stretches
from kiosk.journal.questions import FORKED, OWN, TO_FIND

_FIELDS = ", ".join(ReceiptRow._fields)
_NOTE = f"INSERT OR IGNORE INTO receipts ({_FIELDS}) VALUES ({', '.join('?' * len(ReceiptRow._fields))})"
_REACHED = "SELECT coalesce((SELECT last FROM delivered WHERE chain = ?), 0)"
_FARTHER = "SELECT max(last) FROM receipts WHERE chain = ?1 AND first <= ?2 + 1 AND last > ?2"
_COMPLETED = f"""SELECT count(*), count(*) FILTER (WHERE seq <= ?3 OR EXISTS (
        SELECT 1 FROM receipts WHERE receipts.chain = ?4 AND seq BETWEEN receipts.first AND receipts.last))
    FROM events WHERE kind = 'survey.completed' AND {TO_FIND} AND chain = ?1 AND seq <= ?2"""


def note(journal: Device, receipt: ReceiptRow) -> None:
    """Remember a receipt, and how far all events of its chain have one."""

    def work(cursor: sqlite3.Cursor) -> None:
        cursor.execute(_NOTE, receipt)
        reached = before = int(cursor.execute(_REACHED, (receipt.chain,)).fetchone()[0])
        while farther := cursor.execute(_FARTHER, (receipt.chain, reached)).fetchone()[0]:
            reached = farther
        if reached > before:
            cursor.execute("INSERT OR REPLACE INTO delivered VALUES (?, ?)", (receipt.chain, reached))

    journal.write(work)


def noted(journal: Device, limit: int) -> list[ReceiptRow]:
    """Receipts, the latest first."""
    rows = journal.rows(f"SELECT {_FIELDS} FROM receipts ORDER BY at DESC, chain, last DESC LIMIT ?", limit)
    return [ReceiptRow(*row) for row in rows]


def known(journal: Device, sha256: str, document: str) -> bool:
    """Whether just this receipt for a batch (its SHA-256) was noted."""
    found = "SELECT 1 FROM receipts WHERE sha256 = ? AND document = ?"
    return bool(journal.rows(found, sha256, document))


def beyond(journal: Device, seq: int) -> list[tuple[int, int]]:
    """Which events of the own chain after a number have a receipt, as ranges, whether in one piece or not."""
    farther = f"SELECT first, last FROM receipts WHERE chain = {OWN} AND last > ? ORDER BY last"
    return [(first, last) for first, last in journal.rows(farther, seq)]


def of_forks(journal: Device) -> list[str]:
    """The receipts that tell of another past of the own chain, as the center signed them."""
    return [row[0] for row in journal.rows(f"SELECT document FROM receipts WHERE chain = {OWN} AND {FORKED}")]


def delivered(journal: Device) -> int:
    """Up to which number all events of the own chain have a receipt."""
    number: int = journal.rows(f"SELECT coalesce((SELECT last FROM delivered WHERE chain = {OWN}), 0)")[0][0]
    return number


def surveys_taken(journal: Device) -> tuple[int, int]:
    """Surveys completed under every chain that this machine had, and how many have a receipt.

    A divergent tail was sealed, and so confirmed, under the name it was recorded with.
    """
    taken = confirmed = 0
    for stretch in stretches(journal):
        name = root(stretch.chain)
        reached = journal.rows(_REACHED, name)[0][0]
        counts = journal.rows(_COMPLETED, stretch.chain, stretch.last, reached, name)[0]
        taken, confirmed = taken + counts[0], confirmed + counts[1]
    return taken, confirmed
