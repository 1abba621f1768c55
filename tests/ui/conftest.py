"""What the tests of the screens share: one library, one look at every screen, and text snapshots."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager
from difflib import unified_diff
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from kiosk.ui.library import Library
from tests.support.app import Kiosk, running, shared_library
from tests.support.codes import Taken, taken
from tests.support.gallery import SIZES, WALKS, View, views

SNAPSHOTS = Path(__file__).parent / "snapshots"
Running = Callable[..., AbstractAsyncContextManager[Kiosk]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-snapshots", action="store_true", help="write tests/ui/snapshots anew instead of comparing"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that look at all screens come first and in one process: the looks are long, and taken once."""
    looks = [item for item in items if {"gallery", "codes"} & set(getattr(item, "fixturenames", ()))]
    for item in looks:
        item.add_marker(pytest.mark.xdist_group("looks"))
    items.sort(key=lambda item: item not in looks)


class Beside:
    """The two long looks at all screens, in processes beside the tests, begun with the first that asks."""

    def __init__(self, shared: Path, wanted: set[str]) -> None:
        self._pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
        sizes, walks = (SIZES if "codes" in wanted else ()), (WALKS if "gallery" in wanted else ())
        self._codes = {size: self._pool.submit(taken, size, shared) for size in sizes}
        self._views = [self._pool.submit(views, walk, shared) for walk in walks]

    def codes(self) -> dict[tuple[int, int], list[Taken]]:
        return {size: future.result() for size, future in self._codes.items()}

    def views(self) -> list[View]:
        return [view for future in self._views for view in future.result()]

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def beside(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    """Starts what the collected tests will ask for."""
    wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    looks = Beside(tmp_path_factory.mktemp("beside"), wanted)
    yield looks
    looks.close()


@pytest.fixture(scope="session")
def gallery(beside: Beside) -> list[View]:
    """What is seen on every screen, at every size, in every language and theme; looked at once."""
    return beside.views()


@pytest.fixture(scope="session")
def codes(beside: Beside) -> dict[tuple[int, int], list[Taken]]:
    """Every link of the catalogue as it is shown at each size."""
    return beside.codes()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The real catalogue in every language, loaded once."""
    return shared_library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def run(library: Library, tmp_path: Path) -> Running:
    """Start the app: `async with run(size, theme=…) as kiosk`."""

    def start(size: tuple[int, int] = (80, 24), **screen: Any) -> AbstractAsyncContextManager[Kiosk]:
        return running(library, tmp_path, size, **screen)

    return start


@pytest.fixture
async def kiosk(run: Running) -> AsyncIterator[Kiosk]:
    """The app at 80x24."""
    async with run() as kiosk:
        yield kiosk


@pytest.fixture(scope="session")
def snapshot(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """Compare a text with the file of a name, or write the file when asked to."""

    def compare(name: str, text: str) -> None:
        file = SNAPSHOTS / f"{name}.txt"
        if pytestconfig.getoption("update_snapshots", False):
            file.write_text(text, encoding="utf-8")
        kept = file.read_text(encoding="utf-8") if file.exists() else ""
        lines = unified_diff(kept.splitlines(), text.splitlines(), f"{file.name} kept", "now", lineterm="")
        difference = "\n".join(lines)
        assert not difference, f"{difference}\nIf this is meant: pytest tests/ui --update-snapshots"

    return compare
