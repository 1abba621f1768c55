"""What every answer carries for safety, and what is answered when something breaks."""

from __future__ import annotations

import logging
import traceback

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.center.answers import Refused, answer, is_api
from kiosk.center.web.refusals import refusal

log = logging.getLogger(__name__)

_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = (
    "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS = "max-age=31536000; includeSubDomains"
STATIC = "/static/"


class SecurityHeaders:
    """Adds the headers to each answer; one that the answer has already is left as it is."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._of(scope, message["status"]).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, sending)

    def _of(self, scope: Scope, status: int) -> dict[str, str]:
        path = scope["path"]
        kept = "no-store"
        # A file that is missing here may be there in a moment: another worker is newer.
        if path.startswith(STATIC) and status < 400:
            # An address with a version is another one when the file is.
            named = scope["query_string"].startswith(b"v=")
            kept = "public, max-age=31536000, immutable" if named else "public, max-age=3600"
        found = {
            **_ALWAYS,
            "Content-Security-Policy": _API_POLICY if is_api(path) else _PAGE_POLICY,
            "Cache-Control": kept,
        }
        return found | ({"Strict-Transport-Security": _HSTS} if self.https else {})


class Faults:
    """Answers what nobody foresaw, and writes it to the log without a value: neither address nor words.

    Addresses of pages hold tokens, and messages of databases hold rows; the log names the route, the kind of
    error and the lines of the program. A database that can't be reached is 503, so that devices try again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            # Whoever asked is gone in the middle of it: usual for machines that are carried about.
            return
        # The last place before the network: whatever it is, the others are served on.
        except Exception as problem:  # noqa: BLE001
            busy = _is_unreachable(problem)
            log.error(
                "%s %s: %s\n%s",
                scope.get("method", ""),
                _route(scope),
                type(problem).__name__,
                _frames(problem),
            )
            if scope["type"] == "http" and not started:
                await _answer(scope, busy)(scope, receive, send)


def _is_unreachable(problem: Exception) -> bool:
    from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

    return isinstance(problem, OperationalError | InterfaceError | TimeoutError)


def _route(scope: Scope) -> str:
    """As it is written in the program, with {token} for a token."""
    return getattr(scope.get("route"), "path", "(no route)")


def _frames(problem: Exception) -> str:
    lines = traceback.extract_tb(problem.__traceback__)
    return "\n".join(f"  {line.filename}:{line.lineno} {line.name}" for line in lines[-12:])


def _answer(scope: Scope, busy: bool) -> Response:
    status, headers = (503, {"Retry-After": "5"}) if busy else (500, {})
    if not is_api(scope["path"]):
        return refusal(Request(scope), status, headers)
    what = "the center's database can't be reached" if busy else "the center made a mistake; it is in its log"
    code = "unavailable" if busy else "fault"
    return answer(Refused(status, code, what, "Try again later.", headers))
