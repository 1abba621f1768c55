"""The center as a web application: what devices, visitors, staff and reports ask of it."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from kiosk import __version__
from kiosk.center import answers, api, api_page, feed, figures_api
from kiosk.center.context import Center
from kiosk.center.headers import Faults, SecurityHeaders
from kiosk.center.limits import BodyLimits, Limits
from kiosk.center.projecting import keep_up
from kiosk.center.web import STATIC, staff, visitor

ABOUT = """What devices and reports ask of a center. Errors are `{"code", "what", "next"}`: a word for
programs, what happened, and what to do. Devices tell `Kiosk-Time` (as the times in the examples),
`Kiosk-Version` and `Kiosk-Catalog` (SHA-256 of the catalogue that they show, or nothing) in the headers of
every request."""


def create_app(center: Center, monotonic: Callable[[], float] = time.monotonic) -> FastAPI:
    """The application of an open center.

    Its parts find it as `request.app.state.center`, and beside it `.watch` (feed.Watch) and `.limits`.
    `monotonic` is the time that rates go by, in seconds.
    """
    watch = feed.Watch(center)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        # Pages catch up by themselves; so that none of them has to wait for it after a large import.
        folding = threading.Thread(target=keep_up, args=(center, stop), name="folding", daemon=True)
        folding.start()
        with _told_to_end(watch.stop):
            yield
        await watch.close()
        stop.set()
        await asyncio.to_thread(folding.join, 5)

    app = FastAPI(
        title="Kiosk center",
        description=ABOUT,
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        # Such a redirect would go to whatever host the request names.
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.center, app.state.watch, app.state.limits = center, watch, Limits(monotonic)
    answers.install(app)
    _connect(app)
    # The last one added is the first that a request meets.
    app.add_middleware(BodyLimits)
    app.add_middleware(Faults)
    app.add_middleware(SecurityHeaders, https=center.url.startswith("https:"))
    return app


@contextmanager
def _told_to_end(then: Callable[[], None]) -> Iterator[None]:
    """Also do this when a signal tells the process to end, before it waits for its last requests.

    A server tells its application only after them, and some of them wait for news.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(then)
        server = before[signal.Signals(number)]
        if callable(server):
            server(number, frame)

    # Where no server listens to a signal, it ends the process by itself.
    heeded = [number for number, server in before.items() if callable(server)]
    for number in heeded:
        signal.signal(number, heard)
    yield
    for number in heeded:
        signal.signal(number, before[number])


def _connect(app: FastAPI) -> None:
    """Put every part at its address."""
    for described in (api.router, figures_api.router):
        app.include_router(described)
    for shown in (api_page.router, visitor.router, staff.router):
        app.include_router(shown, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False))
