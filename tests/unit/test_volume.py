"""How loud the machine is: kept whole or not at all, and heard at the very next sound."""

from __future__ import annotations

import os
import threading
import wave
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import FixedClock
from kiosk.devices import chime, speech, volume
from kiosk.devices.announcer import Announcer, Call
from kiosk.devices.volume import Volume
from kiosk.settings import Sound

NOTED = '#!/bin/sh\necho "{name} $*" >>{heard}\n'


def test_where_nothing_was_chosen_it_is_as_loud_as_ever(tmp_path: Path) -> None:
    assert volume.read(tmp_path / "not-made-yet") is Volume.HIGH


@pytest.mark.parametrize("level", Volume)
def test_what_was_chosen_is_kept_in_words_that_anybody_can_read(tmp_path: Path, level: Volume) -> None:
    volume.store(tmp_path / "data", level)
    assert volume.read(tmp_path / "data") is level
    assert (tmp_path / "data/volume").read_text() == f"{level.name.lower()}\n"


@given(st.binary(max_size=40))
def test_a_file_that_says_nothing_known_is_as_good_as_none(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("volume")
    (folder / "volume").write_bytes(content)
    said = content.strip().lower()
    known = {level.name.lower().encode(): level for level in Volume}
    assert volume.read(folder) is known.get(said, Volume.HIGH)


def test_what_can_not_be_kept_leaves_the_old_one_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume.store(tmp_path, Volume.LOW)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        volume.store(tmp_path, Volume.HIGH)
    assert volume.read(tmp_path) is Volume.LOW
    assert [entry.name for entry in tmp_path.iterdir()] == ["volume"]


def test_whoever_reads_while_it_is_changed_gets_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    volume.store(tmp_path, Volume.LOW)
    found: set[Volume] = set()
    done = threading.Event()

    def read_on() -> None:
        while not done.is_set():
            found.add(volume.read(tmp_path))

    reader = threading.Thread(target=read_on)
    reader.start()
    for turn in range(50):
        volume.store(tmp_path, (Volume.LOW, Volume.MEDIUM)[turn % 2])
    done.set()
    reader.join()
    assert found <= {Volume.LOW, Volume.MEDIUM}


def test_each_step_up_is_louder_and_the_loudest_is_the_chime_as_it_was(tmp_path: Path) -> None:
    peaks = []
    for level in (Volume.LOW, Volume.MEDIUM, Volume.HIGH):
        with wave.open(str(chime.wav(tmp_path, level))) as sound:
            peaks.append(max(map(abs, array("h", sound.readframes(sound.getnframes())))))
    assert peaks == pytest.approx([peaks[2] * 0.12, peaks[2] * 0.36, chime.PEAK * 32_767], rel=0.01)
    assert chime.wav(tmp_path) == tmp_path / "chime.wav"
    assert len(list(tmp_path.iterdir())) == 3, "one file for each, kept beside each other"


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose player and voice only note what they are told."""
    programs, noted = tmp_path / "bin", tmp_path / "heard"
    programs.mkdir()
    for name in ("aplay", "espeak-ng"):
        (programs / name).write_text(NOTED.format(name=name, heard=noted))
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    noted.touch()
    return noted


@pytest.mark.parametrize(("level", "amplitude"), [(Volume.LOW, "12"), (Volume.HIGH, "100")])
def test_the_voice_is_told_how_loud_to_speak(heard: Path, level: Volume, amplitude: str) -> None:
    command = speech.command("Number B104", "en", level)
    assert command[command.index("-a") + 1] == amplitude
    assert command[-2:] == ["--", "Number B104"]


def test_what_staff_choose_is_heard_at_the_next_call_and_off_is_silence(heard: Path, tmp_path: Path) -> None:
    """Not even the terminal's bell rings then; the call still has its time on the board."""
    data, over, bells = tmp_path / "data", threading.Event(), []
    announcer = Announcer(
        lambda call: True,
        lambda: bells.append("bell"),
        Sound(),
        tmp_path / "cache",
        FixedClock(),
        wait=lambda seconds: over.set(),
        volume=lambda: volume.read(data),
    )
    lines = []
    try:
        for place, level in enumerate((None, Volume.LOW, Volume.OFF, Volume.MEDIUM)):
            if level is not None:
                volume.store(data, level)
            announcer.announce(Call(f"B10{place}", "3", "en", f"Number {place}", str(place)))
            assert over.wait(20), "the call was not announced to its end"
            over.clear()
            lines.append([line.split("/")[-1] for line in heard.read_text().splitlines()])
            heard.write_text("")
    finally:
        announcer.close()
    sounds = [[line.split()[-1] if "espeak" not in line else line for line in found] for found in lines]
    assert sounds[0][0] == "chime.wav"
    assert sounds[1][0] == "chime-low.wav"
    assert sounds[2] == []
    assert sounds[3][0] == "chime-medium.wav"
    assert [found[1].split("-a ")[1].split()[0] for found in lines if found] == ["100", "12", "36"]
    assert not bells
