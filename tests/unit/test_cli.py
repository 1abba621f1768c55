"""The shortcut past click reads what machines type exactly as click would, and leaves the rest to it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kiosk.cli import visitor_folders
from kiosk.commands.group import group

WORDS = st.sampled_from(
    [
        "--data",
        "--services",
        "--data=here",
        "--services=a=b",
        "--data=",
        "here",
        "--help",
        "--",
        "check",
        "-d",
    ]
)


@given(st.lists(WORDS, max_size=5))
def test_the_shortcut_reads_folders_as_click_does(arguments: list[str]) -> None:
    folders = visitor_folders(arguments)
    if folders is not None:
        context = group.make_context("kiosk", list(arguments))
        assert context.invoked_subcommand is None
        assert {name: value for name, value in context.params.items() if value} == folders
        assert context.args == []


def test_what_a_machine_types_needs_no_click() -> None:
    assert visitor_folders([]) == {}
    assert visitor_folders(["--data", "/var/lib/kiosk"]) == {"data": Path("/var/lib/kiosk")}
    assert visitor_folders(["--services=a.yaml", "--data", "b"]) == {
        "services": Path("a.yaml"),
        "data": Path("b"),
    }


def test_commands_and_other_options_are_left_to_click() -> None:
    for arguments in (["check"], ["--help"], ["--data"], ["--data", "x", "pin"], ["-data", "x"]):
        assert visitor_folders(arguments) is None
