"""Work that may take long or hang, such as writing to a stick, beside the app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """What the work returns or raises, done on a thread that can't keep the app from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, problem: BaseException | None) -> None:
        if done.cancelled():
            return  # the page that waited is gone
        if problem is None:
            done.set_result(result)  # type: ignore[arg-type]
        else:
            done.set_exception(problem)

    def carry_out() -> None:
        result, problem = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - it is raised again where it is awaited
            problem = raised
        # The app may have been closed meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, problem)

    Thread(target=carry_out, name="staff", daemon=True).start()
    return await done
