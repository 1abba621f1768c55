"""Which installed font can draw a text: Latin and Cyrillic from a PyPI package, the rest from the system."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kiosk.devices.typefaces import folders


@dataclass(frozen=True)
class Look:
    """How a script's letters sit in the height of a line, found by looking at them in a terminal.

    Shares: `fill` of the line's height that the em may take, `base` of it that is above the baseline, `tall`
    of the em that tall letters take (fonts mixed in one line are matched by it), `smallest` of the full em
    that is still taken where marks need room. Pixels: below `light_below` the lighter weight is clearer,
    below `least` nothing is legible. `joined` letters keep their exact places, so that strokes meet; others
    are fitted to the pixel grid.
    """

    fill: float
    base: float
    tall: float
    least: int
    light_below: int = 0
    smallest: float = 0.72
    joined: bool = False


LATIN = Look(fill=0.99, base=0.777, tall=0.711, least=9)
CHINESE = Look(fill=1.04, base=0.86, tall=0.82, least=12, light_below=18)
ARABIC = Look(fill=0.94, base=0.66, tall=0.70, least=12, smallest=0.6, joined=True)
BURMESE = Look(fill=0.70, base=0.6, tall=0.60, least=15, smallest=0.6, joined=True)


@dataclass(frozen=True)
class Face:
    """One face of a font file; `index` counts the faces of a collection (.ttc)."""

    path: Path
    index: int = 0


@dataclass(frozen=True)
class Font:
    """A typeface that is installed, in the weight for large and the one for small display type."""

    look: Look
    bold: Face
    light: Face


@dataclass(frozen=True)
class _Known:
    """A typeface to look for: file names by weight and, in a collection, the end of the family's name."""

    look: Look
    bold: str
    light: str
    collection: str = ""


KNOWN = (
    _Known(LATIN, "Roboto-Bold.ttf", "Roboto-Medium.ttf"),
    _Known(LATIN, "NotoSans-Bold.ttf", "NotoSans-Bold.ttf"),
    _Known(ARABIC, "NotoSansArabic-Bold.ttf", "NotoSansArabic-Bold.ttf"),
    _Known(ARABIC, "NotoKufiArabic-Bold.ttf", "NotoKufiArabic-Bold.ttf"),
    _Known(CHINESE, "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "CJK SC"),
    _Known(CHINESE, "NotoSansSC-Bold.otf", "NotoSansSC-Regular.otf"),
    _Known(BURMESE, "NotoSansMyanmar-Bold.ttf", "NotoSansMyanmar-Bold.ttf"),
    _Known(LATIN, "DejaVuSans-Bold.ttf", "DejaVuSans-Bold.ttf"),
)
"""In order of preference; the last one, with many scripts in one file, stands in where others lack.

Roboto comes first because its accents are low: accented letters are as large as plain ones.
"""


def _files(places: Iterable[Path]) -> dict[str, Path]:
    """Paths of the known font files by name; the first folder that has one wins."""
    wanted = {name for known in KNOWN for name in (known.bold, known.light)}
    found: dict[str, Path] = {}
    for place in places:
        for folder, _, names in os.walk(place):
            for name in wanted.intersection(names):
                found.setdefault(name, Path(folder) / name)
    return found


@lru_cache(maxsize=1)
def _installed_files() -> tuple[tuple[str, Path], ...]:
    return tuple(sorted(_files(folders()).items()))


def version() -> str:
    """A text that changes when the installed fonts do; needs no font library."""
    return ",".join(f"{name}:{path.stat().st_size}" for name, path in _installed_files())


@lru_cache(maxsize=1)
def installed() -> tuple[Font, ...]:
    """The known fonts that are here, in order of preference."""
    files = dict(_installed_files())
    return tuple(
        Font(known.look, bold, _face(files.get(known.light), known.collection) or bold)
        for known in KNOWN
        if (bold := _face(files.get(known.bold), known.collection))
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


@lru_cache(maxsize=16)
def opened(face: Face) -> Any:
    """FreeType's face; raises OSError where the file is gone or is no font."""
    import freetype  # type: ignore[import-untyped]

    try:
        return freetype.Face(str(face.path), face.index)
    except freetype.FT_Exception as problem:
        raise OSError(f"{face.path}: {problem}") from problem


@lru_cache(maxsize=4096)
def _has(face: Face, character: str) -> bool:
    return bool(opened(face).get_char_index(character))


def choose(text: str, fonts: Sequence[Font]) -> tuple[Font, ...] | None:
    """The font of each character; None where some character is in no font.

    The font that most letters need draws all it can, so that digits and signs do not change the look.
    """
    first = [next((font for font in fonts if _has(font.bold, character)), None) for character in text]
    if not text or None in first:
        return None
    needed = Counter(font for font, character in zip(first, text, strict=True) if character.isalpha())
    main = needed.most_common(1)[0][0] if needed else first[0]
    return tuple(
        main if main and _has(main.bold, character) else font
        for font, character in zip(first, text, strict=True)
        if font
    )


def font_for(text: str, fonts: Sequence[Font] | None = None) -> Font | None:
    """The font that draws most of a text; None where some character is in no font."""
    chosen = choose(text, installed() if fonts is None else fonts)
    return Counter(chosen).most_common(1)[0][0] if chosen else None


def missing(samples: Mapping[str, str], fonts: Sequence[Font] | None = None) -> list[str]:
    """The keys (languages) of the sample texts that no installed font can draw."""
    return [language for language, text in samples.items() if font_for(text, fonts) is None]
