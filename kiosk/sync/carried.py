"""Receipts that came back on a stick: the center's answer to batches that were carried there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kiosk.errors import BatchError, SyncError
from kiosk.journal import Journal
from kiosk.journal import receipts as noted
from kiosk.sync import batch
from kiosk.sync import receipt as receipts
from kiosk.sync.noted import row
from kiosk.sync.receipt import Receipt

LARGEST = 4 << 20
"""Bytes of the largest file that is read."""


class Carried(NamedTuple):
    """A receipt's file and what it says; `problem` tells why it does not count, "" when it does."""

    file: Path
    receipt: Receipt | None
    problem: str


def files(place: Path) -> Iterator[Path]:
    """The receipts in a folder and in those it holds, or the file itself; raises OSError."""
    if not place.is_dir():
        yield place
        return
    for pattern in (f"*{receipts.SUFFIX}", f"*/*{receipts.SUFFIX}"):
        yield from sorted(file for file in place.glob(pattern) if not file.name.startswith("."))


def take_all(journal: Journal, key: str, place: Path) -> int:
    """Note all that count in a folder and in those it holds; how many. Raises JournalError alone."""
    try:
        found = list(files(place))
    except OSError:
        return 0
    return sum(not take(journal, key, file).problem for file in found)


def take(journal: Journal, key: str, file: Path) -> Carried:
    """Note a receipt that the center (its `key`: 64 hex digits) has signed for just what this journal holds.

    Raises JournalError; what is wrong with the file is told.
    """
    try:
        with file.open("rb") as stream:
            receipt = receipts.parse(stream.read(LARGEST))
    except OSError as problem:
        return Carried(file, None, f"it can't be read: {problem.strerror}")
    except SyncError:
        return Carried(file, None, "it is no receipt, or is damaged")
    if not receipts.verify(receipt, key):
        return Carried(file, receipt, "another center has signed it, or it was changed")
    if noted.known(journal, receipt.sha256, receipt.document().decode()):
        return Carried(file, receipt, "")
    if not _is_ours(journal, receipt):
        return Carried(file, receipt, "it is for another machine, or words were taken out since")
    journal.note_receipt(row(receipt, "stick"))
    return Carried(file, receipt, "")


def _is_ours(journal: Journal, receipt: Receipt) -> bool:
    """Whether the same range gives the same bytes here: a copy of this machine has the same chain's name."""
    if all(receipt.chain != stretch.chain for stretch in journal.stretches()):
        return False
    try:
        sealed = batch.seal(journal, receipt.first, receipt.last, io.BytesIO(), receipt.chain)
    except BatchError:
        return False
    return (sealed.sha256, sealed.name) == (receipt.sha256, f"{receipt.batch_id}.batch")
