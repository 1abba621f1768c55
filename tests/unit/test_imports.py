"""What a start costs before the first frame, counted: modules, style sheets read, screens composed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LABEL = "High contrast"
"""A target near the foot of the attract screen: the bytes that hold it are the first frame's."""

STARTED = """
import json, sys
from pathlib import Path

data, wanted = Path(sys.argv[1]), sys.argv[2]
from kiosk.commands.visitor import visitor
from textual.css import stylesheet
from textual.drivers.headless_driver import HeadlessDriver

parsed, composed, told = [], [], []

class Terminal(HeadlessDriver):
    is_headless = False

    def write(self, text):
        done = any(data.glob("cache/display-type/*.json")) if wanted == "drawn" else wanted in text
        if done and not told:
            told.append(sorted(sys.modules))
            work = {"modules": told[0], "parsed": list(parsed), "composed": list(composed)}
            print(json.dumps(work), file=sys.__stdout__, flush=True)
            self._app.exit()

def counted(scope, css, read_from, *rest, parse=stylesheet.parse, **others):
    parsed.append([str(part) for part in read_from])
    return parse(scope, css, read_from, *rest, **others)

def put_in():
    from kiosk.ui.visitor.app import VisitorApp
    from kiosk.ui.visitor.attract import AttractScreen

    compose = AttractScreen.compose
    stylesheet.parse = counted
    VisitorApp.get_driver_class = lambda app: Terminal
    AttractScreen.compose = lambda screen: composed.append(1) or compose(screen)

put_in()
sys.exit(visitor(data, None, ""))
"""
"""Runs the app as the supervisor's child does, in a terminal that looks at what is written to it."""

LATER = (
    *(
        "kiosk.center",
        "kiosk.sync",
        "kiosk.reports",
        "kiosk.search",
        "kiosk.line",
        "kiosk.tickets",
        "kiosk.i18n.formats",
        "kiosk.ui.ink",
    ),
    *("sqlite_utils", "cryptography", "yaml", "ruamel", "pydantic", "fastapi", "sqlalchemy", "click"),
    *("babel", "arabic_reshaper", "bidi", "pypinyin", "snowballstemmer", "qrcode"),
    *("PIL", "fontTools", "freetype", "uharfbuzz"),
)
PURE = ("catalog", "search", "i18n", "journal", "survey")
EVERY_MODULE = """
import importlib, json, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""


def run(script: str, *arguments: str) -> Any:
    """What a script prints as JSON, in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "120", "LINES": "34"}
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What a start with warm caches has done when its first frame is written."""
    data = tmp_path_factory.mktemp("data")
    run(STARTED, str(data), "drawn")
    return run(STARTED, str(data), LABEL)  # type: ignore[no-any-return]


@pytest.mark.parametrize("module", LATER)
def test_the_first_frame_waits_for_no_heavy_import(start: dict[str, list[Any]], module: str) -> None:
    assert [name for name in start["modules"] if name == module or name.startswith(f"{module}.")] == []


def test_the_app_was_really_there(start: dict[str, list[Any]]) -> None:
    """A start that shows nothing would pass every other test."""
    assert {"textual.app", "kiosk.journal.store", "kiosk.ui.visitor.attract"} <= set(start["modules"])


def test_no_style_sheet_is_parsed_twice_before_the_first_frame(start: dict[str, list[Any]]) -> None:
    places = [tuple(place) for place in start["parsed"]]
    assert sorted(places) == sorted(set(places))


def test_the_attract_screen_is_composed_once(start: dict[str, list[Any]]) -> None:
    assert len(start["composed"]) == 1


@pytest.mark.parametrize("package", PURE)
def test_nothing_below_the_screens_imports_a_screen_library(package: str) -> None:
    loaded = run(EVERY_MODULE, f"kiosk.{package}")
    assert [name for name in loaded if name.partition(".")[0] in ("textual", "rich")] == []
