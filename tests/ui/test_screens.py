"""What holds on every screen: contrast, targets, labels, the way by arrow keys, and what is read aloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.geometry import Region

from kiosk.i18n import messages
from kiosk.i18n.languages import LANGUAGES
from kiosk.line.words import spelled
from kiosk.ui.theme import TEXT_CONTRAST, contrast
from tests.support.gallery import SIZES, THEMES, Stretch, Touchable, View, is_text
from tests.support.scenes import SCENES

EDGE = 3.0
"""Contrast that WCAG 2.2 (1.4.11) asks of what shows where a target is."""
ROWS, COLUMNS = 3, 12
KEY_COLUMNS = {55: 4}
"""Keys of the on-screen keyboard are the one exception: by the screen's columns, elsewhere 6."""
BAR = ["bar-back", "bar-start_over", "bar-language", "bar-help"]
ARABIC_LETTERS = range(0x0621, 0x064B)


def listed(problems: list[str]) -> str:
    """The first problems, for people."""
    more = f"\n… and {len(problems) - 40} more" if len(problems) > 40 else ""
    return "\n" + "\n".join(problems[:40]) + more


def test_the_gallery_shows_every_screen_in_every_theme_at_every_size(gallery: list[View]) -> None:
    assert {(v.scene, v.theme, v.size) for v in gallery} == {
        (scene, theme, size) for scene in SCENES for theme in THEMES for size in SIZES
    }


def test_text_can_be_read_in_every_theme(gallery: list[View]) -> None:
    problems = {
        f"{view.scene} {view.theme}: {stretch.ink} on {stretch.paper}: {stretch.text.strip()!r}"
        for view in gallery
        for stretch in view.stretches
        if any(map(is_text, stretch.text)) and view.panel.contains(stretch.x, stretch.y)
        if contrast(stretch.ink, stretch.paper) < TEXT_CONTRAST[view.theme]
    }
    assert not problems, listed(sorted(problems))


def test_the_edge_of_every_target_can_be_seen(gallery: list[View]) -> None:
    problems = {
        f"{view.scene} {view.theme} {target.id}: edge {target.edge} beside {around}"
        for view in gallery
        for target in view.targets
        for around in _around(view, target.region)
        if contrast(target.edge[:7], around) < EDGE
    }
    assert not problems, listed(sorted(problems))


def _around(view: View, region: Region) -> set[str]:
    """Colours of the cells that touch the sides of a region, outside it."""
    wider = region.grow((0, 1, 0, 1))
    rows = range(region.y, region.bottom)
    return {
        stretch.paper
        for stretch in view.stretches
        if stretch.y in rows and not stretch.text.strip()
        if stretch.x < wider.right and stretch.x + len(stretch.text) > wider.x
        if not region.contains(stretch.x, stretch.y)
    }


def test_targets_are_large_enough_for_a_finger(gallery: list[View]) -> None:
    problems = {
        f"{view}: {target.id} is {target.region.width} x {target.region.height}"
        for view in gallery
        for target in view.targets
        if target.region.height < ROWS or target.region.width < _columns(view, target)
    }
    assert not problems, listed(sorted(problems))


def _columns(view: View, target: Touchable) -> int:
    return KEY_COLUMNS.get(view.size[0], 6) if target.is_key else COLUMNS


def test_targets_lie_inside_the_screen_and_apart_from_each_other(gallery: list[View]) -> None:
    problems = [f"{view}: {problem}" for view in gallery for problem in _misplaced(view)]
    assert not problems, listed(problems)


def _misplaced(view: View) -> Iterator[str]:
    screen = Region(0, 0, *view.size)
    for index, target in enumerate(view.targets):
        if target.region not in screen:
            yield f"{target.id} leaves the screen: {target.region}"
        for other in view.targets[:index]:
            if target.region.overlaps(other.region):
                yield f"{target.id} overlaps {other.id}"


def test_no_word_is_cut(gallery: list[View]) -> None:
    """Every line of every label, heading, paragraph and fact stands in the cells of its widget."""
    problems = [
        f"{view}: {label.of} misses {line!r}"
        for view in gallery
        for label in view.labels
        for line in label.lines
        if line.strip() and not any(line in row for row in label.drawn)
    ]
    problems += [
        f"{view}: a part of {label.of} is hidden"
        for view in gallery
        for label in view.labels
        if not label.whole
    ]
    assert not problems, listed(problems)


