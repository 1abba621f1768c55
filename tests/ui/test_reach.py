"""How many touches lead from home to a service, page turns included, on the real lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager

import pytest

from kiosk.catalog.model import Catalog
from kiosk.i18n.script import cell_width
from kiosk.ui.library import Library
from kiosk.ui.metrics import Metrics, measure
from kiosk.ui.visitor import category, home
from kiosk.ui.visitor.results import ResultsScreen
from kiosk.ui.widgets.touch_list import Item, Plan, TouchList, plan
from tests.support.app import LANGUAGES, Kiosk
from tests.support.gallery import seen

Running = Callable[..., AbstractAsyncContextManager[Kiosk]]
LIMITS = [((120, 34), 3), ((80, 24), 4)]


@pytest.mark.parametrize("drawn", [True, False], ids=["drawn", "typed"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("size", "limit"), LIMITS, ids=["120x34", "80x24"])
def test_every_service_is_a_few_touches_from_home(
    library: Library, size: tuple[int, int], limit: int, language: str, drawn: bool
) -> None:
    metrics, catalog = measure(*size, drawn), library.catalog(language)
    reached = dict(_touches(catalog, metrics))
    assert reached.keys() == catalog.by_id.keys()
    far = {service: touches for service, touches in reached.items() if touches > limit}
    assert not far


def _touches(catalog: Catalog, metrics: Metrics) -> Iterator[tuple[str, int]]:
    """Each service with the touches that lead to it: pages of home, category, pages of it, service."""
    categories = [Item(c.name, c.id, "category", c.hint) for c in catalog.categories]
    first = home.arrange(metrics, categories, home.WAYS)[-1]
    for turns, entry in _turned(categories, first):
        services = [Item(s.name, s.id, "service", s.summary) for s in catalog.in_category(entry.value)]
        for more, service in _turned(services, category_plan(metrics, services)):
            yield service.value, turns + 1 + more + 1


def category_plan(metrics: Metrics, services: list[Item]) -> Plan:
    """How the list of a category is cut."""
    _, shown, room = category.arrange(metrics, services)
    return plan(shown, room, metrics.columns, metrics.gap, metrics.gutter)


def _turned(items: list[Item], cut: Plan) -> Iterator[tuple[int, Item]]:
    """Each item with the page turns before it."""
    return ((place // cut.capacity, item) for place, item in enumerate(items))


@pytest.mark.parametrize("drawn", [True, False], ids=["drawn", "typed"])
@pytest.mark.parametrize("size", [(55, 18), (80, 24), (120, 34), (160, 45)], ids=lambda size: f"{size[0]}")
def test_no_list_is_higher_than_its_room(library: Library, size: tuple[int, int], drawn: bool) -> None:
    """Every category in every language: the rows of a page and its pager fit the room they have."""
    metrics = measure(*size, drawn)
    for language in LANGUAGES:
        catalog = library.catalog(language)
        for entry in catalog.categories:
            services = [Item(s.name, s.id, "service", s.summary) for s in catalog.in_category(entry.id)]
            _, _, room = category.arrange(metrics, services)
            cut = category_plan(metrics, services)
            lines = -(-cut.capacity // cut.columns)
            taken = lines * cut.rows + (lines - 1) * metrics.gap + (3 + metrics.gap if cut.pages > 1 else 0)
            assert taken <= room.height, (language, entry.id, cut, room)


@pytest.mark.parametrize(("size", "limit"), LIMITS, ids=["120x34", "80x24"])
async def test_the_farthest_service_is_really_reached_so(
    run: Running, library: Library, size: tuple[int, int], limit: int
) -> None:
    """Touch by touch, the last service of the longest list."""
    catalog = library.catalog("es")
    longest = max(catalog.categories, key=lambda entry: len(catalog.in_category(entry.id)))
    service = catalog.in_category(longest.id)[-1].id
    async with run(size) as kiosk:
        await kiosk.start("es")
        touches = 0
        for wanted in (longest.id, service):
            while not (found := [target for target in kiosk.targets() if target.value == wanted]):
                await kiosk.touch("page-next")
                touches += 1
            await kiosk.touch_target(found[0])
            touches += 1
        assert kiosk.at == "ServiceScreen"
        assert touches <= limit


@pytest.mark.parametrize("keyboard", [True, False], ids=["keyboard", "alone"])
@pytest.mark.parametrize("size", [(55, 18), (80, 24)], ids=["55x18", "80x24"])
async def test_the_longest_names_stand_whole_among_the_results(
    run: Running, size: tuple[int, int], keyboard: bool
) -> None:
    """Where room is shortest, with and without the on-screen keyboard."""
    async with run(size) as kiosk:
        for language in ("en", "es"):
            await kiosk.start(language)
            await kiosk.show(ResultsScreen("x"))
            if keyboard:
                await kiosk.touch("field")
            services = sorted(kiosk.app.catalog.services, key=lambda s: -cell_width(s.name))
            results = kiosk.screen.query_one("#list", TouchList)
            kiosk.screen.remove_class("-unsure")
            results.show([Item(s.name, s.id, "service") for s in services[: results.capacity]])
            await kiosk.settle()
            for index in range(results.capacity):
                name = seen(kiosk, f"item-{index}")
                assert all(any(line in row for row in name.drawn) for line in name.lines), name
            await kiosk.touch("bar-start_over")
