"""Web pages of the center: rendered here from templates, in which every value is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kiosk.center.context import Center
from kiosk.i18n.bidi import isolated

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
ICON = "icon.svg"


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The page of a template, such as `visitor/ticket.html`, as an answer."""
    return HTMLResponse(rendered(request, template, context), status, dict(headers or {}))


def rendered(request: Request, template: str, context: Mapping[str, Any]) -> str:
    """The HTML of a template.

    Beside the context templates know `base`, the path that stands before the center's own ones ("" at the
    root of its address), `static(name)`, the address of a file of static/, and `icon`, that of the icon. A
    name that they use and nobody gave is an error. The filter `bidi` keeps addresses and numbers whole
    within Arabic.
    """
    base = base_path(request)
    own = {"base": base, "static": lambda name: base + static(name), "icon": base + static(ICON)}
    return _environment().get_template(template).render({**context, **own})


def center_of(request: Request) -> Center:
    """The center that serves a page."""
    center: Center = request.app.state.center
    return center


def is_ours(request: Request) -> bool:
    """Whether the browser says that a page of this center sent a form, or says nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    # Not taken apart as an address: whatever stands in it, it is the center's or it is not.
    known = (request.headers.get("host"), urlsplit(center_of(request).url).netloc)
    return origin is None or origin.partition("://")[2] in known


def base_path(request: Request) -> str:
    """The path of the center's address, without a slash at the end; "" where it has none."""
    return urlsplit(center_of(request).url).path.rstrip("/")


def static(name: str) -> str:
    """The path of a static file; with another content it is another one, so that it may be kept for long."""
    return f"/static/{name}?v={_digest(name)}"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["bidi"] = isolated
    return environment


@lru_cache(maxsize=64)
def _digest(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]
