"""`kiosk check`: everything that staff should know about services.yaml and the languages."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kiosk import settings as settings_module
from kiosk.catalog.check import Cell, Report, Share, report
from kiosk.catalog.load import find, load
from kiosk.catalog.texts import texts
from kiosk.errors import KioskError
from kiosk.i18n import languages
from kiosk.i18n.catalogs import Completeness, completeness, wanted
from kiosk.i18n.languages import LANGUAGES, SOURCE
from kiosk.i18n.messages import DOMAINS


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for machines.")
@click.option("--services", type=click.Path(path_type=Path), help="The services.yaml to check.")
@click.pass_obj
def command(chosen: dict[str, Any], as_json: bool, services: Path | None) -> None:
    """Check services.yaml, the languages, the accent colour and the fonts; exit status 1 on errors."""
    try:
        settings = settings_module.load(chosen["data"], services or chosen["services"], chosen["practice"])
        found = _checked(settings)
    except KioskError as problem:
        found = Report("-", (str(problem),), ())
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2, default=list))
    else:
        click.echo("\n".join(found.lines()))
    sys.exit(0 if found.ok else 1)


def _checked(settings: settings_module.Settings) -> Report:
    from kiosk.ui.theme import palette

    palette(settings.screen.theme, settings.screen.accent)
    for code in settings.languages:
        languages.find(code)
    path = find(settings)
    first = report(path)
    if not first.ok:
        return first
    interface, catalogue = wanted("kiosk"), list(texts(load(path, settings.cache)))
    states = {
        code: (completeness(code, "kiosk", interface), completeness(code, "services", catalogue))
        for code in settings.languages
    }
    translated = {
        code: lambda context, english, lacking=set(state[1].missing): (context, english) not in lacking
        for code, state in states.items()
        if code != SOURCE
    }
    found = report(path, translated).with_columns(_columns(states))
    return replace(found, warnings=(*found.warnings, *_faults(states)))


def _faults(states: dict[str, tuple[Completeness, Completeness]]) -> list[str]:
    """What would show wrongly in a translation: placeholders, plural forms, control characters."""
    from kiosk.i18n.checks import problems

    return [
        line for code in states if code != SOURCE for domain in DOMAINS for line in problems(code, domain)
    ]


def _columns(states: dict[str, tuple[Completeness, Completeness]]) -> dict[str, dict[str, Cell]]:
    """The interface's share, entries that wait for a review, and whether a font draws display type."""
    from kiosk.ui.fonts import missing

    without = set(missing({code: LANGUAGES[code].name for code in states}))
    return {
        code: {
            "interface": Share(interface.translated, interface.wanted),
            "to review": len(interface.pending) + len(catalogue.pending),
            "display type": code not in without,
        }
        for code, (interface, catalogue) in states.items()
    }
