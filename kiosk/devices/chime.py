"""The chime before a call: two tones as a WAV file, and the programs that can play it."""

from __future__ import annotations

import os
import shutil
import wave
from array import array
from math import cos, exp, pi, sin
from pathlib import Path

from kiosk.devices.volume import Volume

RATE = 44_100
SECONDS = 1.2
LENGTH = round(RATE * SECONDS)
"""Samples of the whole chime, one channel of 16 bits."""
TONES = ((0.0, 659.26), (0.32, 523.25))
"""Seconds at which each tone begins, and its pitch: E5 and C5, low enough for ears that lost high ones."""
ATTACK, DECAY, RELEASE = 0.012, 0.26, 0.15
"""Seconds: swelling without a click, fading to a third, fading to silence at the very end."""
OVERTONE = 0.2
PEAK = 0.7
"""Of full scale."""

PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("play", "-q"))
"""PipeWire, PulseAudio, ALSA, SoX: the order in which they are tried."""
LONGEST = 5.0
"""Seconds after which a player is taken for hanging."""

_HEADER = 44
_FULL_SCALE = 32_767


def commands(folder: Path, volume: Volume = Volume.HIGH) -> list[list[str]]:
    """The commands that play the chime, the first one first; empty where no player is installed.

    The sound is kept in the folder. Raises OSError when it can't be written there.
    """
    found = [(path, options) for name, *options in PLAYERS if (path := shutil.which(name))]
    if not found:
        return []
    sound = str(wav(folder, volume))
    return [[path, *options, sound] for path, options in found]


def wav(folder: Path, volume: Volume = Volume.HIGH) -> Path:
    """The chime's file for a volume, folder and file made where they are missing; OSError when that fails."""
    name = "chime" if volume is Volume.HIGH else f"chime-{volume.name.lower()}"
    file = folder / f"{name}.wav"
    if file.is_file() and file.stat().st_size == _HEADER + 2 * LENGTH:
        return file
    folder.mkdir(parents=True, exist_ok=True)
    # Another board may be making the same file.
    unfinished = folder / f"{name}.{os.getpid()}.part"
    with wave.open(str(unfinished), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples(volume).tobytes())
    return unfinished.replace(file)


def samples(volume: Volume = Volume.HIGH) -> array[int]:
    """The chime, -32767 to 32767."""
    sound = [_level(place / RATE) for place in range(LENGTH)]
    scale = PEAK * _FULL_SCALE * volume / Volume.HIGH / max(map(abs, sound))
    return array("h", (round(level * scale) for level in sound))


def _level(seconds: float) -> float:
    """Both tones together at a time, not yet scaled."""
    level = sum(_tone(seconds - start, pitch) for start, pitch in TONES if seconds >= start)
    return level * _swell((SECONDS - seconds) / RELEASE)


def _tone(seconds: float, pitch: float) -> float:
    angle = 2 * pi * pitch * seconds
    return _swell(seconds / ATTACK) * exp(-seconds / DECAY) * (sin(angle) + OVERTONE * sin(2 * angle))


def _swell(part: float) -> float:
    """From 0 to 1 without a corner."""
    return (1 - cos(pi * min(part, 1.0))) / 2
