"""Which installed font draws a character on paper: the known ones first, then any that has it."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

one_at_a_time = threading.Lock()
"""Held while glyphs are drawn: FreeType shares state between faces, also those of other modules."""

PACKAGES = ("font_roboto",)
SUFFIXES = {".ttf", ".otf", ".ttc"}


@dataclass(frozen=True)
class Face:
    """One face of a font file; `index` counts the faces of a collection (.ttc)."""

    path: Path
    index: int = 0


@dataclass(frozen=True)
class Look:
    """How a script's letters sit on a line; shares of the em that Latin letters beside them have.

    `scale` is their own em, so that they look as large. A line takes `up` above its baseline and `down` below
    it. `joined` letters keep their exact places, so that strokes meet; others are fitted to the dots.
    """

    scale: float = 1.0
    up: float = 0.96
    down: float = 0.3
    joined: bool = False


LATIN = Look()
CHINESE = Look(up=0.98, down=0.34)
ARABIC = Look(scale=1.1, up=1.02, down=0.5, joined=True)
BURMESE = Look(up=1.08, down=0.64, joined=True)
OTHER = Look(up=1.05, down=0.5, joined=True)


@dataclass(frozen=True)
class Typeface:
    """A typeface in both weights, with the `Look` of its script."""

    regular: Face
    bold: Face
    look: Look

    def face(self, bold: bool) -> Face:
        """The face of a weight."""
        return self.bold if bold else self.regular

    def has(self, character: str) -> bool:
        """Whether both weights have a glyph for a character."""
        return _has(self.regular, character) and _has(self.bold, character)


@dataclass(frozen=True)
class _Known:
    """A typeface to look for: file names by weight and, in a collection, the end of the family's name."""

    look: Look
    regular: str
    bold: str
    collection: str = ""


KNOWN = (
    _Known(LATIN, "Roboto-Regular.ttf", "Roboto-Bold.ttf"),
    _Known(LATIN, "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    _Known(ARABIC, "NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    _Known(ARABIC, "NotoKufiArabic-Regular.ttf", "NotoKufiArabic-Bold.ttf"),
    _Known(CHINESE, "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "CJK SC"),
    _Known(CHINESE, "NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"),
    _Known(BURMESE, "NotoSansMyanmar-Regular.ttf", "NotoSansMyanmar-Bold.ttf"),
    _Known(LATIN, "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
)
"""In order of preference."""


def folders() -> list[Path]:
    """Where fonts are installed: this Python's font packages, then the user's and the system's folders."""
    found = []
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        found += [Path(place) / "files" for place in (spec and spec.submodule_search_locations) or ()]
    home = Path.home()
    if sys.platform == "darwin":
        return [*found, home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    if sys.platform == "win32":
        return [*found, Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"]
    shared = [Path(place) for place in ("/usr/local/share/fonts", "/usr/share/fonts")]
    return [*found, home / ".local/share/fonts", home / ".fonts", *shared]


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """Every font file by name; the first folder that has one wins."""
    found: dict[str, Path] = {}
    for place in folders():
        for folder, _, names in os.walk(place):
            for name in names:
                if Path(name).suffix.lower() in SUFFIXES:
                    found.setdefault(name, Path(folder) / name)
    return found


@lru_cache(maxsize=1)
def installed() -> tuple[Typeface, ...]:
    """The known typefaces that are here, in order of preference."""
    files = _files()
    return tuple(
        Typeface(regular, _face(files.get(known.bold), known.collection) or regular, known.look)
        for known in KNOWN
        if (regular := _face(files.get(known.regular), known.collection))
    )


def _face(path: Path | None, collection: str) -> Face | None:
    if not path:
        return None
    if not collection:
        return Face(path)
    faces = (Face(path, index) for index in range(opened(Face(path)).num_faces))
    return next((face for face in faces if _family(face).endswith(collection)), None)


def _family(face: Face) -> str:
    name: bytes = opened(face).family_name or b""
    return name.decode("latin-1")


@lru_cache(maxsize=32)
def opened(face: Face) -> Any:
    """FreeType's face; raises OSError where the file is gone or is no font."""
    import freetype  # type: ignore[import-untyped]

    try:
        return freetype.Face(str(face.path), face.index)
    except freetype.FT_Exception as problem:
        raise OSError(f"{face.path}: {problem}") from problem


@lru_cache(maxsize=8192)
def _has(face: Face, character: str) -> bool:
    return bool(opened(face).get_char_index(character))


@lru_cache(maxsize=4096)
def typeface_of(character: str) -> Typeface | None:
    """The first known typeface with the character, else any font here that has it; None where none does."""
    known = (typeface for typeface in installed() if typeface.has(character))
    return next(known, None) or next(_elsewhere(character), None)


def _elsewhere(character: str) -> Iterator[Typeface]:
    """Fonts nobody thought of that have the character, plain sans-serif faces first."""
    files = _files()
    for name in sorted(files, key=_oddity):
        try:
            face = opened.__wrapped__(Face(files[name]))  # past the cache: there may be hundreds
        except OSError:
            continue  # not a font after all
        if face.is_scalable and face.get_char_index(character):
            regular = Face(files[name])
            bold = files.get(name.replace("-Regular", "-Bold"))
            yield Typeface(regular, Face(bold) if bold else regular, OTHER)


def _oddity(name: str) -> tuple[bool, ...]:
    return "-Regular" not in name, "Sans" not in name, "Italic" in name, "Mono" in name


def typefaces(text: str, main: Typeface | None) -> list[Typeface]:
    """The typeface of each character: `main` for letters wherever it can, what stands at them goes with them.

    Every character must be in some font.
    """
    chosen: list[Typeface] = []
    for character in text:
        before = chosen[-1] if chosen else main
        # A code in a foreign line is all in one typeface, its figures too.
        wanted = (main, before) if character.isalpha() or character.isspace() else (before, main)
        fitting = (one for one in wanted if one and one.has(character))
        chosen.append(next(fitting, None) or typeface_of(character) or before or installed()[0])
    return chosen


def main_typeface(text: str) -> Typeface | None:
    """What most letters of a text need, so that digits and signs among them do not change the look."""
    letters: Sequence[str] = [character for character in text if character.isalpha()] or text
    needed = [found for character in letters if (found := typeface_of(character))]
    return max(needed, key=needed.count, default=None)
