"""`kiosk report survey`: the scorecard on the screen, as text, as a page or as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.errors import KioskError
from kiosk.survey.period import Span, chosen

if TYPE_CHECKING:
    from datetime import date

    from kiosk.clock import Clock
    from kiosk.i18n.messages import Messages
    from kiosk.journal import Journal
    from kiosk.settings import Settings
    from kiosk.survey.scorecard import Scorecard


@dataclass(frozen=True)
class Wanted:
    """What was typed. `form` is text, html or json, None for what suits where it goes."""

    first: date | None
    last: date | None
    by: str | None
    form: str | None
    out: Path | None
    public: bool
    audience: str
    language: str


def report(wanted: Wanted, settings: Settings, journal: Journal, clock: Clock) -> None:
    """Make the scorecard and show it, or write it where it shall go."""
    from kiosk.catalog.load import find, load
    from kiosk.i18n.messages import load as load_messages
    from kiosk.survey.assemble import Asked, gather, scorecard
    from kiosk.survey.public import public

    messages = load_messages(wanted.language)
    catalog = load(find(settings), settings.cache)

    def made(by: str | None) -> Scorecard:
        asked = Asked(_span(wanted, clock), wanted.audience, (by,) if by else ())
        card = scorecard(asked, gather(journal, catalog, asked, clock.day()), catalog, messages, clock)
        return public(card) if wanted.public else card

    card = made(wanted.by)
    if wanted.form or wanted.out or not sys.stdout.isatty():
        _write(rendered(card, wanted.form or _form_of(wanted.out), messages), wanted.out)
        return
    from kiosk.ui.report.app import run

    mark = catalog.city.mark
    status = run(card, settings, clock, messages, mark, wanted.by or "", lambda by: made(by).groups)
    sys.exit(status)


def _form_of(out: Path | None) -> str:
    """What the name of a file asks for, else text."""
    name = out.suffix.lstrip(".").lower() if out else ""
    return name if name in ("html", "json") else "text"


def _span(wanted: Wanted, clock: Clock) -> Span:
    try:
        return chosen(clock.day(), wanted.first, wanted.last)
    except ValueError as problem:
        raise KioskError(str(problem), "Give --from a day on or before --to.") from None


def rendered(card: Scorecard, form: str, messages: Messages) -> str:
    """The scorecard as text, html or json."""
    if form == "json":
        from kiosk.survey.values import values

        return json.dumps(values(card, messages), ensure_ascii=False, indent=2) + "\n"
    if form == "html":
        from kiosk.survey.page import page

        return page(card, messages)
    from kiosk.survey.plain import lines

    return "\n".join(lines(card)).rstrip("\n") + "\n"


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        # Put in its place as a whole: a page that hangs in the lobby is never half of one.
        temporary = out.with_name(f".{out.name}.new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(out)
    except OSError as problem:
        raise KioskError(
            f"{out} can't be written: {problem.strerror}", "Name another file with --out."
        ) from problem
    click.echo(f"{out} written.", err=True)
