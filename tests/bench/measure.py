"""What the benches of the visitor app share: a program on a pseudo-terminal, its cells, its CPU and memory.

`Terminal` plays the terminal and the visitor's finger: it starts a program on 120x34 cells, keeps what is
drawn as a grid of cells, and says when the bytes arrived that made something visible. Programs under
measurement get truecolor, and byte code in a folder of the bench's own.
"""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ptyprocess import PtyProcess  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from kiosk.i18n.script import cell_width  # noqa: E402

COLUMNS, ROWS = 120, 34
PAGE = os.sysconf("SC_PAGE_SIZE")
PATIENCE = 20.0
"""Seconds without what is waited for after which a bench gives up."""
SEQUENCE = re.compile(
    r"\x1b\[(?P<csi>[0-?]*[ -/]*)(?P<final>[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[^\[\]]"
)
UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?)?\Z")

width_of = lru_cache(maxsize=8192)(cell_width)


class Grid:
    """The cells of a terminal, filled by the few control sequences a Textual program uses."""

    def __init__(self) -> None:
        self.rows = [[" "] * COLUMNS for _ in range(ROWS)]
        self._x = self._y = 0
        self._rest = ""

    def feed(self, text: str) -> None:
        """Draw what the program wrote; a sequence cut in two waits for its end."""
        text = self._rest + text
        cut = UNFINISHED.search(text)
        self._rest = text[cut.start() :] if cut else ""
        text, at = text[: cut.start()] if cut else text, 0
        for found in SEQUENCE.finditer(text):
            self._write(text[at : found.start()])
            at = found.end()
            if found["final"] == "H":
                row, _, column = found["csi"].partition(";")
                self._y, self._x = int(row or 1) - 1, int(column or 1) - 1
            elif found["final"] == "J" and found["csi"] == "2":
                self.rows = [[" "] * COLUMNS for _ in range(ROWS)]
        self._write(text[at:])

    def _write(self, text: str) -> None:
        for character in text:
            if character < " ":
                self._x, self._y = (
                    (0, self._y) if character == "\r" else (self._x, self._y + (character == "\n"))
                )
                continue
            cells = width_of(character)
            if not 0 <= self._y < ROWS or self._x + cells > COLUMNS:
                continue
            row = self.rows[self._y]
            if cells:
                row[self._x : self._x + cells] = [character] + [""] * (cells - 1)
                self._x += cells
            elif self._x:
                row[self._x - 1] += character

    def lines(self) -> list[str]:
        """The rows as text."""
        return ["".join(row) for row in self.rows]

    def find(self, text: str) -> tuple[int, int] | None:
        """Column and row, from 0, of the lowest place where a text stands as whole words."""
        words = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
        for y in reversed(range(ROWS)):
            found = words.search("".join(self.rows[y]))
            if found:
                return self._column(self.rows[y], found.start()), y
        return None

    def _column(self, row: list[str], at: int) -> int:
        """The column of a character of a row's text."""
        x = used = 0
        while used < at or not row[x]:
            used += len(row[x])
            x += 1
        return x


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.grid = Grid()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._moment = 0.0
        self.started = time.perf_counter()
        self._program = PtyProcess.spawn(
            list(command), env=environment, cwd=str(ROOT), dimensions=(ROWS, COLUMNS)
        )

    def wait(self, shown: str | Callable[[Grid], object], patience: float = PATIENCE) -> float:
        """The moment at which the bytes arrived that made a text stand on screen, or a condition true."""
        condition = (lambda grid: grid.find(shown)) if isinstance(shown, str) else shown
        moment, end = time.perf_counter(), time.monotonic() + patience
        while not condition(self.grid):
            if not self._read(end - time.monotonic()):
                told = "\n".join(self.grid.lines())
                raise RuntimeError(f"waited {patience:.0f} s in vain for {shown!r}; on screen is\n{told}")
            moment = self._moment
        return moment

    def wait_bytes(self, text: str) -> float:
        """The moment at which a text has arrived, found in the bytes: only where it is one run of them."""
        seen, end = b"", time.monotonic() + PATIENCE
        while text.encode() not in seen:
            if not (data := self._take(end - time.monotonic())):
                raise RuntimeError(f"waited {PATIENCE:.0f} s in vain for {text!r}")
            seen += data
        return self._moment

    def settle(self, quiet: float = 0.12, patience: float = 2.0) -> None:
        """Read until nothing has been drawn for a while; a picture that moves runs out of patience."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self._read(quiet):
            pass

    def send(self, keys: str) -> float:
        """Type; returns the moment."""
        moment = time.perf_counter()
        os.write(self._program.fd, keys.encode())
        return moment

    def tap(self, place: tuple[int, int]) -> float:
        """Touch a cell and let go; returns the moment."""
        x, y = place[0] + 1, place[1] + 1
        return self.send(f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m")

    def tap_text(self, text: str) -> float:
        """Touch where a text stands, waiting for it first."""
        self.wait(text)
        place = self.grid.find(text)
        assert place is not None, "wait found it"
        return self.tap(place)

    def processes(self) -> list[int]:
        """The program and every process below it, parents first."""
        found = [self._program.pid]
        for process in found:
            for task in Path(f"/proc/{process}/task").glob("*/children"):
                found += map(int, task.read_text().split())
        return found

    def app(self) -> int:
        """The process that draws: the last one down."""
        return self.processes()[-1]

    def cpu(self) -> float:
        """Seconds of CPU time that all threads of all processes have used, to the nanosecond."""
        tasks = (task for process in self.processes() for task in Path(f"/proc/{process}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def rss(self) -> int:
        """Bytes of the app's process in memory."""
        return int(Path(f"/proc/{self.app()}/statm").read_text().split()[1]) * PAGE

    def freeze(self) -> None:
        """Stop every process where it is, so that its CPU time stands still."""
        stopping = self.processes()[::-1]
        for process in stopping:
            os.kill(process, signal.SIGSTOP)
        while any(_state(process) not in "TtZ" for process in stopping):
            time.sleep(0.0005)

    def close(self) -> None:
        """Kill what is left, parents first: a supervisor must not start its app again."""
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._program.close(force=True)

    def _read(self, seconds: float) -> bool:
        """Draw what the program has written; False when nothing came in time, or it has ended."""
        data = self._take(seconds)
        self.grid.feed(self._decoder.decode(data))
        return bool(data)

    def _take(self, seconds: float) -> bytes:
        """What the program has written; empty when nothing came in time, or it has ended."""
        if not select.select([self._program.fd], [], [], max(seconds, 0))[0]:
            return b""
        try:
            data = os.read(self._program.fd, 1 << 16)
        except OSError:  # how Linux tells that the other side is closed
            return b""
        self._moment = time.perf_counter()
        return data


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]


