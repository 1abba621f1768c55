"""`kiosk actions`: what to work on first, and what is done about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk import settings as settings_module
from kiosk.commands.running import kept_journal
from kiosk.errors import KioskError
from kiosk.i18n.languages import SOURCE
from kiosk.survey.actions import STATES

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.clock import Clock
    from kiosk.journal import Journal
    from kiosk.settings import Settings


@click.group(invoke_without_command=True)
@click.option("--data", type=click.Path(path_type=Path), help="The kiosk's folder, if not named before.")
@click.pass_context
def command(ctx: click.Context, data: Path | None) -> None:
    """The action plan of the survey; without a command: what to work on first, and the plan."""
    ctx.obj = ctx.obj | ({"data": data} if data else {})
    if ctx.invoked_subcommand is None:
        settings = settings_module.load(**ctx.obj)
        journal, clock = kept_journal(settings, ctx.obj["practice"])
        with journal:
            click.echo("\n".join(_listed(settings, journal, clock)))


@command.command("set")
@click.argument("statement")
@click.option("--scope", default="", metavar="ID", help="A service, department or lane.  [default: the city]")
@click.option("--cause", metavar="TEXT", help="Why it is so.")
@click.option("--action", metavar="TEXT", help="What is done about it.")
@click.option("--owner", metavar="TEXT", help="Who sees to it.")
@click.option("--due", metavar="DAY", help="When it is done: 2026-12-31.")
@click.option("--remeasure", metavar="DAY", help="When to look at the figures again.")
@click.option("--state", type=click.Choice(STATES), help="How it stands.  [default: open]")
@click.option("--staff", default="", metavar="NAME", help="Who writes this; the name stays on this machine.")
@click.pass_obj
def set_plan(chosen: dict[str, Any], /, statement: str, scope: str, staff: str, **given: str | None) -> None:
    """Write down what is done about a STATEMENT (its id: overall, timeliness).

    What is not given stays as it was; "" takes it away.
    """
    from kiosk.survey.actions import scopes, write
    from kiosk.survey.plain import plan_lines

    settings = settings_module.load(**chosen)
    journal, clock = kept_journal(settings, chosen["practice"])
    with journal:
        catalog = _catalog(settings)
        _check(statement, scope, journal, catalog)
        who = journal.staff_of(staff) if staff.strip() else ""
        told = {name: value for name, value in given.items() if value is not None}
        plan = write(journal, statement, scope, told, who, clock.day())
        texts = {of.id: of.text for of in catalog.survey.everything}
        shown = replace(plan, text=texts.get(statement, statement), scope_name=scopes(catalog).get(scope, ""))
        click.echo("\n".join(plan_lines(shown)))


def _check(statement: str, scope: str, journal: Journal, catalog: Catalog) -> None:
    """Refuse a statement or a scope that there is not; says which there are."""
    from kiosk.survey.actions import scopes

    statements = list(
        dict.fromkeys([*(of.id for of in catalog.survey.everything), *journal.survey_columns()])
    )
    if statement not in statements:
        raise KioskError(f"there is no statement {statement!r}", f"Choose one of: {', '.join(statements)}.")
    known = scopes(catalog)
    if scope and scope not in known:
        others = ", ".join([*(of.id for of in catalog.lanes), *(of.id for of in catalog.departments)])
        raise KioskError(
            f"there is no service, department or lane {scope!r}",
            f"Choose one of: {others}; or the id of a service, as `kiosk search` shows it.",
        )


def _listed(settings: Settings, journal: Journal, clock: Clock) -> list[str]:
    """What is clearly below its target in the last month, then the whole plan."""
    from kiosk.i18n.messages import load as load_messages
    from kiosk.survey import period, plain
    from kiosk.survey.assemble import Asked, gather, scorecard

    catalog = _catalog(settings)
    asked = Asked(period.chosen(clock.day()))
    messages = load_messages(SOURCE)
    card = scorecard(asked, gather(journal, catalog, asked, clock.day()), catalog, messages, clock)
    return plain.plan_report(card)


def _catalog(settings: Settings) -> Catalog:
    from kiosk.catalog.load import find, load

    return load(find(settings), settings.cache)
