"""One connection to a center: what is sent with every request, and which answers are read at all."""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from kiosk import __version__
from kiosk.clock import Clock, stamp
from kiosk.errors import SyncError
from kiosk.sync.answer import not_center
from kiosk.sync.replies import Later, Reply

PREFIX = "/api/v1"
CONNECT = 3.0
"""Seconds to connect."""
READ = 30.0
"""Seconds for an answer, all of it."""
LONGEST = 16 << 20
"""Bytes of the longest answer that is read."""


def address(url: str) -> str:
    """A center's address as it is kept: with https, or http within a building; raises SyncError.

    Without a network in between, or on a private one, http is allowed: `open_to_others` tells.
    """
    given = url.strip().rstrip("/")
    try:
        parts = urlsplit(given)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname)
        # A port out of range is told only when it is asked for.
        fits = fits and parts.port != 0 and not (parts.username or parts.password)
    except ValueError:
        fits = False
    if not fits or parts.query or parts.fragment or not given.isprintable() or " " in given:
        raise _no_address(given)
    if parts.scheme == "http" and not private(parts.hostname or ""):
        raise SyncError(
            "other",
            f"{given} would send everything in the open through the internet",
            "Use https://. Only a center in the same building may be reached with http://.",
        )
    return given


def private(host: str) -> bool:
    """Whether a host is this machine or has an address of a private network; a name tells nothing."""
    if host == "localhost":
        return True
    try:
        place = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (place.is_private or place.is_loopback or place.is_link_local) and not place.is_unspecified


def open_to_others(url: str) -> bool:
    """Whether what is sent there can be read by others on the same network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost":
        return False
    return not ipaddress.ip_address(host).is_loopback


class Wire:
    """Requests to one center; may be used from any thread. `catalog` tells the one that is shown, or "".

    No redirect is followed, nothing is unpacked, and no more is read than is sensible. Nothing that is raised
    or logged tells the token.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        token: str = "",
        catalog: Callable[[], str] = lambda: "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = address(url)
        self.clock = clock
        self._catalog = catalog
        near = private(urlsplit(self.url).hostname or "")
        secure = self.url.startswith("https:")
        self._http = httpx.Client(
            # The system's own certificates; making the context takes a while, and http needs none.
            verify=ssl.create_default_context() if secure and transport is None else False,
            # A proxy of the environment stands between here and the internet, not within the building.
            trust_env=not near,
            follow_redirects=False,
            transport=transport,
            headers={
                "accept-encoding": "identity",
                "user-agent": f"kiosk/{__version__}",
                "kiosk-version": __version__,
                **({"authorization": f"Bearer {token}"} if token else {}),
            },
        )

    def ask(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = READ,
        connect: float = CONNECT,
        longest: int = LONGEST,
    ) -> Reply:
        """Whatever is answered, read to its end.

        Raises Later when nobody answers in time, and SyncError (`not_center`) for what no center sends.
        """
        told = {"kiosk-time": stamp(self.clock.now()), "kiosk-catalog": self._catalog(), **(headers or {})}
        limits = httpx.Timeout(seconds, connect=min(connect, seconds))
        try:
            with self._http.stream(
                method, f"{self.url}{PREFIX}{path}", content=content, headers=told, timeout=limits
            ) as response:
                return _read(response, time.monotonic() + seconds, longest)
        except (httpx.InvalidURL, UnicodeError):
            # A host whose parts no name server could be asked for, such as `a..b`.
            raise _no_address(self.url) from None
        except httpx.TransportError as problem:
            if _is_certificate(problem):
                raise _not_trusted(self.url) from None
            raise Later(
                f"the center {self.url} can't be reached ({type(problem).__name__})",
                "See whether this machine has a network. It is tried again by itself; nothing is lost.",
            ) from None

    def close(self) -> None:
        """Let go of the connections; may be called twice."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _read(response: httpx.Response, until: float, longest: int) -> Reply:
    """The whole answer, unless it drips on for too long, is packed or is too much."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise not_center("an answer")
    content = bytearray()
    for part in response.iter_raw():
        content += part
        if len(content) > longest:
            raise not_center("an answer")
        if time.monotonic() > until:
            raise httpx.ReadTimeout("the answer does not end")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    headers: dict[str, Any] = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, kind, headers, bytes(content))


def _is_certificate(problem: BaseException | None) -> bool:
    while problem is not None:
        if isinstance(problem, ssl.SSLCertVerificationError):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _no_address(given: str) -> SyncError:
    return SyncError(
        "other",
        f"{given!r} is no address of a center",
        "Write it as the center tells it: https://kiosks.example.gov",
    )


def _not_trusted(url: str) -> SyncError:
    return SyncError(
        "not_center",
        f"what answers at {url} can't prove that it is the center (its certificate is not accepted)",
        "See whether the network asks for a sign-in first, that this machine's clock is right, and that the "
        "center's certificate has not run out.",
    )
