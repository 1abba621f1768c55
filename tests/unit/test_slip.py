"""Slips: every language in its own letters, in order, within the paper, and a code that a phone reads."""

from __future__ import annotations

import logging
import re
import unicodedata
from itertools import pairwise
from typing import TypeGuard

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from kiosk.devices import typefaces
from kiosk.devices.drawing import DOTS, EMS, MARGIN, render
from kiosk.devices.lettering import Style, draw, drawable, fold, visual_runs, write
from kiosk.devices.slip import (
    BULLET,
    Block,
    Code,
    InvitationWords,
    Line,
    Rule,
    Slip,
    Space,
    TicketWords,
    invitation_slip,
    page_slip,
    ticket_slip,
)
from kiosk.i18n.bidi import ordered

LINK = "https://www.cityoftulsa.org/permits/form"
SAMPLES = {
    "en": "Have ready: a photo ID and $52.50 (cash or card)",
    "es": "¿Qué necesita? Identificación con fotografía, año, señal",
    "vi": "Giấy phép ở Việt Nam: Ẵ Ậ Ộ Ữ, quầy số 5",
    "ru": "Разрешения и лицензии: окно № 4",
    "zh_Hans": "许可证和执照：请带上您的身份证（原件）",
    "ar": "التصاريح والتراخيص: الشباك 4، الهاتف (918) 596-2100",
    "my": "ခွင့်ပြုချက်နှင့် လိုင်စင်များ၊ မြို့တော်ခန်းမ ၄",
    "hi": "परमिट और लाइसेंस",
    "ko": "허가 및 면허",
}
RTL = {"ar"}
WORDS = TicketWords(
    city="City of Tulsa",
    your_number="Your number",
    code="P142",
    lane="Permits and licenses",
    place="Counters 4 and 5",
    wait=("6 people are ahead of you", "About 20 to 35 minutes"),
    bring_label="Have ready",
    bring=("A photo ID", "Two copies of the site plan"),
    link=LINK,
    link_label="The form, to fill in while you wait",
    order="Booked visitors may be called first, at most two in a row.",
    printed="November 25, 2026, 10:42 AM",
)

languages = pytest.mark.parametrize("language", SAMPLES)
papers = pytest.mark.parametrize("paper", [80, 58])


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """The box around what is black."""
    box = ImageOps.invert(image.convert("L")).getbbox()
    assert box
    return box


def runs(line: str, rtl: bool) -> list[tuple[str, bool]]:
    """The runs of a line from left to right, each as it is read, and whether from right to left."""
    return [
        (text, right_to_left)
        for text, _, right_to_left in visual_runs(line, rtl, typefaces.main_typeface(line))
    ]


@languages
@pytest.mark.parametrize("bold", [False, True])
def test_every_language_is_drawn_with_letters_and_none_as_an_empty_box(language: str, bold: bool) -> None:
    """Glyph 0 of a font is the box that stands for what it has not."""
    text = SAMPLES[language]
    assert drawable(text) == unicodedata.normalize("NFC", text)
    line = write(text, Style(30, bold, language in RTL))
    assert all(glyph.index for glyph in line.glyphs)
    image = Image.new("1", (line.width + 20, 120), 1)
    draw(line, image, 10, 60)
    left, top, right, bottom = ink(image)
    assert right - left > 0.8 * line.width
    assert (60 - top, bottom - 60) <= (line.ascent + 1, line.descent + 1)


@languages
@papers
def test_long_text_is_broken_within_the_paper(language: str, paper: int) -> None:
    text = " ".join([SAMPLES[language]] * 9)
    image = render(Slip((Line(text), Line(text, mark=BULLET)), language in RTL), paper)
    left, _, right, _ = ink(image)
    assert image.width == DOTS[paper]
    assert left >= MARGIN - 2
    assert right <= DOTS[paper] - MARGIN + 2
    assert image.height > 6 * EMS[paper]["normal"]


@languages
def test_breaking_loses_nothing(language: str) -> None:
    text = " ".join([SAMPLES[language]] * 9)
    style = Style(30, rtl=language in RTL)
    lines = fold(text, lambda part: write(part, style).width <= 360)
    assert len(lines) > 3
    assert "".join("".join(lines).split()) == "".join(text.split())
    # As full as they can be: the next word would not have fitted.
    for line, following in pairwise(lines):
        assert write(f"{line} {following}", style).width > 360


def test_burmese_is_broken_between_syllables_only() -> None:
    text = "မှတ်ပုံတင်ခွင့်ပြုချက်နှင့်လိုင်စင်များသတ္တဝါအင်္ဂလိပ်" * 3
    lines = fold(text, lambda part: write(part, Style(30)).width <= 300)
    assert len(lines) > 3
    for line in lines:
        assert unicodedata.category(line[0]) == "Lo"
        assert not re.match("[\u1000-\u1021][\u1037]?[\u103a\u1039]", line)
        assert not line.endswith("\u1039")


def test_an_address_wider_than_the_paper_is_broken_behind_a_sign() -> None:
    link = "https://www.cityoftulsa.org/government/departments/permits/applications/form"
    lines = fold(link, lambda part: write(part, Style(30)).width <= 360)
    assert "".join(lines) == link
    assert all(line[-1] in "/." for line in lines[:-1])


