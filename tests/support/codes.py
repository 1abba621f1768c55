"""QR codes read back from the cells of the screen, as a camera would."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import zxingcpp
from PIL import Image
from textual.geometry import Region

from kiosk.ui.library import Library
from kiosk.ui.visitor.take_along import TakeAlongScreen
from kiosk.ui.widgets.qr_code import QRCode
from tests.support.app import running, shared_library
from tests.support.gallery import Stretch, seen, stretches

HALVES = {" ": (255, 255), "▀": (0, 255), "▄": (255, 0), "█": (0, 0)}
"""Brightness of the upper and the lower half of a cell in black on white."""
BLACK_ON_WHITE = ("#000000", "#ffffff")
MODULE = 4
"""Pixels a module is drawn with for the decoder."""


@dataclass(frozen=True)
class Taken:
    """A link, what a camera reads on its screen (nothing where no code is), and the address in words."""

    link: str
    read: str
    written: str


def read(parts: tuple[Stretch, ...], region: Region) -> str:
    """What a camera reads from a region of the screen; only black ink on white counts."""
    rows = []
    for y in range(region.y, region.bottom):
        cells = "".join(
            part.text for part in parts if part.y == y and (part.ink, part.paper) == BLACK_ON_WHITE
        )
        halves = [HALVES[cell] for cell in cells.ljust(region.width)[: region.width]]
        rows += [bytes(upper for upper, _ in halves), bytes(lower for _, lower in halves)]
    image = Image.frombytes("L", (region.width, len(rows)), b"".join(rows))
    larger = image.resize((image.width * MODULE, image.height * MODULE), Image.Resampling.NEAREST)
    found = zxingcpp.read_barcodes(larger)
    return found[0].text if found else ""


def taken(size: tuple[int, int], shared: Path) -> list[Taken]:
    """Every link of the catalogue, shown at a size; services share some."""
    with TemporaryDirectory() as data:
        return asyncio.run(_taken(size, shared_library(shared), Path(data)))


async def _taken(size: tuple[int, int], library: Library, data: Path) -> list[Taken]:
    links = {service.link: service.id for service in library.loaded.catalog.services if service.link}
    found = []
    async with running(library, data, size) as kiosk:
        await kiosk.start("en")
        screen = TakeAlongScreen(next(iter(links.values())))
        await kiosk.show(screen)
        for link, screen.service in links.items():
            screen.renew()
            await kiosk.settle()
            parts = stretches(kiosk)
            seen_by_camera = [read(parts, code.region) for code in screen.query(QRCode)]
            written = "".join("".join(seen(kiosk, "address").drawn).split())
            found.append(Taken(link, "".join(seen_by_camera), written))
    return found
