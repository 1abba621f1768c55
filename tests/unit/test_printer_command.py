"""`kiosk printer test`: a slip in every language, or what happened and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import zxingcpp
from click.testing import CliRunner
from PIL import Image

from kiosk import settings as settings_module
from kiosk.commands.printer import WORDS, command, sample_slip
from kiosk.devices.drawing import render
from kiosk.devices.printer import Fault
from tests.support import escpos
from tests.support.escpos import Receiver, same


def run(tmp_path: Path, toml: str, *arguments: str) -> Any:
    (tmp_path / "kiosk.toml").write_text(toml, encoding="utf-8")
    return CliRunner().invoke(command, ["test", *arguments], obj={"data": tmp_path, "services": None})


def test_the_command_prints_a_slip_in_every_language(tmp_path: Path) -> None:
    with Receiver() as receiver:
        done = run(tmp_path, f'[printer]\nkind = "network"\naddress = "{receiver.address}"\n')
        receiver.finished()
    assert (done.exit_code, done.output.split(".")[0]) == (0, "Printed")
    settings = settings_module.load(tmp_path)
    assert same(receiver.decoder.paper.slips[0], render(sample_slip(settings), 80))


def test_the_command_says_what_happened_and_what_to_do(tmp_path: Path) -> None:
    with Receiver(status=escpos.OPEN_COVER) as receiver:
        done = run(tmp_path, f'[printer]\nkind = "network"\naddress = "{receiver.address}"\n')
    assert done.exit_code == 1
    assert "cover is open" in done.output
    assert "What to do: Close it" in done.output


def test_every_fault_has_its_words() -> None:
    assert set(WORDS) == set(Fault.__args__) - {""}  # type: ignore[attr-defined]


def test_without_a_printer_the_command_says_how_to_set_one(tmp_path: Path) -> None:
    done = run(tmp_path, "")
    assert done.exit_code == 1
    assert "[printer]" in done.output


def test_the_command_draws_the_slip_without_a_printer(tmp_path: Path) -> None:
    done = run(tmp_path, "[printer]\npaper = 58\n", "--image", str(tmp_path / "slip.png"))
    assert done.exit_code == 0
    with Image.open(tmp_path / "slip.png") as image:
        assert image.width == 384
        assert zxingcpp.read_barcodes(image.convert("L"))[0].text == "https://example.org/"