def test_lines_that_are_given_are_kept() -> None:
    one, ten = (render(Slip((Line("\n".join(["A"] * count)),)), 58).height for count in (1, 10))
    assert ten - one == 9 * (round(0.96 * 26) + round(0.3 * 26))


@pytest.mark.parametrize(
    "text", ["a photo or passport", "photo " * 9 + "id", "一二三四五六七八九十一二三四五六"]
)
def test_no_word_stands_alone_under_a_full_line(text: str) -> None:
    image = render(Slip((Line(text),)), 58)
    pitch = image.height - render(Slip((Line("photo"),)), 58).height
    last = image.crop((0, image.height - 30, 384, image.height))
    assert pitch == 0 or ink(last)[2] - ink(last)[0] >= 0.2 * 384


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "Z", "C"]), max_size=40),
    st.booleans(),
)
def test_no_text_at_all_stops_the_printer(text: str, rtl: bool) -> None:
    image = render(Slip((Line(text, mark=BULLET), Line(text, "huge", align="center")), rtl), 58)
    assert image.width == 384


def test_arabic_stands_at_the_right_and_its_bullet_outside() -> None:
    plain, marked = (ink(render(Slip((Line("الهاتف", mark=mark),), rtl=True), 80)) for mark in ("", BULLET))
    for left, _, right, _ in (plain, marked):
        assert left > 288
        assert 576 - right <= MARGIN + 4
    assert marked[0] < plain[0] - 10


def test_numbers_in_arabic_keep_their_order_and_their_place() -> None:
    found = runs("الهاتف 918-596-2100 أو P142 بين 8:00–17:00", rtl=True)
    figures = [(text, rtl) for text, rtl in found if any(map(str.isdigit, text))]
    assert figures == [(text, False) for text in ("17:00", "8:00", "P142", "918-596-2100")]


pieces = st.sampled_from(
    ["مدينة", "رقم", "أو", "P142", "918-596-2100", "8:00", "$52.50", "(311)", "City Hall", "·", "،", "2026"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, min_size=1, max_size=6).map(" ".join))
def test_an_arabic_line_is_in_the_order_of_the_screen(line: str) -> None:
    """The screen's own order, with its shaped letters taken back to plain ones."""
    on_screen = unicodedata.normalize("NFKC", ordered(line, rtl=True))
    turned = str.maketrans("()", ")(")
    on_paper = "".join(text[::-1].translate(turned) if rtl else text for text, rtl in runs(line, rtl=True))
    assert on_paper == on_screen


def test_arabic_words_in_an_english_line_run_from_right_to_left() -> None:
    found = runs("Ask for مدينة تولسا (5) here", rtl=False)
    assert [text for text, _ in found if text.strip()] == ["Ask for ", "تولسا", "مدينة", " (5) here"]
    assert [text for text, rtl in found if rtl and text.strip()] == ["تولسا", "مدينة"]


def test_letters_of_arabic_are_joined() -> None:
    """Apart, they are other and wider glyphs."""
    joined = write("بيت", Style(30, rtl=True))
    apart = [write(letter, Style(30, rtl=True)) for letter in "بيت"]
    assert {glyph.index for glyph in joined.glyphs}.isdisjoint(
        glyph.index for letter in apart[:2] for glyph in letter.glyphs[:1]
    )
    assert joined.width < sum(letter.width for letter in apart)


def test_what_no_font_has_is_left_out_and_named_in_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    latin = typefaces.installed()[:1]
    monkeypatch.setattr(typefaces, "installed", lambda: latin)
    monkeypatch.setattr(typefaces, "_elsewhere", lambda character: iter(()))
    typefaces.typeface_of.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            assert drawable("A 许 B") == "A  B"
        assert "U+8BB8" in caplog.text
        with_it, without = (render(Slip((Line(text),)), 80) for text in ("A 许 B", "A B"))
        assert with_it.tobytes() == without.tobytes()
        assert render(Slip((Line("许可证"),)), 80).height == 1
    finally:
        typefaces.typeface_of.cache_clear()


def test_a_font_nobody_thought_of_draws_what_the_known_ones_lack() -> None:
    found = typefaces.typeface_of("अ")
    assert found is not None
    assert found not in typefaces.installed()
    assert "Devanagari" in found.regular.path.name


@papers
@pytest.mark.parametrize("payload", [LINK, "tel:+19185962100", "https://www.cityoftulsa.org/" + "a" * 250])
def test_the_code_is_read_from_the_slip(payload: str, paper: int) -> None:
    image = render(Slip((Line("The form"), Code(payload), Rule())), paper)
    [code] = zxingcpp.read_barcodes(image.convert("L"))
    assert code.text == payload


