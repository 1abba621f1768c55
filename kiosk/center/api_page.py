"""The page /api: what can be asked of a center, with examples, from the same description as openapi.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from kiosk.center.web import render

router = APIRouter()


@dataclass(frozen=True)
class Answer:
    """One status that can come back; `example` is text, "" for none."""

    status: str
    meaning: str
    example: str


@dataclass(frozen=True)
class Endpoint:
    """One thing that can be asked; `parameters` are (name, meaning)."""

    method: str
    path: str
    summary: str
    words: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    sent: str
    good: tuple[Answer, ...]
    bad: tuple[Answer, ...]


@router.get("/api")
def page(request: Request) -> HTMLResponse:
    """The list of everything that programs can ask."""
    description = request.app.openapi()
    about = description["info"].get("description", "").replace("`", "")
    return render(request, "api.html", {"about": about, "endpoints": endpoints(description)})


def endpoints(description: dict[str, Any]) -> list[Endpoint]:
    """What an OpenAPI description offers, in its order."""
    return [
        _endpoint(method.upper(), path, operation, description)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def _endpoint(method: str, path: str, operation: dict[str, Any], description: dict[str, Any]) -> Endpoint:
    answers = tuple(
        Answer(status, each.get("description", ""), _example(each.get("content", {}), description))
        for status, each in sorted(operation["responses"].items())
    )
    return Endpoint(
        method,
        path,
        operation.get("summary", ""),
        tuple(part for part in operation.get("description", "").replace("`", "").split("\n\n") if part),
        tuple((each["name"], each.get("description", "")) for each in operation.get("parameters", ())),
        _example(operation.get("requestBody", {}).get("content", {}), description),
        tuple(each for each in answers if each.status < "400"),
        tuple(each for each in answers if each.status >= "400"),
    )


def _example(content: dict[str, Any], description: dict[str, Any]) -> str:
    """The first example of a content, in whichever place it stands; else its media type."""
    for kind, told in content.items():
        schema = told.get("schema", {})
        named = schema.get("$ref", "").rpartition("/")[2]
        schema = description.get("components", {}).get("schemas", {}).get(named, schema)
        several = [each.get("value") for each in told.get("examples", {}).values()]
        for found in (told.get("example"), *several, *schema.get("examples", ())):
            if found is not None:
                return found if isinstance(found, str) else json.dumps(found, indent=2, ensure_ascii=False)
        return str(kind)
    return ""
