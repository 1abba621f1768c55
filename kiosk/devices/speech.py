"""Speech by espeak-ng, and the child process that makes a sound until it ends or is ended."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

from kiosk.devices.volume import Volume

PROGRAM = "espeak-ng"
LONGEST = 15.0
"""Seconds after which a program that still speaks is taken for hanging."""
PACE = "140"
"""Words a minute; espeak-ng's own 175 is hard to follow across a lobby."""

VOICES = {
    "en": "en-us",
    "es": "es-419",
    "vi": "vi",
    # espeak-ng 1.51 reads most characters as English with the voice `cmn`; 1.52 reads both alike.
    "zh_Hans": "cmn-latn-pinyin",
    "ar": "ar",
    "ru": "ru",
}
"""Voices by language. There is one for Burmese, but it drops syllables."""

_LETTER_A = re.compile(r"\bA(?= [0-9] [0-9])")


def available() -> bool:
    """Whether espeak-ng is installed."""
    return shutil.which(PROGRAM) is not None


def voice(language: str) -> str | None:
    """The voice that reads a language acceptably; None where there is none."""
    return VOICES.get(language)


def spoken_code(code: str) -> str:
    """A ticket's code to be read sign by sign: B107 -> B 1 0 7."""
    return " ".join(code)


def command(text: str, language: str, volume: Volume = Volume.HIGH) -> list[str]:
    """The command that says a text aloud; empty where it can't be said.

    `-w FILE` before the last two words makes it a WAV file instead, `-q -x` a trace of its sounds.
    """
    program, name = shutil.which(PROGRAM), voice(language)
    if program is None or name is None or not text.strip():
        return []
    if language == "en":
        # Alone, the letter is read as the article: "number a 1 0 7". The hyphen is heard as a pause.
        text = _LETTER_A.sub("A-", text)
    return [program, "-v", name, "-s", PACE, "-a", str(int(volume)), "-b", "1", "--", text]


class Child:
    """Runs programs one at a time; `close`, from any thread, ends the one that runs and starts no more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def run(self, command: Sequence[str], longest: float = LONGEST) -> str:
        """Run a program to its end, for `longest` seconds at most; why it failed, else "".

        What it writes is dropped: on the board's terminal it would lie across the screen.
        """
        silent = subprocess.DEVNULL
        try:
            with self._lock:
                if self._closed:
                    return ""
                # A session of its own, so that what the program starts ends with it.
                process = self._process = subprocess.Popen(
                    command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True
                )
        except (OSError, ValueError) as problem:  # ValueError: a text with a NUL
            return str(problem)
        try:
            status = process.wait(longest)
        except subprocess.TimeoutExpired:
            _kill(process)
            return f"stopped, it was still running after {longest:g} seconds"
        return f"ended with status {status}" if status and not self._closed else ""

    def close(self) -> None:
        """End the program that runs, at once; may be called twice."""
        with self._lock:
            self._closed = True
            if self._process is not None and self._process.poll() is None:
                _kill(self._process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and everything it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
