"""Answers that say no: JSON with a code for devices, a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from kiosk.center.web.refusals import refusal

API = "/api/"

_CODES = {
    400: "request",
    401: "token",
    403: "forbidden",
    404: "unknown",
    405: "method",
    406: "form",
    411: "length",
    413: "too_large",
    415: "content_type",
    429: "slow_down",
}


class Refused(HTTPException):
    """What was asked is not done: `code` for programs, `what` and `next` for people."""

    def __init__(
        self, status: int, code: str, what: str, next: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, what, headers)
        self.code = code
        self.next = next


def is_api(path: str) -> bool:
    """Whether programs ask there, not people."""
    return path.startswith(API)


def answer(problem: Refused | HTTPException) -> JSONResponse:
    """The JSON that says no."""
    code = getattr(problem, "code", _CODES.get(problem.status_code, "other"))
    words = {"code": code, "what": problem.detail, "next": getattr(problem, "next", "")}
    return JSONResponse(words, problem.status_code, headers=problem.headers)


def install(app: FastAPI) -> None:
    """Let everything that is refused be answered in these forms."""

    async def refused(request: Request, problem: HTTPException) -> Response:
        if is_api(request.url.path):
            return answer(problem)
        return refusal(request, problem.status_code, problem.headers)

    async def misshapen(request: Request, problem: RequestValidationError) -> Response:
        if not is_api(request.url.path):
            return refusal(request, 400)
        return answer(Refused(422, "form", _said(problem.errors()), "See /api for what is expected."))

    app.add_exception_handler(HTTPException, refused)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, misshapen)  # type: ignore[arg-type]


def _said(errors: Any) -> str:
    """Where a request is not as expected and how; never what was sent, which may be a secret."""
    told = [f"{'.'.join(map(str, error['loc']))[:100]}: {error['msg'][:200]}" for error in errors[:5]]
    # A name that was sent may hold half a character, which no answer can carry.
    return "; ".join(told).encode("ascii", "replace").decode()
