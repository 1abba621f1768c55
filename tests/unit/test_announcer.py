"""What the room sees and hears of calls: in order, one at a time, and nothing after the board has closed."""

from __future__ import annotations

import logging
import os
import select
import wave
from array import array
from collections.abc import Iterator
from itertools import pairwise
from math import pi
from pathlib import Path

import pytest

from kiosk.clock import FixedClock
from kiosk.devices import chime, speech
from kiosk.devices.announcer import MOST_WAITING, Announcer, Call
from kiosk.settings import Sound

PROGRAM = """#!/bin/sh
exec 3>{told}
for last in "$@"; do :; done
echo "begin {name} ${{last##*/}}" >&3
read turn <{turns}
echo "end {name}" >&3
exit {status}
"""
HOLD = 6.0
ON = Sound()


class Room:
    """Programs that make no sound but tell what they do, and a board that tells what it shows.

    Everything comes through one pipe, so its order is the order in which it happened. A program goes on
    when it gets its turn.
    """

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.cache = folder / "cache"
        self.clock = FixedClock()
        self._told, self._turns = folder / "told", folder / "turns"
        self._pipes = []
        for pipe in (self._told, self._turns):
            os.mkfifo(pipe)
            self._pipes.append(os.open(pipe, os.O_RDWR))
        self._unread = ""
        self._announcers: list[Announcer] = []
        self.taken_back: set[str] = set()

    def install(self, name: str, status: int = 0, text: str = PROGRAM) -> None:
        program = self.programs / name
        program.write_text(text.format(told=self._told, turns=self._turns, name=name, status=status))
        program.chmod(0o755)

    def announcer(self, sound: Sound = ON, waits: bool = False) -> Announcer:
        """An announcer of this room; its waiting is told, and takes no time unless it `waits`."""

        def rest(seconds: float) -> None:
            self.tell(f"rest {seconds:g}")
            self.clock.advance(seconds)

        made = Announcer(
            self.shown,
            lambda: self.tell("bell"),
            sound,
            self.cache,
            self.clock,
            3600 if waits else HOLD,
            None if waits else rest,
        )
        self._announcers.append(made)
        return made

    def shown(self, call: Call) -> bool:
        self.tell(f"shown {call.code}")
        return call.code not in self.taken_back

    def tell(self, line: str) -> None:
        os.write(self._pipes[0], f"{line}\n".encode())

    def give_turns(self, count: int) -> None:
        os.write(self._pipes[1], b"\n" * count)

    def hear(self, count: int) -> list[str]:
        """The next lines; fails when they do not come."""
        lines = []
        while len(lines) < count:
            while "\n" not in self._unread:
                assert select.select([self._pipes[0]], [], [], 20)[0], f"silence after {lines}"
                self._unread += os.read(self._pipes[0], 4096).decode()
            line, _, self._unread = self._unread.partition("\n")
            lines.append(line)
        return lines

    def silent(self) -> bool:
        return not self._unread and not select.select([self._pipes[0]], [], [], 0)[0]

    def leave(self) -> None:
        for announcer in self._announcers:
            announcer.close()
        for pipe in self._pipes:
            os.close(pipe)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    room = Room(tmp_path)
    monkeypatch.setenv("PATH", str(room.programs))
    yield room
    room.leave()


def call(number: int, language: str = "en", at: str = "2026-11-23T16:41:00.000Z") -> Call:
    code = f"B{number}"
    return Call(code, "3", language, f"Number {code}, counter 3", at)


def heard(number: int, chime: str = "aplay") -> list[str]:
    """One call from beginning to end, when all goes well."""
    said = ["begin espeak-ng " + call(number).text, "end espeak-ng"]
    return [f"shown B{number}", f"begin {chime} chime.wav", f"end {chime}", *said, "rest 6"]


def test_calls_are_shown_chimed_and_spoken_in_order_and_none_cuts_off_another(room: Room) -> None:
    room.install("aplay")
    room.install("espeak-ng")
    announcer = room.announcer()
    for number in (101, 102, 103):
        announcer.announce(call(number))
    for number in (101, 102, 103):
        chimed, spoken = heard(number)[:2], heard(number)[2:4]
        assert room.hear(2) == chimed
        assert room.silent(), "something began while the chime was playing"
        room.give_turns(1)
        assert room.hear(2) == spoken
        assert room.silent(), "something began while the number was spoken"
        room.give_turns(1)
        assert room.hear(2) == heard(number)[4:]