def test_arrow_keys_reach_every_target(gallery: list[View]) -> None:
    problems = [
        f"{view}: {target.id}"
        for view in gallery
        for target in view.targets
        if view.reached is not None and target.id not in view.reached
    ]
    assert not problems, listed(problems)


def test_the_four_ways_out_stay_in_their_place_and_order(gallery: list[View]) -> None:
    """In the bottom bar on every screen of a visit; in one column where the code needs the height."""
    places = {(v.size, v.language == "ar", v.drawn): _bar(v) for v in gallery if v.scene == "home"}
    for view in gallery:
        if view.scene in ("attract", "idle"):
            continue
        ways = _bar(view)
        column = len({region.x for _, region in ways}) == 1
        if view.scene in ("take-along", "ticket-phone") and view.size[1] < 34 and column:
            top_down = sorted(ways, key=lambda way: way[1].y)
            assert [name for name, _ in top_down] == BAR, view
        else:
            assert ways == places[view.size, view.language == "ar", view.drawn], view
            order = [name for name, _ in ways]
            assert order == (BAR[::-1] if view.language == "ar" else BAR), view


def _bar(view: View) -> list[tuple[str, Region]]:
    return [(target.id, target.region) for target in view.targets if target.id.startswith("bar-")]


def test_every_screen_says_itself_aloud(gallery: list[View]) -> None:
    """Every word that can be read is heard, a ticket's number letter by letter; symbols that only stand for
    a word are not words."""
    problems = [
        f"{view}: {words!r}"
        for view in gallery
        for words in view.spoken
        if spelled(words) not in view.speech and any(map(str.isalnum, words))
    ]
    assert not problems, listed(problems)


def test_a_screen_speaks_the_language_it_shows(gallery: list[View]) -> None:
    """Nothing is said in the words that the English screen uses, but for names and addresses."""
    english = {view.scene: set(view.spoken) for view in gallery if view.language == "en"}
    problems = {
        f"{view.scene} {view.language}: {words!r}"
        for view in gallery
        if view.language != "en"
        for words in english[view.scene].intersection(view.spoken)
        if any(map(str.isalpha, words)) and not _is_a_name(words)
    }
    assert not problems, listed(sorted(problems))


def _is_a_name(words: str) -> bool:
    """Keys, names of languages, what was typed, postal and web addresses: the same in every language."""
    names = {name for language in LANGUAGES.values() for name in (language.name, language.english)}
    is_address = any(map(str.isdigit, words)) or ("." in words and " " not in words)
    return len(words) <= 3 or words in names or words.endswith("▏") or is_address


@pytest.mark.parametrize("language", ["es", "vi", "zh_Hans", "ar"])
def test_the_bar_is_translated(gallery: list[View], language: str) -> None:
    tr = messages.load(language).tr
    wanted = {tr(label) for label in ("Back", "Start over", "Language", "Help")}
    for view in gallery:
        if view.language == language and view.scene == "home":
            assert {t.title for t in view.targets if t.id.startswith("bar-")} == wanted


def test_arabic_is_drawn_in_joined_letters(gallery: list[View]) -> None:
    """No letter stands in the form that the alphabet lists: the terminal joins nothing itself."""
    problems = {
        f"{view}: {_unjoined(stretch)}"
        for view in gallery
        for stretch in view.stretches
        if _unjoined(stretch)
    }
    assert not problems, listed(sorted(problems))


def _unjoined(stretch: Stretch) -> str:
    return "".join(character for character in stretch.text if ord(character) in ARABIC_LETTERS)


def test_states_differ_by_more_than_colour(gallery: list[View]) -> None:
    """The chosen answer and the chosen language carry a sign."""
    for view in gallery:
        if view.scene == "statement":
            answers = [label for label in view.labels if label.of.startswith("Target#answer-")]
            signed = [label.of for label in answers if any("✓" in row for row in label.drawn)]
            assert signed == ["Target#answer-3"], view
        if view.scene == "language":
            assert view.text.count("✓") == 1, view
