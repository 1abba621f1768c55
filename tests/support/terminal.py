"""A real terminal for the real command: tmux draws its screen, a finger touches it, keys reach it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self, TypeVar

from kiosk.i18n.script import cell_width

KIOSK = str(Path(sys.executable).parent / "kiosk")
"""The installed command."""
DEADLINE = 15.0
"""Seconds after which what a test waits for has not come."""
FOCUS = "▛▀"
"""The upper left corner of a target that the next Enter will press."""

Found = TypeVar("Found")


def wait(what: Callable[[], Found], told: Callable[[], str], seconds: float = DEADLINE) -> Found:
    """The first true answer to a question asked again and again; `told` explains what was not seen."""
    until = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(told())
        time.sleep(0.02)


def environment(**changes: str) -> dict[str, str]:
    """This process's variables without the kiosk's own, and with changes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIOSK_", "TMUX"))}
    return {**kept, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor", **changes}


def children(pid: int) -> list[int]:
    """Processes whose parent this is."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == pid:
            found.append(int(folder.name))
    return found


class Terminal:
    """One tmux window in which a command runs; a context that ends everything it started."""

    def __init__(
        self,
        *command: str | Path,
        size: tuple[int, int] = (100, 30),
        folder: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kiosk-test-"))
        self._bytes = self._folder / "bytes"
        self._command = [str(part) for part in command] or [KIOSK]
        self.size = size
        self._where = folder or self._folder
        # A server of its own, whose socket goes with the folder.
        self._env = environment(TMUX_TMPDIR=str(self._folder), **(variables or {}))

    def __enter__(self) -> Self:
        # The command waits for a line, so that not one of its bytes is missed; keys that are signals reach
        # it as they come from a shell, and do not end this one.
        script = 'trap : INT QUIT TSTP; read _; "$@"; echo "exit status $?"; stty -a; exec cat'
        width, height = map(str, self.size)
        line = shlex.join(["sh", "-c", script, "sh", *self._command])
        self._tmux(
            "-f/dev/null", "new-session", "-d", "-x", width, "-y", height, "-c", str(self._where), line
        )
        try:
            self._tmux("pipe-pane", "-O", f"cat > {shlex.quote(str(self._bytes))}")
            wait(self._bytes.exists, lambda: "tmux does not record what the command writes")
            self._tmux("send-keys", "Enter")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # Nobody may be left behind: the app's supervisor would start it again and again.
        family = self._family()
        self._tmux("kill-server")
        for pid in family:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        shutil.rmtree(self._folder, ignore_errors=True)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", *arguments], capture_output=True, text=True, env=self._env, check=False
        )
        assert done.returncode == 0, f"tmux {arguments[0]}: {done.stderr}"
        return done.stdout

    def _family(self) -> list[int]:
        shell = int(self._tmux("display-message", "-p", "#{pane_pid}"))
        found, new = [shell], [shell]
        while new:
            new = [child for pid in new for child in children(pid)]
            found += new
        return found

    @property
    def supervisor(self) -> int:
        """The process that was started."""
        return wait(lambda: self._family()[1:], lambda: "the command is not running")[0]

    @property
    def app(self) -> int:
        """The supervisor's child."""
        supervisor = self.supervisor
        return wait(lambda: children(supervisor), lambda: "the app is not running")[0]

    def screen(self) -> str:
        """The text that stands on the screen now."""
        return self._tmux("capture-pane", "-p")

    def written(self) -> str:
        """Every byte that the command has written so far."""
        return self._bytes.read_bytes().decode("utf-8", "replace")

    def modes(self) -> dict[str, bool]:
        """What a program may have left switched: alternate screen, mouse reports, a hidden cursor."""
        names = (
            "alternate_on",
            "mouse_any_flag",
            "mouse_all_flag",
            "mouse_sgr_flag",
            "cursor_flag",
            "wrap_flag",
        )
        values = self._tmux("display-message", "-p", " ".join(f"#{{{name}}}" for name in names)).split()
        return {name: value == "1" for name, value in zip(names, values, strict=True)}

    def see(self, *texts: str, seconds: float = DEADLINE) -> str:
        """Wait until all these texts stand on the screen at once; the screen."""

        def look() -> str:
            screen = self.screen()
            return screen if all(text in screen for text in texts) else ""

        return wait(look, lambda: f"not on the screen: {texts}\n{self.screen()}", seconds)

    def see_gone(self, text: str) -> str:
        """Wait until a text has left the screen; the screen."""

        def look() -> str:
            screen = self.screen()
            return "" if text in screen else screen

        return wait(look, lambda: f"still on the screen: {text}\n{self.screen()}")

    def calm(self, seconds: float = 0.3) -> None:
        """Wait until the command has written nothing for a while: everything is drawn."""
        quiet = [self._bytes.stat().st_size, time.monotonic()]

        def is_quiet() -> bool:
            size, now = self._bytes.stat().st_size, time.monotonic()
            if size != quiet[0]:
                quiet[:] = [size, now]
            return now - quiet[1] >= seconds

        wait(is_quiet, lambda: f"never still:\n{self.screen()}")

    def find(self, text: str) -> tuple[int, int]:
        """Column and row, from 0, of the middle of a text; the last one of several."""
        self.see(text)
        rows = self.screen().split("\n")
        row = max(index for index, line in enumerate(rows) if text in line)
        before = rows[row][: rows[row].index(text)]
        return cell_width(before) + cell_width(text) // 2, row

    def touch(self, *texts: str) -> None:
        """Put a finger on a text and lift it; on several texts, faster than the app can follow."""
        self.touch_at(*(self.find(text) for text in texts))

    def touch_at(self, *cells: tuple[int, int]) -> None:
        """Put a finger on cells (column, row) and lift it: what a terminal sends for the left button."""
        places = (f"{column + 1};{row + 1}" for column, row in cells)
        data = "".join(f"\x1b[<0;{place}M\x1b[<0;{place}m" for place in places)
        self._tmux("send-keys", "-H", *(f"{byte:02x}" for byte in data.encode()))

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: Enter, Escape, Tab, Right, C-q."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type characters on a real keyboard."""
        self._tmux("send-keys", "-l", text)

    def focused(self) -> str:
        """The text inside the target that has the focus; empty when none has."""
        rows = self.screen().split("\n")
        for number, line in enumerate(rows):
            if FOCUS in line:
                left = line.index(FOCUS)
                inside = [row[left:].split("▐")[0] for row in rows[number + 1 :]]
                below = [index for index, row in enumerate(rows[number + 1 :]) if row[left : left + 1] == "▙"]
                if below:
                    return " ".join(" ".join(inside[: below[0]]).replace("▌", " ").split())
        return ""

    def focus(self, text: str) -> None:
        """Press Tab until the target with this text has the focus."""
        self.see(text)
        seen = [self.focused()]
        while text not in seen[-1]:
            assert len(seen) < 60, f"Tab never reaches {text!r}: {seen}"
            self.press("Tab")
            # A key can be lost on a screen that is just composed anew; then it is pressed again.
            with suppress(AssertionError):
                wait(lambda: self.focused() not in ("", seen[-1]), str, seconds=2)
            seen.append(self.focused())

    def choose(self, text: str) -> None:
        """Focus a target by Tab and press Enter on it."""
        self.focus(text)
        self.press("Enter")

    def status(self) -> int:
        """Wait until the command has ended; its exit status."""
        found = wait(
            lambda: re.search(r"exit status (\d+)", self.written()), lambda: f"still runs:\n{self.screen()}"
        )
        return int(found[1])

    def settings(self) -> str:
        """The terminal's line settings after the command has ended, as `stty -a` tells them."""
        return wait(
            lambda: re.search(r"^-?parenb.*-?flusho", self.written(), re.DOTALL | re.MULTILINE),
            lambda: f"no settings:\n{self.screen()}",
        )[0]
