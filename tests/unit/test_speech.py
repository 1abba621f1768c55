"""Speech: which voice, what it is told, what it sounds like, and that no program is left behind."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import threading
import wave
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices import speech
from kiosk.devices.speech import VOICES, Child, available, command, spoken_code, voice
from kiosk.i18n.languages import LANGUAGES

CALLS = {
    "en": "Number B 1 0 7, counter 3",
    "es": "Número B 1 0 7, mostrador 3",
    "vi": "Số B 1 0 7, quầy 3",
    "zh_Hans": "请 B 1 0 7 号到 3 号柜台",
    "ar": "الرقم B 1 0 7، الشباك 3",
    "ru": "Номер B 1 0 7, окно 3",
}
codes = st.from_regex("[A-Z][0-9]{3}", fullmatch=True)
real = pytest.mark.skipif(not available(), reason="install espeak-ng (apt install espeak-ng)")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An espeak-ng that is found, and nothing else."""
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return str(program)


@given(codes)
def test_a_code_is_read_sign_by_sign(code: str) -> None:
    said = spoken_code(code).split(" ")
    assert "".join(said) == code
    assert {len(sign) for sign in said} == {1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_of_the_kiosk_has_a_voice(language: str) -> None:
    assert voice(language) is not None


@pytest.mark.parametrize("language", ["my", "zomi", ""])
def test_a_language_without_a_good_voice_stays_silent(installed: str, language: str) -> None:
    assert voice(language) is None
    assert command("B 1 0 7", language) == []


def test_without_espeak_speech_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not available()
    assert command(CALLS["en"], "en") == []


def test_nothing_is_said_when_there_is_nothing_to_say(installed: str) -> None:
    assert command(" ", "en") == []


def test_the_text_goes_whole_and_is_never_an_option(installed: str) -> None:
    assert available()
    said = command("-w /tmp/x; $(reboot)", "es")
    assert said[0] == installed
    assert said[-2:] == ["--", "-w /tmp/x; $(reboot)"]


def test_nothing_heavy_is_loaded_for_it() -> None:
    names = "speech, chime, announcer"
    script = f"import sys; from kiosk.devices import {names}; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"textual", "rich", "asyncio", "pypinyin", "babel"}.isdisjoint(done.stdout.split())


def test_a_program_that_ends_well_has_no_problem() -> None:
    assert Child().run([sys.executable, "-c", ""]) == ""


def test_what_a_program_writes_stays_off_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    script = "import sys; print('no card'); print('no card', file=sys.stderr); sys.exit(3)"
    assert "status 3" in Child().run([sys.executable, "-c", script])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("broken", [["/nowhere/espeak-ng"], [os.devnull], [sys.executable, "-c", "a\0b"]])
def test_a_program_that_cannot_start_says_why(broken: list[str]) -> None:
    assert Child().run(broken)


def test_a_hanging_program_is_ended_with_all_it_started(tmp_path: Path) -> None:
    held = Held(tmp_path)
    assert "1 seconds" in Child().run(held.command, 1)
    assert held.nobody_left()


def test_a_program_is_ended_from_another_thread(tmp_path: Path) -> None:
    held, child, problems = Held(tmp_path), Child(), []
    thread = threading.Thread(target=lambda: problems.append(child.run(held.command)))
    thread.start()
    held.until_started()
    child.close()
    child.close()
    thread.join(10)
    assert problems == [""]
    assert held.nobody_left()
    assert child.run(["/nowhere/espeak-ng"]) == ""


class Held:
    """A program that starts another; both hang, holding a pipe that ends with the last of them."""

    def __init__(self, folder: Path) -> None:
        pipe = folder / "held"
        os.mkfifo(pipe)
        self._end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.command = ["/bin/sh", "-c", f"exec 3>{pipe}; /bin/sleep 600 & echo started >&3; wait"]

    def until_started(self) -> None:
        assert self._read() == b"started\n"

    def nobody_left(self) -> bool:
        while said := self._read():
            assert said == b"started\n"
        os.close(self._end)
        return True

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._end], [], [], 20)
        assert ready, "somebody still holds the pipe"
        return os.read(self._end, 100)


@real
@pytest.mark.parametrize("language", VOICES)
def test_a_call_is_heard(language: str, tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    assert Child().run(with_options(CALLS[language], language, "-w", str(file))) == ""
    with wave.open(str(file)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        levels = array("h", sound.readframes(sound.getnframes()))
    assert 1.5 < seconds < 8
    assert max(levels) > 3000
    loud = sum(abs(level) > 300 for level in levels)
    assert loud / len(levels) > 0.2


@real
def test_chinese_is_read_as_chinese() -> None:
    """A voice that can't read the characters spells them in English, which the trace marks."""
    assert "(en)" not in sounds("请到 3 号柜台", "zh_Hans")


@real
def test_every_digit_is_read_alone() -> None:
    words = sounds(spoken_code("B107"), "en").split()
    assert len(words) == 4
    assert words[1:] == [sounds(digit, "en").strip() for digit in "107"]


@real
def test_the_letter_a_is_not_read_as_the_article() -> None:
    assert "a#" not in sounds(f"Number {spoken_code('A107')}, counter 3", "en")
    assert "a#" in sounds("Bring a photo ID", "en"), "the trace no longer shows an article as a#"


@real
def test_invisible_marks_of_direction_are_not_read() -> None:
    assert sounds("الرقم \u2068B 1 0 7\u2069", "ar") == sounds("الرقم B 1 0 7", "ar")


def with_options(text: str, language: str, *options: str) -> list[str]:
    said = command(text, language)
    return [*said[:-2], *options, *said[-2:]]


def sounds(text: str, language: str) -> str:
    """What the voice would say, as espeak-ng writes sounds."""
    traced = with_options(text, language, "-q", "-x")
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    return subprocess.run(traced, capture_output=True, text=True, check=True, env=environment).stdout


def test_the_trace_is_of_the_program_that_will_speak(installed: str) -> None:
    assert with_options("x", "en", "-q")[0] == shutil.which(speech.PROGRAM) == installed
