"""Text on a grid of cells: width, lines, Arabic as it must reach the terminal, and what is stripped."""

from __future__ import annotations

import unicodedata

import pytest
from arabic_reshaper.letters import LETTERS_ARABIC
from bidi import get_display
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from kiosk.i18n import bidi, script
from kiosk.i18n.script import CLOSING, OPENING, cell_width, clean, visual, wrap

VIETNAMESE = (
    "".join(chr(code) for code in range(0x1EA0, 0x1EFA)) + "ăâđêôơưĂÂĐÊÔƠƯ\u0300\u0301\u0303\u0309\u0323"
)
ARABIC = "".join(
    chr(code) for code in (*range(0x0621, 0x063B), *range(0x0641, 0x0653), *range(0x0660, 0x066A))
)
CHINESE = "你好世界市政厅欢迎垃圾账单"
PUNCTUATION = "。，、）」！？：；（「《》“”‘’…—–·()[]«»،؛؟.,:;!?%$#@/&-_'\""
LATIN = "abcXYZ0123456789áéíóúñü¿¡"
SIGNS = "⌂✓→←▸◆●○★▦▤♪▀▏█🬀 \u00a0\u200b"
FIVE_LANGUAGES = st.text(st.sampled_from(VIETNAMESE + ARABIC + CHINESE + PUNCTUATION + LATIN + SIGNS))
ARABIC_LINE = st.text(st.sampled_from("ابتلامنهويأإآلا" + "abc" + "0159" + " .,:-–()[]$%"), max_size=40)


def visible(text: str) -> str:
    """The text without spaces and break opportunities."""
    return "".join(text.replace("\u200b", "").split())


@given(FIVE_LANGUAGES)
def test_width_agrees_with_the_screen_library(text: str) -> None:
    assert cell_width(text) == cell_len(text)


def test_every_letter_and_sign_of_the_languages_has_the_screen_librarys_width() -> None:
    blocks = (
        (0x20, 0x250),
        (0x300, 0x370),
        (0x5D0, 0x600),
        (0x606, 0x6DD),
        (0x1E00, 0x1F00),
        (0x2010, 0x2028),
    )
    wide = (
        (0x2E80, 0x302E),
        (0x3041, 0x3164),
        (0x3400, 0x4DC0),
        (0x4E00, 0xA000),
        (0xFB50, 0xFE00),
        (0xFE70, 0xFFA0),
    )
    shapes = ((0x2190, 0x2630), (0x1FB00, 0x1FB3C))
    characters = [chr(code) for start, end in (*blocks, *wide, *shapes) for code in range(start, end)]
    known = [character for character in characters if unicodedata.category(character) != "Cn"]
    assert [hex(ord(character)) for character in known if cell_width(character) != cell_len(character)] == []


@given(FIVE_LANGUAGES | st.text(), st.integers(2, 40))
def test_wrapping_loses_and_adds_nothing_visible(text: str, width: int) -> None:
    assert visible("".join(wrap(text, width))) == visible(text)


@given(FIVE_LANGUAGES | st.text(), st.integers(2, 40))
def test_no_line_is_wider_than_asked(text: str, width: int) -> None:
    assert all(cell_width(line) <= width for line in wrap(text, width))


@given(FIVE_LANGUAGES, st.integers(-1, 1))
def test_an_impossible_width_still_ends(text: str, width: int) -> None:
    assert visible("".join(wrap(text, width))) == visible(text)


@given(
    st.lists(st.sampled_from(["bill", "payment", "trash", "918-596-2100"]), min_size=1), st.integers(12, 40)
)
def test_words_that_fit_stay_whole(words: list[str], width: int) -> None:
    assert " ".join(wrap(" ".join(words), width)).split() == words


