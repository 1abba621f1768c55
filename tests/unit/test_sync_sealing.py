"""What lies on a stick can be read by the center alone, and is the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from kiosk.clock import FixedClock
from kiosk.journal import Journal
from kiosk.sync.sealing import sealed_box

CONTENT = b"what visitors said" * 1000


def journal_in(folder: Path) -> Path:
    with Journal.open(folder / "kiosk.db", FixedClock()) as journal:
        return journal.path


def test_the_center_opens_it_with_the_usual_library(tmp_path: Path) -> None:
    center = PrivateKey.generate()
    sealed = sealed_box(journal_in(tmp_path), CONTENT, bytes(center.public_key).hex())
    assert CONTENT[:20] not in sealed
    assert SealedBox(center).decrypt(sealed) == CONTENT
    with pytest.raises(CryptoError):
        SealedBox(PrivateKey.generate()).decrypt(sealed)


def test_the_same_content_gives_the_same_bytes_and_nothing_else_does(tmp_path: Path) -> None:
    path, box = journal_in(tmp_path), bytes(PrivateKey.generate().public_key).hex()
    first = sealed_box(path, CONTENT, box)
    assert sealed_box(path, CONTENT, box) == first
    other = journal_in(tmp_path / "other")
    boxes = [
        first,
        sealed_box(path, CONTENT + b".", box),
        sealed_box(path, CONTENT, bytes(PrivateKey.generate().public_key).hex()),
        sealed_box(other, CONTENT, box),
    ]
    assert len({sealed[:32] for sealed in boxes}) == 4, "an ephemeral key must never serve twice"
