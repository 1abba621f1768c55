"""A service as labelled facts, and facts as pages."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalog.model import Change, Fee, Hours, Location, Online, Phone, Redirect, Service
from kiosk.i18n.messages import load
from kiosk.i18n.script import cell_width
from kiosk.ui.facts import Fact, Row, facts, footnotes, paginate, rows

ENGLISH = load("en")
TEXTS = st.text("ab cdé. 中文-", min_size=1, max_size=40).map(str.strip).filter(bool)
FACTS = st.lists(
    st.builds(
        Fact,
        st.sampled_from(["", "Where", "Open", "Bring"]),
        st.lists(TEXTS, min_size=1, max_size=5).map(tuple),
        st.sampled_from(["plain", "quiet", "alert"]),
    ),
    max_size=6,
)


def service(**fields: object) -> Service:
    """A service about which only the given fields are known."""
    known = {"id": "x", "name": "X", "summary": "", "category": "c", "source": "s", "reviewed": "2026-11-01"}
    return Service(**{**known, "confidence": "high", **fields})  # type: ignore[arg-type]


def found(**fields: object) -> dict[str, tuple[str, ...]]:
    """Label to lines."""
    return {fact.label: fact.lines for fact in facts(service(**fields), ENGLISH)}


def test_what_is_not_known_is_left_out() -> None:
    assert facts(service(), ENGLISH) == []


def test_everything_known_is_shown_in_the_order_of_need() -> None:
    everything = facts(
        service(
            alert="Closed today.",
            redirect=Redirect("Tulsa County", "Ask there."),
            location=Location("City Hall", "175 E. 2nd St.", "1st floor", "Room 5"),
            hours=(Hours(("mon", "tue", "wed"), "08:00", "17:00"),),
            eligibility="Residents",
            bring=("A bill", "A card"),
            fees=(Fee("25", "per year"), Fee("0", "under 12")),
            time="Ten minutes",
            steps=("Ask", "Sign"),
            phones=(Phone("311"), Phone("918-596-2100", "evenings")),
            email="help@example.org",
            former_names=("Old name",),
            changes=(Change("2026-05-01", "New fee.", "Costs rose."),),
            caution="Call first.",
        ),
        ENGLISH,
    )
    labels = "Who does it|Where|Open|For whom|Bring|Cost|Takes|Steps|Phone|E-mail|Formerly|Changed"
    assert [fact.label for fact in everything] == ["", *labels.split("|"), ""]
    assert [everything[0].tone, everything[-1].tone] == ["alert", "quiet"]
    assert len({fact.lines for fact in everything}) == len(everything)


@pytest.mark.parametrize(
    ("fee", "line"),
    [
        (Fee("25"), "$25"),
        (Fee("1.5", "a page"), "$1.50 · a page"),
        (Fee("0"), "Free"),
        (Fee("0.00", "for children"), "Free · for children"),
        (Fee(None, "depends on size"), "depends on size"),
    ],
)
def test_money_is_written_as_on_the_bill(fee: Fee, line: str) -> None:
    assert found(fees=(fee,))["Cost"] == (line,)


def test_doubtful_fees_and_addresses_are_not_shown_as_fact() -> None:
    """The desk is named instead; what is not known is not doubted either."""
    shown = found(confidence="low", fees=(Fee("25"),), location=Location("City Hall", "175 E. 2nd St."))
    assert "25" not in "".join(shown["Cost"])
    assert "175" not in "".join(shown["Where"])
    assert "desk" in "".join(shown["Cost"]) and "desk" in "".join(shown["Where"])
    assert found(confidence="low") == {}


def test_the_footnotes_say_when_it_was_read_and_whether_it_was_reviewed() -> None:
    assert footnotes(service(online=Online("https://x.org")), ENGLISH, False) == ["Checked November 2026"]
    assert len(footnotes(service(), ENGLISH, True)) == 2


@pytest.mark.parametrize("language", ["es", "vi", "zh_Hans", "ar"])
def test_labels_are_translated(language: str) -> None:
    known = service(bring=("x",), fees=(Fee("1"),), phones=(Phone("311"),))
    english = {fact.label for fact in facts(known, ENGLISH)}
    assert not english & {fact.label for fact in facts(known, load(language))}


@given(FACTS, st.integers(30, 110), st.booleans())
def test_rows_are_never_wider_than_the_card(some: list[Fact], width: int, airy: bool) -> None:
    label = 9
    for block in rows(some, width, label, airy):
        for row in block:
            taken = cell_width(row.text) + (0 if row.label == "\0" else label)
            assert taken <= width


@given(FACTS, st.integers(30, 110), st.integers(1, 20), st.booleans())
def test_pages_hold_every_row_once_in_order(some: list[Fact], width: int, height: int, airy: bool) -> None:
    blocks = rows(some, width, 9, airy)
    pages = paginate(blocks, height)
    assert all(len(page) <= height for page in pages)
    assert _texts(row for page in pages for row in page) == _texts(row for block in blocks for row in block)
    assert all(page[0].text and page[-1].text for page in pages if page)


def _texts(some: Iterable[Row]) -> list[Row]:
    return [row for row in some if row.text]


@given(FACTS, st.integers(4, 20))
def test_a_fact_is_cut_only_where_a_page_would_stay_mostly_empty(some: list[Fact], height: int) -> None:
    """Each fact that fits on a page stands on one page, unless it begins above the middle of one."""
    numbered = [
        Fact(f"Fact {n}", tuple(f"{n}:{i}" for i in range(len(fact.lines)))) for n, fact in enumerate(some)
    ]
    pages = paginate(rows(numbered, 80, 12, airy=True), height)
    for n, fact in enumerate(numbered):
        on = {number for number, page in enumerate(pages) for row in page if row.text.startswith(f"{n}:")}
        above = [row.text.partition(":")[0] for row in pages[min(on)]].index(str(n))
        assert len(on) == 1 or len(fact.lines) > height or 0 < above < height - height // 2


def test_a_fact_is_cut_between_its_texts() -> None:
    """What to bring begins below where to go, as far as whole things have room."""
    short, long = Fact("Where", ("the windows",)), Fact("Bring", ("a bill", "a name and a number", "money"))
    (first, second) = paginate(rows([short, long], 20, 8, airy=False), 4)
    assert [row.text for row in first] == ["the windows", "a bill", "a name and a", "number"]
    assert [row.text for row in second] == ["money"]
    (first, second) = paginate(rows([short, long], 20, 8, airy=False), 3)
    assert [row.text for row in first] == ["the windows", "a bill"]


def test_no_facts_are_one_empty_page() -> None:
    assert paginate([], 5) == [[]]


def test_a_label_stands_beside_its_first_line_only() -> None:
    (block,) = rows([Fact("Bring", ("A bill", "A card"))], 40, 9, airy=False)
    assert [(row.label, row.text) for row in block] == [("Bring", "A bill"), ("", "A card")]