@given(
    st.lists(st.sampled_from(["市政", "账单。", "，然后", "（在", "里）", "“好”", "311", " ", "！"])),
    st.integers(12, 30),
)
def test_chinese_lines_neither_begin_with_closing_nor_end_with_opening_punctuation(
    pieces: list[str], width: int
) -> None:
    text = "".join(piece for piece, before in zip(pieces, ["", *pieces], strict=False) if piece != before)
    lines = [line for line in wrap(text, width) if line]
    assert [line for line in lines[1:] if line[0] in CLOSING] == []
    assert [line for line in lines[:-1] if line[-1] in OPENING] == []


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one\n\ntwo", 10, ["one", "", "two"]),
        ("pay   a bill", 5, ["pay a", "bill"]),
        ("你好，世界。", 4, ["你", "好，", "世", "界。"]),
        ("欢迎（你）", 6, ["欢迎", "（你）"]),
        ("拨打311热线", 8, ["拨打311", "热线"]),
        ("8:00 AM – 5:00 PM", 8, ["8:00", "AM –", "5:00 PM"]),
        ("สวัสดี\u200bครับ", 5, ["สวัสดี", "ครับ"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("Cafe\u0301s", 4, ["Cafe\u0301", "s"]),
        ("https://city.gov/bills", 18, ["https://city.gov/", "bills"]),
    ],
)
def test_lines_break_where_a_reader_expects(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@pytest.mark.parametrize(
    "text", ["", "Pay a bill (now)", "Trả hóa đơn", "支付账单", "918-596-2100", "(A-017)."]
)
@pytest.mark.parametrize("rtl", [False, True])
def test_a_line_without_arabic_comes_back_as_it_is(text: str, rtl: bool) -> None:
    assert visual(text, rtl) is text


@pytest.mark.parametrize(
    "kept",
    [
        "918-596-2100",
        "918 596 2100",
        "$13.92",
        "10%",
        "A-017",
        "8:00",
        "+1-918-596-2100",
        "https://www.cityoftulsa.org/utilities",
        "utilities@cityoftulsa.org",
        "175 E. 2nd St., Tulsa, OK 74103",
        "City Hall (1st floor)",
        "Form DS-11",
        "(OK)",
        "[C]",
    ],
)
@pytest.mark.parametrize("line", ["اتصل {}", "{} اليوم", "اتصل {} اليوم", "اتصل: {}.", "اتصل ({}) اليوم"])
def test_codes_numbers_and_addresses_inside_arabic_stay_readable(line: str, kept: str) -> None:
    shown = visual(line.format(kept), True)
    assert kept in shown
    before, after = line.split("{}")
    assert shown.index(kept) == len(after), "what is read later stands further left"
    assert len(shown) == len(before) + len(kept) + len(after)


@pytest.mark.parametrize(
    ("logical", "drawn"),
    [
        ("(ب)", "(\ufe8f)"),
        ("(ب) [ت]", "[\ufe95] (\ufe8f)"),
        ("ب (1)(2)", "(2)(1) \ufe8f"),
        ("ب ((OK))", "((OK)) \ufe8f"),
        ("«ب»", "«\ufe8f»"),
        ("8:00 ص – 5:00 م", "\ufee1 5:00 – \ufeb9 8:00"),
        ("8:00–11:30 ص", "\ufeb9 11:30–8:00"),
        ("ب 311 (918-596-2100)", "(918-596-2100) 311 \ufe8f"),
        ("ب: ت.", ".\ufe95 :\ufe8f"),
    ],
)
def test_brackets_ranges_and_stops_read_from_the_right(logical: str, drawn: str) -> None:
    assert visual(logical, True) == drawn


def test_arabic_words_inside_english_keep_their_place() -> None:
    assert visual("ب 1 · Ana · 2", True) == "2 · Ana · 1 \ufe8f", "a dot parts what stands beside it"
    assert visual("Say (ب) at 311 (now)", False) == "Say (\ufe8f) at 311 (now)"


def test_letters_are_joined_and_lam_alef_is_the_only_ligature() -> None:
    assert visual("بيت", True) == "\ufe96\ufef4\ufe91"
    assert visual("لا", True) == "\ufefb"
    assert visual("على إلى في الله", True) == visual("الله", True) + " " + " ".join(
        visual(word, True) for word in ("في", "إلى", "على")
    )
    for word in ("على", "إلى", "الله", "محمد", "لمى", "في", "نجم"):
        assert cell_width(visual(word, True)) == cell_width(word)


@given(ARABIC_LINE, st.booleans())
def test_shaping_never_widens_and_loses_no_letter(line: str, rtl: bool) -> None:
    shown = visual(line, rtl)
    assert cell_width(shown) <= cell_width(line)
    spelled = unicodedata.normalize("NFKC", shown)  # presentation forms back to letters
    brackets = str.maketrans("()[]", "(([[")
    assert sorted(spelled.translate(brackets)) == sorted(
        unicodedata.normalize("NFKC", line).translate(brackets)
    )


@given(st.text(st.sampled_from("ابتوabc .,:!"), max_size=30), st.booleans())
def test_letters_are_ordered_by_the_bidirectional_algorithm(line: str, rtl: bool) -> None:
    """Against python-bidi alone, on text without numbers and brackets, where it needs no help from us."""
    plain = {form: letter for letter, forms in LETTERS_ARABIC.items() for form in forms if form}
    back = "".join(plain.get(character, character) for character in visual(line, rtl))
    if any(character in "ابتو" for character in line):
        assert back == get_display(line, base_dir="R" if rtl else "L")


@given(st.text(st.sampled_from("اب a1()[]«»"), max_size=12))
@example("((1)(ب")
def test_every_bracket_is_drawn_once(line: str) -> None:
    shown = visual(line, True)
    for pair in ("()", "[]", "«»"):
        assert sum(shown.count(sign) for sign in pair) == sum(line.count(sign) for sign in pair)


def test_vowel_marks_and_direction_characters_are_not_drawn() -> None:
    assert visual("\u2067بِ\u200f\u2069", True) == "\ufe8f"


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\x1b[31m\x07\x00b", "a[31mb"),
        ("pay\u202ellib", "payllib"),
        ("\ufeffcaf\u0065\u0301", "café"),
        ("one\r\ntwo\tthree", "one\ntwo three"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\ud800\ue000\u2028x", "x"),
        ("สวัส\u200bดี", "สวัส\u200bดี"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200db\u200c", "ab"),
    ],
)
def test_outside_text_loses_what_no_screen_should_get(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text())
def test_cleaning_is_final_and_leaves_no_control(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert {unicodedata.category(character) for character in cleaned.replace("\n", "")}.isdisjoint(
        {"Cc", "Cs"}
    )


@given(st.text(st.sampled_from("ae\u0301\u0323你"), max_size=20), st.integers(0, 20))
def test_a_limit_never_parts_a_letter_from_its_marks(text: str, limit: int) -> None:
    cut = clean(text, limit)
    whole = clean(text)
    assert len(cut) <= limit
    assert whole.startswith(cut)
    rest = whole[len(cut) :]
    assert not cut or not rest or not unicodedata.combining(rest[0])


def test_names_of_languages_known_by_heart_are_what_shaping_makes_of_them() -> None:
    for name, shaped in script.NAMES.items():
        assert bidi.ordered(name, False) == shaped == bidi.ordered(name, True)


def test_an_address_stays_whole_for_a_browser() -> None:
    """Within Arabic the number of a house stays before its street; other text is left as it is."""
    said = bidi.isolated("مبنى البلدية، 175 E. 2nd St.")
    assert said == "مبنى البلدية، \u2066175 E. 2nd St\u2069."
    assert bidi.isolated("175 E. 2nd St.") == "175 E. 2nd St."
