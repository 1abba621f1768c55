"""Vectors of texts, kept on disk by the hash of the text and the name of the model."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy

if TYPE_CHECKING:
    from kiosk.search.meaning import Vectors

HASH = 16
"""Bytes of a text's SHA-256 that are kept."""
ROUNDED = 0.01
"""How far from 1 half precision may leave the length of a vector; anything further off is damaged."""


class Store:
    """A cache of vectors: half precision on disk, single in memory. Without a folder, in memory alone."""

    def __init__(self, folder: Path | None, model: str) -> None:
        self._file = folder / f"vectors-{model}.npy" if folder else None
        self._known: dict[bytes, Vectors] = {}
        if self._file:
            # A cache is only ever a saving: whatever is wrong with it, vectors can be made anew.
            with suppress(Exception):
                rows = numpy.load(self._file, allow_pickle=False)
                vectors = rows["vector"].astype(numpy.float32)
                whole = abs(numpy.linalg.norm(vectors, axis=1) - 1) < ROUNDED
                self._known = dict(zip(map(bytes, rows["hash"][whole]), vectors[whole], strict=True))

    def __contains__(self, text: str) -> bool:
        return _hash(text) in self._known

    def __getitem__(self, text: str) -> Vectors:
        return self._known[_hash(text)]

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Remember the vectors of these texts, one row each."""
        # Rounded at once, so that a first start and a later one rank alike.
        rounded = vectors.astype(numpy.float16).astype(numpy.float32)
        self._known.update(zip(map(_hash, texts), rounded, strict=True))

    def save(self, keep: Iterable[str] | None = None) -> None:
        """Write the file; only the texts of `keep` if given. A folder that can't be written is no error."""
        if keep is not None:
            wanted = set(map(_hash, keep))
            self._known = {key: vector for key, vector in self._known.items() if key in wanted}
        if self._file is None or not self._known:
            return
        size = len(next(iter(self._known.values())))
        rows = numpy.zeros(len(self._known), [("hash", "u1", HASH), ("vector", "f2", size)])
        rows["hash"] = numpy.frombuffer(b"".join(self._known), numpy.uint8).reshape(-1, HASH)
        rows["vector"] = list(self._known.values())
        draft = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as stream:
                numpy.save(stream, rows, allow_pickle=False)
            draft.replace(self._file)


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()[:HASH]
