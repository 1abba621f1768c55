"""The `kiosk` command: the visitor's screen at once, everything else through click."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def main() -> None:
    """Do what was typed; ends the process."""
    folders = visitor_folders(sys.argv[1:])
    if folders is None:
        from kiosk.commands.group import group

        group()
    else:
        from kiosk.commands.visitor import run

        sys.exit(run(folders.get("data"), folders.get("services")))


def visitor_folders(arguments: Sequence[str]) -> dict[str, Path] | None:
    """What --data and --services say when nothing else is typed, else None: then click reads it.

    Machines start with these alone, and importing click takes longer than the supervisor's other work.
    """
    found = {}
    left = list(arguments)
    while left:
        name, given, value = left.pop(0).partition("=")
        if name not in ("--data", "--services") or not (given or left):
            return None
        found[name.removeprefix("--")] = Path(value if given else left.pop(0))
    return found