def test_a_module_of_the_code_is_whole_dots_and_half_a_millimeter_at_least() -> None:
    for payload in (LINK, "https://www.cityoftulsa.org/" + "a" * 250):
        image = render(Slip((Code(payload),)), 58).convert("L")
        left, top, right, _ = ink(image)
        row = image.crop((left, top, right, top + 1)).tobytes()
        finder = len(row) - len(row.lstrip(b"\0"))  # seven modules of one colour
        assert finder % 7 == 0
        assert finder // 7 >= 4
        assert left >= 4 * finder // 7  # the quiet zone


def test_a_link_too_long_for_any_code_leaves_the_words(caplog: pytest.LogCaptureFixture) -> None:
    words = Line("The form")
    with caplog.at_level(logging.WARNING):
        for length in (1000, 5000):
            assert render(Slip((words, Code("x" * length))), 58).height == render(Slip((words,)), 58).height
    assert caplog.text.count("without its code") == 2


@papers
def test_a_code_is_as_large_as_the_paper_lets_it(paper: int) -> None:
    for code in ("P142", "P142-LONG-CODE"):
        image = render(Slip((Line(code, "huge", bold=True, align="center"),)), paper)
        left, top, right, bottom = ink(image)
        assert right - left > 0.75 * DOTS[paper]
        assert abs(left - (DOTS[paper] - right)) <= EMS[paper]["huge"] / 8
        assert (top, bottom) == (0, image.height)
        assert bottom < EMS[paper]["huge"]  # on one line


def test_lines_of_a_list_stand_evenly_however_tall_their_letters() -> None:
    flat, tall = (Slip(tuple(Line(text) for text in [word] * 5)) for word in ("ace", "Ậ(gj)"))
    heights = [render(Slip((*slip.blocks, Rule())), 80).height for slip in (flat, tall)]
    pitch = round(0.96 * 30) + round(0.3 * 30)
    assert all(abs(height - 5 * pitch) < pitch / 2 for height in heights)


def test_an_empty_slip_is_an_empty_line_and_no_error() -> None:
    for slip in (Slip(()), Slip((Space(), Line("")))):
        assert render(slip, 80).size == (576, 1)


def test_a_ticket_says_everything_the_most_important_first() -> None:
    texts = [block.text for block in ticket_slip(WORDS).blocks if isinstance(block, Line)]
    assert texts == [
        *("City of Tulsa", "November 25, 2026, 10:42 AM", "Your number", "P142", "Permits and licenses"),
        *("Counters 4 and 5", "6 people are ahead of you", "About 20 to 35 minutes"),
        *("Have ready", "A photo ID", "Two copies of the site plan", "The form, to fill in while you wait"),
        "Booked visitors may be called first, at most two in a row.",
    ]
    assert [block.payload for block in ticket_slip(WORDS).blocks if isinstance(block, Code)] == [LINK]
    largest = max(
        (block for block in ticket_slip(WORDS).blocks if isinstance(block, Line)),
        key=lambda line: EMS[80][line.size],
    )
    assert largest.text == "P142"


def test_what_a_ticket_does_not_have_leaves_no_gap_and_no_rule() -> None:
    bare = TicketWords(city="City of Tulsa", your_number="Your number", code="P142", lane="Permits")
    blocks = ticket_slip(bare).blocks
    assert sum(isinstance(block, Rule) for block in blocks) == 1
    assert not any(isinstance(block, Code) for block in blocks)


def test_a_page_has_its_rows_its_list_and_the_address_in_words() -> None:
    rows = [("Where", ["City Hall", "175 E. 2nd St."]), ("Bring", ["Your bill"]), ("Steps", [])]
    slip = page_slip("Pay a bill", rows, ["Checked November 2026"], LINK, city="Tulsa", listed={"Bring"})
    lines = [(block.text, block.mark) for block in slip.blocks if isinstance(block, Line)]
    assert lines == [
        *(("Tulsa", ""), ("Pay a bill", ""), ("Where", ""), ("City Hall", ""), ("175 E. 2nd St.", "")),
        *(("Bring", ""), ("Your bill", BULLET), ("www.cityoftulsa.org/permits/form", "")),
        ("Checked November 2026", ""),
    ]
    called = page_slip("Pay a bill", [], link="tel:+19185962100")
    assert [block.text for block in called.blocks if isinstance(block, Line)] == ["Pay a bill"]


@papers
def test_an_invitation_has_a_code_for_the_phone_then_the_number_for_the_screen(paper: int) -> None:
    link = f"https://kiosks.example.gov/t/{'k3' * 10}/survey"
    words = InvitationWords(
        city="City of Tulsa",
        title="How did it go?",
        told=("It takes about a minute.", "4 short statements."),
        link=link,
        link_label="Point your phone's camera at the square.",
        number_label="Or answer at the screen, with this number:",
        number="Z100",
        day="For today only: Monday, November 23",
    )
    slip = invitation_slip(words)
    shown = [
        block.text if isinstance(block, Line) else block.payload for block in slip.blocks if _says(block)
    ]
    assert shown == [
        *(words.city, words.title, *words.told, words.link_label, link),
        *(words.number_label, "Z100", words.day),
    ]
    [code] = zxingcpp.read_barcodes(render(slip, paper).convert("L"))
    assert code.text == link


def _says(block: Block) -> TypeGuard[Line | Code]:
    return isinstance(block, Line | Code)
