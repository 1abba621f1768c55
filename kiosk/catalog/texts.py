"""The translatable texts of a catalogue: one table, walked to list them and to translate them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from kiosk.catalog import model
from kiosk.catalog.model import Catalog

Translate = Callable[[str, str], str]
"""From context and English text to the text shown."""

FIELDS: dict[type, tuple[str, ...]] = {
    model.Catalog: (
        "city",
        "categories",
        "departments",
        "lanes",
        "holidays",
        "notices",
        "survey",
        "services",
    ),
    model.City: ("name", "welcome", "desk", "emergency", "after_hours"),
    model.Contact: ("label",),
    model.Category: ("name", "hint"),
    model.Department: ("name",),
    model.Lane: ("name", "where", "hours"),
    model.Holiday: ("name",),
    model.Notice: ("text",),
    model.SurveyPlan: ("statements", "extra"),
    model.Statement: ("text",),
    model.OwnStatement: ("text",),
    model.Service: (
        "name",
        "summary",
        "eligibility",
        "bring",
        "fees",
        "time",
        "steps",
        "location",
        "hours",
        "phones",
        "redirect",
        "former_names",
        "alert",
        "changes",
        "caution",
    ),
    model.Fee: ("note",),
    model.Location: ("building", "floor", "room"),
    model.Hours: ("note",),
    model.Phone: ("note",),
    model.Redirect: ("name", "note"),
    model.Change: ("what", "why"),
}
"""Fields that hold translatable text or lead to it; all others stay as they are."""

OWNERS: dict[type, str] = {
    model.City: "city",
    model.Category: "category.{id}",
    model.Department: "department.{id}",
    model.Lane: "lane.{id}",
    model.Holiday: "holiday",
    model.Notice: "notice",
    model.Statement: "survey.{id}",
    model.OwnStatement: "survey.{id}",
    model.Service: "{id}",
}
"""How the context of an entry's texts begins; ".field" follows, whatever lies inside the field."""


def texts(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Every translatable text once, as (context, English), in the order of the file's sections."""
    found: dict[tuple[str, str], None] = {}

    def note(context: str, english: str) -> str:
        found[context, english] = None
        return english

    localize(catalog, note)
    yield from found


def localize(catalog: Catalog, translate: Translate) -> Catalog:
    """A copy of the catalogue with every translatable text replaced; ids, numbers and addresses stay."""
    localized: Catalog = _walk(catalog, "", translate)
    return localized


def _walk(value: Any, context: str, translate: Translate) -> Any:
    if isinstance(value, str):
        return translate(context, value) if value else value
    if isinstance(value, tuple):
        return tuple([_walk(item, context, translate) for item in value])
    if value is None:
        return None
    owner = OWNERS.get(type(value))
    prefix = f"{owner.format(id=getattr(value, 'id', ''))}." if owner else None
    changes = {}
    for name in FIELDS[type(value)]:
        old = getattr(value, name)
        if old:
            changes[name] = _walk(old, f"{prefix}{name}" if prefix else context, translate)
    return replace(value, **changes)