def test_the_same_call_is_announced_once_and_a_recall_again(room: Room) -> None:
    room.install("aplay")
    announcer = room.announcer(Sound(speech=False))
    announcer.announce(call(101))
    assert room.hear(2) == heard(101)[:2]
    recall = call(102, at="2026-11-23T16:43:00.000Z")
    for one in (call(101), call(102), call(102), recall, call(102), recall):
        announcer.announce(one)
    room.give_turns(3)
    assert room.hear(2) == ["end aplay", "rest 6"]
    one = [line for line in heard(102) if "espeak" not in line]
    assert room.hear(8) == one + one
    assert room.silent()


def test_of_too_many_calls_all_are_shown_and_the_latest_are_spoken(room: Room) -> None:
    room.install("espeak-ng")
    announcer = room.announcer(Sound(chime=False))
    announcer.announce(call(100))
    assert room.hear(2) == ["shown B100", "begin espeak-ng Number B100, counter 3"]
    late = range(101, 101 + MOST_WAITING + 6)
    for number in late:
        announcer.announce(call(number))
    room.give_turns(MOST_WAITING + 2)
    assert room.hear(2) == ["end espeak-ng", "rest 6"]
    assert room.hear(5) == [f"shown B{number}" for number in late[:5]]
    for number in late[5:]:
        spoken = [line for line in heard(number) if "aplay" not in line]
        assert room.hear(4) == spoken
    assert room.silent()


def test_each_call_stays_on_show_even_without_any_sound(room: Room) -> None:
    announcer = room.announcer(Sound(chime=False, speech=False))
    announcer.announce(call(101))
    announcer.announce(call(102))
    assert room.hear(4) == ["shown B101", "rest 6", "shown B102", "rest 6"]


@pytest.mark.parametrize(("seconds", "after"), [(2.5, ["rest 3.5", "shown B102"]), (9, ["shown B102"])])
def test_what_is_heard_counts_as_time_on_show(room: Room, seconds: float, after: list[str]) -> None:
    room.install("aplay")
    announcer = room.announcer()
    announcer.announce(call(101))
    announcer.announce(call(102))
    room.hear(2)
    room.clock.advance(seconds)
    room.give_turns(1)
    assert room.hear(1 + len(after)) == ["end aplay", *after]


