"""In a folder for practice every screen says so, and every slip."""

from __future__ import annotations

import pytest

from kiosk.i18n import messages
from kiosk.ui.slips import page_slip, ticket_slip
from tests.support.app import Kiosk
from tests.support.scenes import scenes
from tests.unit.test_ticket_fold import Story


@pytest.mark.parametrize("size", [(55, 18), (80, 24), (120, 34)])
async def test_every_screen_says_that_it_is_practice(run, size):
    async with run(size, practice=True) as kiosk:
        without = [scene async for scene in scenes(kiosk, "en") if "Practice" not in kiosk.text()]
    assert without == []


async def test_a_real_screen_does_not(kiosk: Kiosk):
    assert "Practice" not in kiosk.text()


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_what_is_printed_for_practice_says_so(kiosk: Kiosk, language):
    words, catalog = messages.load(language), kiosk.app.library.catalog(language)
    named = words.tr("{city} · Practice", city=catalog.city.name)
    service, ticket = catalog.by_id["utility_pay"], Story().ticket()
    for practice in (True, False):
        slips = (
            ticket_slip(ticket, catalog, words, kiosk.clock, practice=practice),
            page_slip(service, catalog, words, kiosk.clock, practice=practice),
        )
        for slip in slips:
            lines = [getattr(block, "text", "") for block in slip.blocks]
            assert (named in lines) == practice
