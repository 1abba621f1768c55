"""A center that is served over real HTTP in a thread, and machines that talk to it by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from nacl.signing import SigningKey

from kiosk.center.app import create_app
from kiosk.center.context import Center
from kiosk.center.enrolment import make_code
from kiosk.center.serving import options
from kiosk.center.settings import Serving
from kiosk.journal.canonical import canonical

LANES = [{"letter": "B", "first": 100, "last": 499}]


class _Server(uvicorn.Server):
    """Tells when it listens, and at which port; a real one installs signal handlers, which threads can't."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.listens.set()

    @property
    def port(self) -> int:
        found: int = self.servers[0].sockets[0].getsockname()[1]
        return found


@contextmanager
def served(center: Center, monotonic: Callable[[], float] = time.monotonic) -> Iterator[str]:
    """Serve it as `kiosk center serve` does, at a free port; gives the address, no slash at its end."""
    how = options(Serving(port=0)) | {"timeout_graceful_shutdown": 1}
    server = _Server(uvicorn.Config(create_app(center, monotonic), **how, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.listens.wait(20)
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def talking(center: Center) -> Iterator[httpx.Client]:
    """A client of a center that is served meanwhile."""
    with served(center) as address, httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client:
        yield client


def code(center: Center, site: str = "city-hall", name: str = "Lobby 1", **how: Any) -> str:
    """A fresh code for a machine of a site."""
    with center.store.begin() as connection:
        return make_code(connection, center, site, name, **how)


@dataclass
class Machine:
    """As much of a kiosk as enrolment needs: a chain and its key."""

    chain: str = "k3v9x2ma"
    key: SigningKey = field(default_factory=SigningKey.generate)

    def asks(self, code: str, **other: Any) -> dict[str, Any]:
        """What it sends to be enrolled; with fields that say something else, signed as well."""
        rest = {"code": code, "chain": self.chain, "key": self.public, "follows": "", "lanes": LANES}
        rest |= {"version": "1.0.0"} | other
        return rest | {"proof": self.signs(rest)}

    @property
    def public(self) -> str:
        return self.key.verify_key.encode().hex()

    def signs(self, value: Any) -> str:
        return self.key.sign(canonical(value).encode()).signature.hex()


def enrolled(client: httpx.Client, center: Center, machine: Machine, **how: Any) -> dict[str, Any]:
    """What the center answers to a machine that uses a fresh code; `token` in it opens the rest."""
    answer = client.post("/enroll", json=machine.asks(code(center, **how)))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def by(member: dict[str, Any]) -> dict[str, str]:
    """The header that says who asks."""
    return {"Authorization": f"Bearer {member['token']}"}
