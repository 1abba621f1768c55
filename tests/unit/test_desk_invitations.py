"""Whom the docent should ask to the survey, without a screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.i18n.languages import LANGUAGES
from kiosk.i18n.messages import load
from kiosk.i18n.script import cell_width
from kiosk.journal.survey_questions import Unit
from kiosk.ui.desk.invitations import LASTS, SOON, Invitations, group, lines

UNIT = Unit("0" * 32, "ticket", "bills", "", "en", "f" * 32, True, "", "2026-11-23", "", "")
STEPS = st.lists(st.tuples(st.sampled_from(["add", "drop", "expire"]), st.integers(0, 400)), max_size=30)


def some(*numbers: str) -> Invitations:
    found = Invitations()
    for number in numbers:
        found.add(UNIT._replace(unit=number), number, 0)
    return found


def test_only_who_is_selected_and_not_asked_yet_is_asked() -> None:
    found = Invitations()
    others = ({"selected": False}, {"invited_by": "screen"}, {"invited_by": "desk", "outcome": "declined"})
    for changes in others:
        found.add(UNIT._replace(**changes), "B100", 0)
    found.add(None, "B100", 0)
    assert found.latest is None
    assert lines(found, 98, load("en")) == []
    assert group(found, load("en")) == []


@given(STEPS)
def test_whatever_happens_the_latest_of_the_last_ten_minutes_stands_there(
    steps: list[tuple[str, int]],
) -> None:
    """Against a plain list of who came when; a key just after the turn of another means nobody."""
    found, known, now, turned = Invitations(), dict[str, int](), 0, -LASTS
    for place, (step, later) in enumerate(steps):
        now += later
        before = list(known)[-1:]
        if step == "add":
            known[str(place)] = now
            found.add(UNIT._replace(unit=str(place)), str(place), now)
        elif step == "drop":
            gone = list(known)[-1:]
            known = {unit: since for unit, since in known.items() if unit not in gone}
            found.drop(gone, now)
        else:
            known = {unit: since for unit, since in known.items() if now - since < LASTS}
            found.expire(now)
        if step != "add" and known and list(known)[-1:] != before:
            turned = now
        assert found.units == list(known)
        assert found.others == max(len(known) - 1, 0)
        for unit in known:
            assert (found.meant(unit, now) is not None) == (now - turned >= SOON)
        assert found.meant("nobody", now) is None


@given(
    st.integers(34, 160),
    st.integers(1, 120),
    st.sampled_from(["B104", "Z104", "H999"]),
    st.sampled_from(list(LANGUAGES)),
)
def test_number_sentence_and_count_are_said_in_full_at_every_width(
    width: int, people: int, number: str, language: str
) -> None:
    messages = load(language)
    shown = lines(some(*map(str, range(people - 1)), number), width, messages)
    assert all(sum(part.cells for part in line.parts) == width for line in shown)
    for line in shown:
        assert all(part.width < 0 or cell_width(part.text) <= part.width for part in line.parts)
    said = "".join(part.text for line in shown for part in line.parts).replace(" ", "")
    asked = messages.tr(
        "Please ask them to answer the survey at the screen, with number {number}.", number=number
    )
    others = messages.trn("and {n} other", "and {n} others", people - 1) if people > 1 else ""
    assert said == f"{number}{asked}{others}".replace(" ", "")