def test_where_nothing_is_installed_the_bell_rings(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    room.announcer().announce(call(101))
    assert room.hear(3) == ["shown B101", "bell", "rest 6"]
    assert caplog.records == []


def test_a_language_without_a_voice_has_the_chime(room: Room) -> None:
    room.install("aplay")
    room.install("espeak-ng")
    room.give_turns(1)
    room.announcer().announce(call(101, "my"))
    assert room.hear(4) == ["shown B101", "begin aplay chime.wav", "end aplay", "rest 6"]


def test_sound_that_is_switched_off_is_off(room: Room) -> None:
    room.install("aplay")
    room.install("espeak-ng")
    room.announcer(Sound(chime=False, speech=False)).announce(call(101))
    assert room.hear(2) == ["shown B101", "rest 6"]


def test_the_first_player_that_works_is_heard(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    room.install("play")
    room.install("paplay", status=1)
    room.install("pw-play", text="not a program")
    room.give_turns(4)
    announcer = room.announcer()
    for number in (101, 102):
        announcer.announce(call(number))
        tried = ["begin paplay chime.wav", "end paplay", "begin play chime.wav", "end play"]
        assert room.hear(6) == [f"shown B{number}", *tried, "rest 6"]
    assert [Path(record.args[0]).name for record in caplog.records] == ["pw-play", "paplay"]


def test_a_hanging_voice_is_ended_and_told_once(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(speech, "LONGEST", 0.3)
    room.install("espeak-ng", text="#!/bin/sh\nexec /bin/sleep 600\n")
    announcer = room.announcer()
    announcer.announce(call(101))
    announcer.announce(call(102))
    assert room.hear(6) == ["shown B101", "bell", "rest 6", "shown B102", "bell", "rest 6"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "espeak-ng: stopped, it was still running after 0.3 seconds" in caplog.text


def test_a_cache_that_cannot_be_written_costs_the_chime_only(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.install("aplay")
    room.cache.write_text("a file where a folder should be")
    announcer = room.announcer()
    announcer.announce(call(101))
    announcer.announce(call(102))
    assert room.hear(6) == ["shown B101", "bell", "rest 6", "shown B102", "bell", "rest 6"]
    assert len(caplog.records) == 1


def test_a_board_that_fails_to_show_a_call_is_still_heard(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    def torn(_: Call) -> None:
        raise RuntimeError("no such widget")

    announcer = Announcer(torn, lambda: room.tell("bell"), ON, room.cache, room.clock, hold=0)
    announcer.announce(call(101))
    announcer.announce(call(102))
    assert room.hear(2) == ["bell", "bell"]
    announcer.close()
    assert "no such widget" in caplog.text


@pytest.mark.parametrize("name", ["aplay", "espeak-ng"])
def test_closing_ends_what_is_heard_and_what_waits(
    room: Room, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    room.install(name)
    announcer = room.announcer(Sound(chime=name == "aplay"))
    announcer.announce(call(101))
    announcer.announce(call(102))
    assert room.hear(2)[1].startswith(f"begin {name}")
    announcer.close()
    assert not announcer._thread.is_alive()
    room.give_turns(5)
    announcer.announce(call(103))
    announcer.close()
    assert room.silent()
    assert caplog.records == []


def test_closing_does_not_wait_for_the_time_on_show(room: Room) -> None:
    announcer = room.announcer(waits=True)
    announcer.announce(call(101))
    assert room.hear(2) == ["shown B101", "bell"]
    announcer.close()
    assert not announcer._thread.is_alive()


def test_the_board_may_close_from_what_it_is_shown(room: Room) -> None:
    def shown(call: Call) -> None:
        announcer.close()
        room.tell(f"shown {call.code}")

    announcer = Announcer(shown, lambda: room.tell("bell"), ON, room.cache, room.clock)
    announcer.announce(call(101))
    announcer.announce(call(102))
    assert room.hear(1) == ["shown B101"]
    announcer._thread.join(20)
    assert not announcer._thread.is_alive()
    assert room.silent()


def test_the_chime_is_a_short_sound_without_clicks(tmp_path: Path) -> None:
    with wave.open(str(chime.wav(tmp_path / "cache"))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 44_100)
        assert 0.5 < sound.getnframes() / sound.getframerate() < 1.5
        levels = array("h", sound.readframes(sound.getnframes()))
    assert 0.5 < max(map(abs, levels)) / 32_767 < 0.9
    assert abs(levels[0]) < 50 and abs(levels[-1]) < 50
    assert max(map(abs, levels[:132])) < max(map(abs, levels)) / 5, "the first 3 ms are not soft"
    steps = [abs(later - earlier) for earlier, later in pairwise(levels)]
    steepest = 2 * pi * 659.26 * (1 + 2 * chime.OVERTONE) / 44_100 * max(map(abs, levels))
    assert max(steps) < steepest


@pytest.mark.parametrize(("start", "end", "pitch"), [(0.02, 0.32, 659.26), (0.6, 1.1, 523.25)])
def test_the_chime_falls_from_one_tone_to_the_other(start: float, end: float, pitch: float) -> None:
    part = chime.samples()[int(start * chime.RATE) : int(end * chime.RATE)]
    rises = sum(earlier < 0 <= later for earlier, later in pairwise(part))
    assert rises / (end - start) == pytest.approx(pitch, rel=0.02)


def test_the_chime_is_kept_and_a_damaged_one_made_again(tmp_path: Path) -> None:
    file = chime.wav(tmp_path)
    whole, made = file.read_bytes(), file.stat().st_mtime_ns
    assert chime.wav(tmp_path).stat().st_mtime_ns == made
    file.write_bytes(whole[:1000])
    assert chime.wav(tmp_path).read_bytes() == whole
    assert list(tmp_path.iterdir()) == [file]


def test_a_call_that_was_taken_back_meanwhile_is_passed_over_in_silence(room: Room) -> None:
    room.install("aplay")
    announcer = room.announcer(Sound(speech=False))
    announcer.announce(call(101))
    assert room.hear(2) == heard(101)[:2]
    room.taken_back.add("B102")
    announcer.announce(call(102))
    announcer.announce(call(103))
    room.give_turns(2)
    silent = [line for line in heard(103) if "espeak" not in line]
    assert room.hear(6) == ["end aplay", "rest 6", "shown B102", *silent[:3]]
