"""The README names every command and every setting, with its true default."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from kiosk.commands.group import COMMANDS
from kiosk.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def settings() -> list[tuple[str, object]]:
    named: list[tuple[str, object]] = []
    for field in fields(Settings):
        value = getattr(Settings(), field.name)
        if is_dataclass(value):
            named += [(f"{field.name}.{inner.name}", getattr(value, inner.name)) for inner in fields(value)]
        else:
            named.append((field.name, value))
    return named


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"| `kiosk {command}" in README


@pytest.mark.parametrize(("name", "default"), settings())
def test_every_setting_is_in_the_readme_with_its_default(name: str, default: object) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    if isinstance(default, bool):
        assert f"`{str(default).lower()}`" in row
    elif isinstance(default, int):
        assert f"| `{default}` |" in row


def test_every_picture_of_the_readme_is_there() -> None:
    pictures = [part.split(")")[0] for part in README.split("](") if part.split(")")[0].endswith(".png")]
    assert pictures
    assert all((Path(__file__).parents[2] / picture).is_file() for picture in pictures)
