"""What the supervisor decides: when to start again, how soon, in whose language, and when to be calm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.i18n.languages import LANGUAGES
from kiosk.supervisor import (
    CALM_AFTER,
    CALM_SECONDS,
    FAULT,
    LEFT,
    REFUSED,
    STEADY_SECONDS,
    in_a_row,
    language_of,
    pause_after,
    supervise,
)

KILLED = -9
ARABIC = FAULT + list(LANGUAGES).index("ar")


class Kiosk:
    """An app that ends as it is told, after some seconds each, and what is done about it."""

    def __init__(self, *ends, lasts=0.0, staff_leave_after=1000):
        self.ends = list(ends)
        self.lasts = lasts
        self.staff_leave_after = staff_leave_after
        self.now = 0.0
        self.started = []
        self.told = []
        self.pauses = []

    def start(self, fault):
        self.started.append(fault)
        self.now += self.lasts
        return self.ends.pop(0)

    def tell(self, language, calm):
        self.told.append((language, calm))

    def leaves(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds
        return len(self.pauses) >= self.staff_leave_after

    def run(self):
        return supervise(self.start, self.tell, self.leaves, lambda: self.now)


def test_staff_leave_and_nothing_starts_again():
    kiosk = Kiosk(LEFT)
    assert kiosk.run() == 0
    assert (kiosk.started, kiosk.told) == ([""], [])


def test_a_refused_first_start_ends_with_its_status():
    kiosk = Kiosk(REFUSED)
    assert kiosk.run() == REFUSED
    assert kiosk.told == []


def test_a_start_that_is_refused_later_is_tried_again():
    kiosk = Kiosk(KILLED, REFUSED, REFUSED, LEFT)
    assert kiosk.run() == LEFT
    assert len(kiosk.started) == 4


def test_after_a_fault_the_visitor_reads_their_language_and_so_does_the_next_start():
    kiosk = Kiosk(ARABIC, LEFT)
    assert kiosk.run() == LEFT
    assert kiosk.told == [("ar", False)]
    assert kiosk.started == ["", "ar"]


@pytest.mark.parametrize("status", [KILLED, 1, FAULT - 1, FAULT + len(LANGUAGES), 255])
def test_any_other_end_speaks_the_first_language(status):
    assert language_of(status) == "en"
    assert Kiosk(status, LEFT).run() == LEFT


def test_every_language_comes_back_from_its_status():
    assert [language_of(FAULT + place) for place in range(len(LANGUAGES))] == list(LANGUAGES)


def test_faults_in_a_row_end_in_a_calm_screen_that_stays():
    kiosk = Kiosk(*[ARABIC] * (CALM_AFTER + 3), LEFT)
    kiosk.run()
    assert kiosk.told == [("ar", False)] * (CALM_AFTER - 1) + [("ar", True)] * 4
    assert kiosk.pauses == [0.0, 0.25, 0.5, 1.0, *[CALM_SECONDS] * 4]


def test_starts_that_last_are_not_faults_in_a_row():
    kiosk = Kiosk(*[ARABIC] * (CALM_AFTER + 3), LEFT, lasts=STEADY_SECONDS)
    kiosk.run()
    assert not any(calm for _, calm in kiosk.told)
    assert set(kiosk.pauses) == {0.0}


def test_staff_leave_from_the_screen_between_two_starts():
    kiosk = Kiosk(*[ARABIC] * 10, staff_leave_after=CALM_AFTER)
    assert kiosk.run() == LEFT
    assert len(kiosk.started) == CALM_AFTER


@given(st.integers(0, 1000))
def test_the_pause_never_shrinks_and_never_exceeds_the_calm_one(faults):
    assert 0 <= pause_after(faults) <= pause_after(faults + 1) <= CALM_SECONDS


@given(st.integers(0, 1000), st.floats(0, 1e6))
def test_a_row_grows_by_one_or_begins_anew(faults, lasted):
    assert in_a_row(faults, lasted) == (1 if lasted >= STEADY_SECONDS else faults + 1)
