"""Every screen as text, in every language, at the two sizes where room is shortest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.app import LANGUAGES
from tests.support.gallery import View
from tests.support.scenes import SCENES


@pytest.mark.parametrize("size", [(80, 24), (55, 18)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES)
def test_the_screen_looks_as_it_did(
    gallery: list[View], snapshot: Callable[[str, str], None], scene: str, size: tuple[int, int]
) -> None:
    """One file holds a screen at a size in all languages."""
    seen = {v.language: v.text for v in gallery if (v.scene, v.size, v.drawn) == (scene, size, False)}
    pages = [f"--- {language}\n{seen[language]}\n" for language in LANGUAGES]
    snapshot(f"{scene}.{size[0]}x{size[1]}", "\n".join(pages))
