"""The attract picture: fills its room, stands on the ground, and its lights change slowly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import SettingsError
from kiosk.ui.blocks import CELLS, Mode, unpack
from kiosk.ui.skyline import fitted, from_file, painted, skyline

widths, heights = st.integers(1, 200), st.integers(0, 30)
modes: st.SearchStrategy[Mode] = st.sampled_from(["sextant", "half"])


@given(widths, heights, st.integers(0, 10_000), modes)
def test_it_fills_its_room_exactly(width: int, height: int, tick: int, mode: Mode) -> None:
    rows = skyline(width, height, tick, mode)
    assert [len(row) for row in rows] == [width] * height
    assert set("".join(rows)) <= set(CELLS[mode])
    assert [sum(len(text) for text, _ in row) for row in painted(width, height, tick, mode)] == [
        width
    ] * height


@pytest.mark.parametrize("width", [55, 80, 120, 160])
@pytest.mark.parametrize("height", [6, 9, 14, 20])
@pytest.mark.parametrize("mode", ["sextant", "half"])
def test_towers_stand_on_the_ground_apart_from_each_other_and_below_the_edge(
    width: int, height: int, mode: Mode
) -> None:
    picture = unpack(skyline(width, height, mode=mode), mode)
    assert picture.rows[-1] == (1 << picture.width) - 1
    assert picture.rows[0] == 0
    assert any(picture.rows[1 : len(picture.rows) // 4])
    ground = bin(picture.rows[-2])[2:].zfill(picture.width)
    towers = [run for run in ground.split("0") if run]
    assert len(towers) >= width // 16
    assert ground[0] == ground[-1] == "0"


def test_more_room_shows_more_of_the_city() -> None:
    def towers(width: int) -> int:
        ground = bin(unpack(skyline(width, 12), "sextant").rows[-2])
        return len([run for run in ground[2:].split("0") if run])

    assert towers(55) < towers(80) < towers(120) < towers(160)


def test_near_and_far_houses_and_lights_are_told_apart() -> None:
    roles = {role for row in painted(120, 14) for _, role in row}
    assert roles == {"sky", "far", "near", "edge", "light"}


def lights(tick: int) -> set[tuple[int, int]]:
    """Cells with a lighted window."""
    found = set()
    for y, row in enumerate(painted(120, 14, tick)):
        x = 0
        for text, role in row:
            found |= {(x + i, y) for i in range(len(text)) if role == "light"}
            x += len(text)
    return found


@given(st.integers(0, 100_000))
def test_only_a_few_lights_change_at_once(tick: int) -> None:
    now, then = lights(tick), lights(tick + 1)
    assert len(now) > 30
    assert len(now ^ then) <= len(now | then) * 0.12


def test_the_lights_do_change_and_the_walls_do_not() -> None:
    assert len(lights(0) ^ lights(40)) > 20
    assert lights(7) == lights(7)
    for first, second in zip(painted(120, 14, 0), painted(120, 14, 40), strict=True):
        solid = [
            "".join(role[0] * len(text) for text, role in row).replace("l", "n") for row in (first, second)
        ]
        assert solid[0] == solid[1]


# ---- a picture of the city's own


def test_a_picture_file_is_read_and_padded(tmp_path: Path) -> None:
    file = tmp_path / "city.txt"
    file.write_text("  ▲\n ███ \n█████\n\n", encoding="utf-8")
    assert from_file(file) == ["  ▲  ", " ███ ", "█████"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "0 rows"),
        ("█\n" * 41, "41 rows"),
        ("█\n" + "█" * 201, "picture.txt:2: 201 columns"),
        ("█\n█\t█", r"picture.txt:2: the character U\+0009"),
        ("城市", r"picture.txt:1: the character U\+57CE"),
        ("█\x1b[31m", r"picture.txt:1: the character U\+001B"),
        ("e\u0301", r"picture.txt:1: the character U\+0301"),
    ],
)
def test_a_picture_that_does_not_fit_cells_is_refused_with_its_line(
    content: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "picture.txt"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        from_file(file)


def test_a_picture_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.txt"):
        from_file(tmp_path / "none.txt")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(SettingsError, match=r"photo\.png"):
        from_file(tmp_path / "photo.png")


@given(st.integers(1, 30), st.integers(1, 12), st.integers(1, 40), st.integers(0, 20))
def test_a_picture_is_centred_on_the_ground_or_cut(columns: int, rows: int, width: int, height: int) -> None:
    shown = fitted(["█" * columns] * rows, width, height)
    assert [len(row) for row in shown] == [width] * height
    assert sum(row.count("█") for row in shown) == min(columns, width) * min(rows, height)
    if height:
        assert "█" in shown[-1]
        assert abs(len(shown[-1]) - len(shown[-1].lstrip()) - (len(shown[-1]) - len(shown[-1].rstrip()))) <= 1