@dataclass(frozen=True)
class Place:
    """Folders of one run: byte code, and the kiosk's data."""

    folder: Path

    def environment(self) -> dict[str, str]:
        """What a program under measurement finds: truecolor, no settings of this machine."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        # Without the extra, which learns in the background and would be measured instead.
        kept["KIOSK_SEARCH_MEANING"] = "false"
        return kept | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"),
        }

    def kiosk(self) -> Terminal:
        """The visitor app of this checkout as staff start it, with its supervisor."""
        command = [sys.executable, "-c", "from kiosk.cli import main; main()"]
        return Terminal([*command, "--data", str(self.folder / "data")], self.environment())

    def yardstick(self, name: str) -> Terminal:
        """One of the empty apps of yardsticks.py."""
        script = Path(__file__).with_name("yardsticks.py")
        return Terminal([sys.executable, str(script), name], self.environment())


@contextmanager
def place() -> Iterator[Place]:
    """A folder for one bench, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        yield Place(Path(folder))


@dataclass(frozen=True)
class Row:
    """One line of a bench's table: a figure, its yardstick's, and the ratio that must hold."""

    what: str
    figure: float
    yardstick: float
    unit: str
    hold: float | None = None

    @property
    def ratio(self) -> float:
        return self.figure / self.yardstick

    @property
    def held(self) -> bool:
        return self.hold is None or self.ratio <= self.hold


def report(title: str, rows: Sequence[Row]) -> int:
    """Print the table; the exit status is 1 when a number is not held."""
    print(title)
    print(f"{'what':<44} {'kiosk':>10} {'yardstick':>10} {'ratio':>6} {'hold':>5}")
    for row in rows:
        hold = f"{row.hold:5.2f} {'held' if row.held else 'NOT HELD'}" if row.hold else "    -"
        figures = f"{row.figure:>7.1f} {row.unit} {row.yardstick:>7.1f} {row.unit}"
        print(f"{row.what:<44} {figures} {row.ratio:>6.2f} {hold}")
    return 0 if all(row.held for row in rows) else 1


def low_and_middle(seconds: Sequence[float]) -> tuple[float, float]:
    """The smallest and the median of some times, in milliseconds."""
    return min(seconds) * 1e3, statistics.median(seconds) * 1e3
