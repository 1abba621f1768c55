"""Display type: what is drawn looks like the text, is legible, fits, and comes back from the cache."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.blocks import CELLS, PIXELS, Bitmap, pack, unpack
from kiosk.ui.display_type import (
    Drawing,
    Request,
    TypeCache,
    balanced,
    draw,
    draw_fitted,
    mode_for_terminal,
)
from kiosk.ui.dots import UNIT, Dot, Stamp, with_dots
from kiosk.ui.fonts import ARABIC, LATIN, Face, Font, font_for, installed, missing
from kiosk.ui.ink import visual_runs

FONTS = Path(__file__).parent.parent / "data" / "fonts"
LATIN_FONT = Font(LATIN, Face(FONTS / "latin-bold.ttf"), Face(FONTS / "latin-medium.ttf"))
ARABIC_FONT = Font(ARABIC, Face(FONTS / "arabic-bold.ttf"), Face(FONTS / "arabic-bold.ttf"))
TEST_FONTS = (LATIN_FONT, ARABIC_FONT)
ROWS = range(3, 10)

bitmaps = st.integers(1, 12).flatmap(
    lambda cells: st.lists(st.integers(0, 4**cells - 1), min_size=3, max_size=12).map(
        lambda rows: Bitmap(2 * cells, tuple(rows[: len(rows) // 3 * 3]))
    )
)


def ink(text: str, rows: int, **options: object) -> Bitmap:
    """The pixels of a text drawn in sextants with the test fonts."""
    drawing = draw(text, rows, 400, fonts=TEST_FONTS, **options)  # type: ignore[arg-type]
    assert drawing is not None
    return unpack(drawing.lines, "sextant")


def pixels(bitmap: Bitmap) -> set[tuple[int, int]]:
    return {(x, y) for y, row in enumerate(bitmap.rows) for x in range(bitmap.width) if row >> x & 1}


def pieces(bitmap: Bitmap) -> int:
    """How many separate pieces of ink there are (pixels that share a side belong together)."""
    left, count = pixels(bitmap), 0
    while left:
        count += 1
        edge = [left.pop()]
        while edge:
            x, y = edge.pop()
            near = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & left
            left -= near
            edge += near
    return count


# ---- blocks


def test_each_sextant_is_the_character_that_unicode_names_so() -> None:
    for pattern, character in enumerate(CELLS["sextant"]):
        name = unicodedata.name(character)
        if name.startswith("BLOCK SEXTANT-"):
            named = sum(1 << int(digit) - 1 for digit in name.removeprefix("BLOCK SEXTANT-"))
        else:
            named = {"SPACE": 0, "LEFT HALF BLOCK": 0b010101, "RIGHT HALF BLOCK": 0b101010, "FULL BLOCK": 63}[
                name
            ]
        assert named == pattern


@given(bitmaps)
def test_packing_into_sextants_loses_nothing(bitmap: Bitmap) -> None:
    assert unpack(pack(bitmap, "sextant"), "sextant") == bitmap


@given(st.lists(st.integers(0, 2**9 - 1), min_size=2, max_size=8).filter(lambda rows: len(rows) % 2 == 0))
def test_packing_into_half_blocks_loses_nothing(rows: list[int]) -> None:
    assert unpack(pack(Bitmap(9, tuple(rows)), "half"), "half") == Bitmap(9, tuple(rows))


# ---- drawing


@pytest.mark.parametrize("rows", [4, 5, 6, 7, 9])
@pytest.mark.parametrize("letter", list("HMWabdegnpsy"))
def test_a_letter_looks_like_its_outline(letter: str, rows: int) -> None:
    """Against an independent picture: the same glyph drawn large by Pillow, shrunk and thresholded."""
    from PIL import Image, ImageDraw, ImageFont

    drawn = pixels(ink(letter, rows))
    width, top = max(x for x, _ in drawn) + 1, min(y for _, y in drawn)
    height = max(y for _, y in drawn) - top + 1
    picture = Image.new("L", (900, 900))
    font = ImageFont.truetype(str(LATIN_FONT.bold.path), 400)
    ImageDraw.Draw(picture).text((200, 200), letter, 255, font=font)
    picture = picture.crop(picture.getbbox())
    small = picture.resize((width, height), Image.Resampling.BOX)
    expected = {(x, y + top) for y in range(height) for x in range(width) if small.getpixel((x, y)) >= 128}
    assert near(drawn, expected) > 0.97
    assert near(expected, drawn) > 0.97


def near(some: set[tuple[int, int]], others: set[tuple[int, int]]) -> float:
    """The share of pixels that have another at most one away."""
    return sum(any((x + i, y + j) in others for i in (-1, 0, 1) for j in (-1, 0, 1)) for x, y in some) / len(
        some
    )


@pytest.mark.parametrize("rows", ROWS)
def test_the_drawing_fills_its_rows_and_is_as_wide_as_it_says(rows: int) -> None:
    drawing = draw("Happy Wed", rows, 400, fonts=TEST_FONTS)
    assert drawing
    assert len(drawing.lines) == rows
    assert {len(line) for line in drawing.lines} == {drawing.width}
    assert drawing.lines[0].strip()
    assert drawing.lines[-1].strip()


@pytest.mark.parametrize("rows", [4, 5, 6, 7, 8])
def test_the_baseline_stays_where_it_is_whatever_the_letters(rows: int) -> None:
    """Every text begins with H, whose foot stands on the baseline."""
    feet = set()
    for text in ("H", "Hmm", "Hpy", "Hé", "Hầ"):
        bitmap = ink(text, rows)
        feet.add(max(y for y, row in enumerate(bitmap.rows) if row & 1))
    assert len(feet) == 1


def test_letters_keep_their_proportions_in_cells_of_any_shape() -> None:
    shapes = []
    for aspect in (1.8, 1.9, 2.0, 2.1, 2.2):
        drawn = pixels(ink("HMWHMWHMW", 8, cell_aspect=aspect))
        shapes.append((max(x for x, _ in drawn) / 2) / (len({y for _, y in drawn}) / 3 * aspect))
    assert max(shapes) / min(shapes) < 1.12


def test_the_accent_stands_clear_of_the_letter() -> None:
    for rows in (4, 5, 6, 7):
        for plain, accented in (("a", "á"), ("e", "é"), ("n", "ñ"), ("a", "ả")):
            assert pieces(ink(accented, rows)) > pieces(ink(plain, rows))


VOWELS = "aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵ"


@pytest.mark.parametrize("rows", ROWS)
def test_no_two_vietnamese_vowels_look_alike(rows: int) -> None:
    drawings = {vowel: draw(f"H{vowel}n", rows, 400) for vowel in VOWELS}
    alike = [
        pair
        for pair in combinations(VOWELS, 2)
        if drawings[pair[0]] and drawings[pair[0]] == drawings[pair[1]]
    ]
    assert alike == []
    assert [vowel for vowel, drawing in drawings.items() if drawing is None] == []


@pytest.mark.parametrize("rows", range(4, 10))
@pytest.mark.parametrize(("word", "dots"), [("بت", 3), ("ثم", 3), ("جم", 1), ("ين", 3), ("تنت", 5)])
def test_arabic_letters_join_and_keep_every_dot(word: str, dots: int, rows: int) -> None:
    assert pieces(ink(word, rows, rtl=True)) == 1 + dots


@given(st.lists(st.sampled_from(["ام", "بت", "ab", "c", "1", "11"]), min_size=1, max_size=6), st.booleans())
def test_mixed_directions_stand_in_the_order_of_the_unicode_algorithm(words: list[str], rtl: bool) -> None:
    from bidi import get_display

    text = " ".join(words)
    runs = visual_runs(text, rtl, TEST_FONTS)
    shown = "".join(run.text[::-1] if run.rtl else run.text for run in runs)
    assert shown == get_display(text, base_dir="LR"[rtl])


def test_dots_side_by_side_keep_apart_and_off_the_letter() -> None:
    body = Stamp((0b11111, 0b11111), 0, 2, 0)
    touching = [Dot(0, 2 * UNIT, 2 * UNIT, UNIT), Dot(2 * UNIT, 2 * UNIT, 2 * UNIT, UNIT)]
    stamp = with_dots(body, touching)
    assert stamp.rows == (0b11011, 0, 0b11111, 0b11111)
    assert stamp.top == 4


def test_what_does_not_fit_or_has_no_glyph_or_is_too_small_is_not_drawn() -> None:
    wide = draw("What", 5, 400, fonts=TEST_FONTS)
    assert wide
    assert draw("What", 5, wide.width, fonts=TEST_FONTS) == wide
    assert draw("What", 5, wide.width - 1, fonts=TEST_FONTS) is None
    assert draw("Wha中", 5, 400, fonts=TEST_FONTS) is None
    assert draw("بت", 3, 400, fonts=TEST_FONTS) is None
    assert draw("What", 2, 400, fonts=TEST_FONTS) is None
    assert draw("", 5, 400, fonts=TEST_FONTS) is None
    assert draw("What", 5, 400, fonts=()) is None


def test_a_font_file_that_is_gone_means_typed_words(tmp_path: Path) -> None:
    lost = Face(tmp_path / "lost.ttf")
    assert draw("What", 5, 400, fonts=(Font(LATIN, lost, lost),)) is None


def test_invisible_characters_change_nothing() -> None:
    assert ink("a\u200bb\u200f  c\n", 5) == ink("ab c", 5)


def test_squeezed_letters_take_less_room_at_the_same_height() -> None:
    wide, narrow = ink("need", 5), ink("need", 5, squeeze=0.85)
    assert narrow.width < wide.width
    assert [bool(row) for row in narrow.rows] == [bool(row) for row in wide.rows]


# ---- fitting


def test_a_text_is_drawn_as_large_as_it_fits() -> None:
    large = draw_fitted(Request("need", (3, 5), 200), TEST_FONTS)
    small = draw_fitted(Request("need", (3, 5), 16), TEST_FONTS)
    assert large and len(large.lines) == 5
    assert small and len(small.lines) == 3
    assert draw_fitted(Request("need", (3, 5), 8), TEST_FONTS) is None


def test_a_long_text_is_narrowed_then_broken_then_made_smaller() -> None:
    text = "What be made be need"
    whole = draw_fitted(Request(text, (5,), 300), TEST_FONTS)
    assert whole
    narrowed = draw_fitted(Request(text, (5, 3), whole.width - 2), TEST_FONTS)
    broken = draw_fitted(Request(text, (5, 3), whole.width * 3 // 5), TEST_FONTS)
    low = draw_fitted(Request(text, (5, 3), whole.width * 3 // 5, height=5), TEST_FONTS)
    assert narrowed and len(narrowed.lines) == 5
    assert broken and len(broken.lines) == 11
    assert not broken.lines[5].strip()
    assert draw_fitted(Request(text, (5,), whole.width * 3 // 5, max_lines=1), TEST_FONTS) is None
    assert low is None or len(low.lines) == 3


def test_two_lines_are_aligned_where_reading_begins() -> None:
    def margins(rtl: bool, text: str, width: int) -> tuple[int, int]:
        drawing = draw_fitted(Request(text, (5,), width, rtl=rtl), TEST_FONTS)
        assert drawing and len(drawing.lines) == 11
        short = drawing.lines[6:]
        return (
            min(len(line) - len(line.lstrip()) for line in short if line.strip()),
            min(len(line) - len(line.rstrip()) for line in short if line.strip()),
        )

    left, right = margins(False, "neededneed me", 52)
    assert (left, right > 0) == (0, True)
    left, right = margins(True, "تنتبتنتبتنت مبت", 55)
    assert (left > 0, right) == (True, 0)


@given(st.lists(st.text("abcé", min_size=1, max_size=8), min_size=2, max_size=8))
def test_a_broken_line_loses_no_word_and_is_balanced(words: list[str]) -> None:
    first, second = balanced(" ".join(words)) or ("", "")
    assert f"{first} {second}" == " ".join(words)
    assert abs(len(first) - len(second)) <= max(map(len, words)) + 1


def test_chinese_breaks_between_characters_but_not_before_punctuation() -> None:
    assert balanced("您今天需要什么？") == ("您今天需", "要什么？")
    assert balanced("您好！") == ("您", "好！")
    assert balanced("word") is None


# ---- fonts


def test_fonts_that_are_missing_are_named_by_language() -> None:
    samples = {"en": "Welcome", "ar": "مبنى", "zh_Hans": "市政厅"}
    assert missing(samples, (LATIN_FONT,)) == ["ar", "zh_Hans"]
    assert missing({"en": "need"}, (LATIN_FONT,)) == []


def test_letters_decide_the_font_and_digits_follow() -> None:
    assert font_for("بت ثم 1", TEST_FONTS) is ARABIC_FONT
    assert font_for("need 1", TEST_FONTS) is LATIN_FONT


def test_the_package_brings_a_font_for_latin_vietnamese_and_cyrillic() -> None:
    assert (
        missing({"vi": "Đặt lịch hẹn ở Tòa Thị chính", "ru": "Что вам нужно?", "es": "¿Qué necesita?"}) == []
    )
    assert installed()


# ---- terminals


@pytest.mark.parametrize(
    ("env", "mode"),
    [
        ({"TERM": "foot"}, "sextant"),
        ({"TERM": "xterm-kitty"}, "sextant"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, "sextant"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sextant"),
        ({"TERM": "xterm-ghostty"}, "sextant"),
        ({"TERM": "xterm-256color"}, "half"),
        ({"TERM": "linux"}, "half"),
        ({}, "half"),
    ],
)
def test_sextants_only_where_the_terminal_draws_them(env: dict[str, str], mode: str) -> None:
    assert mode_for_terminal(env) == mode


@pytest.mark.parametrize("mode", PIXELS)
def test_only_that_modes_characters_are_used(mode: str) -> None:
    drawing = draw("What", 6, 400, mode, fonts=TEST_FONTS)  # type: ignore[arg-type]
    assert drawing
    assert set("".join(drawing.lines)) <= set(CELLS[mode])  # type: ignore[index]


# ---- cache


def test_a_drawing_comes_back_from_the_cache_without_the_font_libraries(tmp_path: Path) -> None:
    request = Request("Welcome", (5, 4), 80)
    drawing = TypeCache(tmp_path).draw(request)
    assert drawing and len(drawing.lines) == 5
    code = (
        "import sys; from pathlib import Path; from kiosk.ui.display_type import Request, TypeCache\n"
        f"drawing = TypeCache(Path({str(tmp_path)!r})).draw({request!r})\n"
        "heavy = {'freetype', 'uharfbuzz', 'PIL', 'fontTools', 'bidi', 'textual'} & set(sys.modules)\n"
        "sys.stdout.buffer.write(repr((drawing.lines, sorted(heavy))).encode())"
    )
    result = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True, check=True)
    assert result.stdout.decode() == repr((drawing.lines, []))


def test_the_cache_remembers_what_can_not_be_drawn(tmp_path: Path) -> None:
    cache, request = TypeCache(tmp_path), Request("Welcome", (5,), 4)
    assert cache.get(request) is None
    assert cache.draw(request) is None
    assert cache.get(request) == Drawing((), 0)
    assert cache.draw(request) is None


def test_another_size_direction_or_mode_is_another_drawing(tmp_path: Path) -> None:
    cache = TypeCache(tmp_path)
    cache.draw(Request("Welcome", (5,), 80))
    for other in (
        Request("Welcome", (4,), 80),
        Request("Welcome", (5,), 79),
        Request("Welcome", (5,), 80, rtl=True),
        Request("Welcome", (5,), 80, mode="half"),
        Request("Welcome!", (5,), 80),
    ):
        assert cache.get(other) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"key": 1, "lines": ["a"]}', b"null"])
def test_a_damaged_cache_file_is_drawn_again(damage: bytes, tmp_path: Path) -> None:
    cache, request = TypeCache(tmp_path), Request("Welcome", (5,), 80)
    drawing = cache.draw(request)
    [file] = (tmp_path / "display-type").iterdir()
    file.write_bytes(damage)
    assert cache.get(request) is None
    assert cache.draw(request) == drawing
    assert cache.get(request) == drawing


def test_rows_of_different_lengths_in_a_cache_file_are_not_shown(tmp_path: Path) -> None:
    cache, request = TypeCache(tmp_path), Request("Welcome", (5,), 80)
    cache.draw(request)
    [file] = (tmp_path / "display-type").iterdir()
    stored = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**stored, "lines": ["a", "bb"]}), encoding="utf-8")
    assert cache.get(request) is None


def test_a_cache_that_can_not_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "display-type").write_text("a file where the folder should be")
    assert TypeCache(tmp_path).draw(Request("Welcome", (5,), 80))
