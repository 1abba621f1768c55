"""Layouts of the on-screen keyboard: three rows of keys in layers, per language."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LATIN = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
DIGITS = ("1234567890", "-/&'.,", "")
TONES = {"á": "\u0301", "à": "\u0300", "ả": "\u0309", "ã": "\u0303", "ạ": "\u0323"}
"""Vietnamese tone keys: the vowel on the key stands for the mark put on the last letter typed."""


@dataclass(frozen=True)
class Layout:
    """Layers of three rows; the first is shown first. `signs` label the key that leads to each layer.

    Row 2 leaves room for *erase*, row 3 for the layer key and *space*.
    """

    layers: tuple[tuple[str, str, str], ...]
    signs: tuple[str, ...]
    tones: bool = False


ENGLISH = Layout((LATIN, DIGITS), ("abc", "123"))
LAYOUTS = {
    "en": ENGLISH,
    "es": Layout((LATIN, ("áéíóúüñ", "¿?¡!", ""), DIGITS), ("abc", "áñ", "123")),
    "vi": Layout((LATIN, ("ăâđêôơư", "áàảãạ", ""), DIGITS), ("abc", "ăá", "123"), tones=True),
    "zh_Hans": ENGLISH,
    "ar": Layout(
        (("ضصثقفغعهخحج", "شسيبلاتنمك", "ظطذدزروةى"), ("أإآئؤء", "", ""), DIGITS),
        ("ابت", "أإء", "123"),
    ),
}


def type_key(text: str, key: str, tones: bool = False) -> str:
    """The text after a key; a tone key puts its mark on the last letter."""
    if tones and key in TONES:
        return unicodedata.normalize("NFC", text + TONES[key]) if text[-1:].isalpha() else text
    return text + key
