"""The codes on the screen, read back from its cells by a decoder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from kiosk.ui.library import Library
from kiosk.ui.metrics import measure
from kiosk.ui.visitor.code import fits
from kiosk.ui.visitor.take_along import TakeAlongScreen
from kiosk.ui.widgets.qr_code import QRCode
from tests.support.app import Kiosk
from tests.support.codes import BLACK_ON_WHITE, Taken, read
from tests.support.gallery import SIZES, THEMES, stretches

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_code_leads_where_the_service_says(
    codes: dict[tuple[int, int], list[Taken]], library: Library, size: tuple[int, int]
) -> None:
    """Where a code has no room, its address stands in words; from 80x24 on there is room for all."""
    metrics, taken = measure(*size), codes[size]
    assert {one.link for one in taken} == {s.link for s in library.loaded.catalog.services if s.link}
    for one in taken:
        assert one.read == (one.link if fits(one.link, metrics) else ""), one
        assert one.written == one.link.removeprefix("tel:").removeprefix("https://"), one
    if size != (55, 18):
        assert all(one.read for one in taken)


@pytest.mark.parametrize("theme", THEMES)
async def test_the_code_is_black_on_white_in_every_theme(run: Running, theme: str) -> None:
    """With four light modules around it, whatever the theme's colours are."""
    async with run((120, 34), theme=theme) as kiosk:
        await kiosk.start("ar")
        service = next(service for service in kiosk.app.catalog.services if service.link)
        await kiosk.show(TakeAlongScreen(service.id))
        region = kiosk.screen.query_one(QRCode).region
        assert read(stretches(kiosk), region) == service.link
        drawn = [
            p.text
            for p in stretches(kiosk)
            if (p.ink, p.paper) == BLACK_ON_WHITE and p.y in range(region.y, region.bottom)
        ]
        assert all(row.startswith("    ") and row.endswith("    ") for row in drawn)
        assert not drawn[0].strip() and not drawn[1].strip()


async def test_a_service_without_a_page_offers_its_number(kiosk: Kiosk) -> None:
    await kiosk.start("en")
    service = next(s for s in kiosk.app.catalog.services if s.link.startswith("tel:"))
    await kiosk.show(TakeAlongScreen(service.id))
    assert service.phones[0].number in kiosk.text()
    assert read(stretches(kiosk), kiosk.screen.query_one(QRCode).region) == service.link


@pytest.mark.parametrize(("size", "shown"), [((80, 24), 1), ((55, 18), 0)])
async def test_only_a_code_that_was_shown_is_recorded(
    run: Running, size: tuple[int, int], shown: int
) -> None:
    async with run(size) as kiosk:
        await kiosk.start("en")
        longest = max(kiosk.app.catalog.services, key=lambda service: len(service.link))
        await kiosk.show(TakeAlongScreen(longest.id))
        assert len(await kiosk.rows("qr.shown")) == shown
