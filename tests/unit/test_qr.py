"""QR codes: what a camera reads from the cells on screen is the payload."""

from __future__ import annotations

import subprocess
import sys

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.devices.qr import columns_needed, half_block_lines, matrix, rows_needed

host = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20)
path = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?=&%", max_size=90)
urls = st.builds("https://{}.gov/{}".format, host, path)
short = st.builds(
    "HTTPS://CITY.GOV/F/{}".format, st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", max_size=12)
)
phones = st.builds("tel:+1{}".format, st.text("0123456789", min_size=10, max_size=10))


def read(lines: list[str], scale: int = 4) -> str:
    """Decode what the cells show: each half a square of `scale` pixels, ink black, ground white."""
    picture = bytearray()
    for line in lines:
        for ink in ("▀█", "▄█"):
            row = b"".join((b"\0" if mark in ink else b"\xff") * scale for mark in line)
            picture += row * scale
    shape = (len(lines) * 2 * scale, len(lines[0]) * scale)
    [code] = zxingcpp.read_barcodes(memoryview(bytes(picture)).cast("B", shape))
    assert code.format == zxingcpp.BarcodeFormat.QRCode
    return str(code.text)


@settings(max_examples=60, deadline=None)
@given(st.one_of(urls, short, phones))
def test_the_cells_read_back_as_the_payload(payload: str) -> None:
    assert read(half_block_lines(matrix(payload))) == payload


@settings(max_examples=30, deadline=None)
@given(st.one_of(urls, phones))
def test_the_room_it_needs_is_the_room_it_takes(payload: str) -> None:
    lines = half_block_lines(matrix(payload))
    assert len(lines) == rows_needed(payload)
    assert {len(line) for line in lines} == {columns_needed(payload)}
    assert set("".join(lines)) <= set(" ▀▄█")


@pytest.mark.parametrize(
    ("payload", "columns", "rows"),
    [
        ("tel:+19185969511", 33, 17),
        ("HTTPS://CITY.GOV/F/DS11", 33, 17),
        ("https://www.cityoftulsa.org/pay", 37, 19),
        ("https://www.cityoftulsa.org/" + "a" * 56, 45, 23),
        ("https://www.cityoftulsa.org/" + "a" * 78, 49, 25),
    ],
)
def test_the_smallest_code_that_holds_it_at_level_m(payload: str, columns: int, rows: int) -> None:
    assert (columns_needed(payload), rows_needed(payload)) == (columns, rows)


def test_the_quiet_zone_is_four_modules_on_every_side() -> None:
    code = matrix("https://www.cityoftulsa.org/pay")
    rows = [row for row, modules in enumerate(code) if any(modules)]
    columns = [column for modules in code for column, dark in enumerate(modules) if dark]
    assert (min(rows), len(code) - 1 - max(rows)) == (4, 4)
    assert (min(columns), len(code) - 1 - max(columns)) == (4, 4)


def test_a_smudge_over_a_few_modules_still_reads() -> None:
    """Level M repairs up to 15 %."""
    payload = "https://www.cityoftulsa.org/pay"
    lines = half_block_lines(matrix(payload))
    smudged = [line[:28] + " " * 5 + line[33:] if 13 <= y < 16 else line for y, line in enumerate(lines)]
    assert smudged != lines
    assert read(smudged) == payload


def test_what_no_code_can_hold_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="5000 characters fit no QR code"):
        matrix("x" * 5000)


def test_the_module_loads_without_the_library() -> None:
    code = "import sys, kiosk.devices.qr; print({'qrcode', 'PIL', 'textual', 'rich'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
        == "set()\n"
    )
