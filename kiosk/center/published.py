"""Figures for everybody as plain rows: everything that fewer than ten people stand behind is held back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from kiosk.catalog.texts import localize
from kiosk.center import projecting
from kiosk.center.context import Center
from kiosk.center.figures import Figures, scorecard_within
from kiosk.center.figures_models import Funnel, Score, Wait
from kiosk.center.holding import (
    TICKETS,
    About,
    Holding,
    holding,
    of_answers,
    of_funnels,
    of_tickets,
)
from kiosk.center.waits import Waits, waits_within
from kiosk.i18n.messages import load
from kiosk.journal.survey_questions import By
from kiosk.survey.assemble import RAW, Asked, Names
from kiosk.survey.cells import LIMIT
from kiosk.survey.figures import INVITED, SELF_SELECTED
from kiosk.survey.rates import share
from kiosk.survey.score import StatementScore

PLACES = 4


def scores(center: Center, about: About) -> list[Score]:
    """Every statement by channel, of everybody and then by group."""
    asked = Asked(about.period, groupings=(about.by,) if about.by else ())
    projecting.catch_up_all(center)
    with center.store.read() as connection:
        card = scorecard_within(center, Figures(connection, about.homes), about.language, asked)
        sites = Figures(connection).sites()
        names = Names(center.catalog(), load(about.language), center.clock, sites)
        held = holding(center, sites, of_answers(connection, about, names))

    def shown(
        channel: str, name: str, score: StatementScore | None, group: str | None = None
    ) -> StatementScore | None:
        return None if held.holds((channel, name), about, group) else score

    texts = {of.id: of.text for of in card.statements}
    found = [
        _score(INVITED, "", "", of.id, of.text, shown(INVITED, of.id, of.current))
        for of in card.statements
        if of.current and of.current.n
    ]
    for channel in card.channels:
        found += [
            _score(channel.channel, "", "", of.id, of.text, shown(channel.channel, of.id, of.score))
            for of in channel.statements
        ]
    for table in card.groups:
        # By their ids: their rank would tell what is held back of them.
        for row in sorted(table.rows, key=lambda row: row.key):
            found += [
                _score(
                    *(table.channel, row.key, row.name, name, texts.get(name, name)),
                    shown(table.channel, name, score, row.key),
                )
                for name, score in row.scores.items()
            ]
    return found


def _score(
    channel: str, group: str, name: str, statement: str, text: str, score: StatementScore | None
) -> Score:
    interval = score.interval if score else None
    return Score(
        channel=channel,
        group=group,
        name=name,
        statement=statement,
        text=text,
        n=score.n if score else None,
        agree=_places(score.agree) if score else None,
        strongly=_places(score.strongly) if score else None,
        mean=_places(score.mean) if score else None,
        low=_places(interval.low) if interval else None,
        high=_places(interval.high) if interval else None,
        basis=score.basis if score else None,
        held_back=score is None,
    )


def funnels(center: Center, about: About) -> list[Funnel]:
    """Of each channel everybody, then the groups; those with a small number are left out with another."""
    shown = localize(center.catalog(), load(about.language).service_text)
    by: By = RAW.get(about.by, "")
    projecting.catch_up_all(center)
    with center.store.read() as connection:
        figures = Figures(connection, about.homes)
        sites = Figures(connection).sites()
        names = Names(shown, load(about.language), center.clock, sites)
        frame = figures.survey_funnel(about.period.first, about.period.last, by)
        responses = figures.survey_counts(about.period.first, about.period.last, by)
        held = holding(center, sites, of_funnels(connection, about, names))
    key, found = names.key(about.by), list[Funnel]()
    for channel in (INVITED, *SELF_SELECTED):
        groups: dict[str, dict[str, int]] = {}
        for unit in frame if channel == INVITED else ():
            counted = {name: getattr(unit, name) for name in ("eligible", "selected", "invited")}
            _add(groups.setdefault(key(unit.group), {}), counted)
        for row in responses:
            if row.channel == channel:
                _add(groups.setdefault(key(row.group), {}), {"completed": row.completed})
        found += _funnels(channel, groups, names.name(about.by), about, held)
    return found


def _funnels(
    channel: str,
    groups: Mapping[str, Mapping[str, int]],
    name: Callable[[str], str],
    about: About,
    held: Holding,
) -> Iterable[Funnel]:
    """Everybody and, where they were asked for, the groups."""
    total: dict[str, int] = {}
    for of in groups.values():
        _add(total, of)

    def holds(group: str | None) -> bool:
        return any(held.holds((channel, step), about, group) for step in total)

    if groups:
        yield _funnel(channel, "", "", total, holds(None))
    for key, of in sorted(groups.items()) if about.by else ():
        yield _funnel(channel, key, name(key), of, holds(key))


def _funnel(channel: str, key: str, name: str, of: Mapping[str, int], held: bool) -> Funnel:
    shown = {} if held else of
    invited = channel == INVITED and not held
    return Funnel(
        channel=channel,
        group=key,
        name=name,
        eligible=shown.get("eligible", 0) if invited else None,
        selected=shown.get("selected", 0) if invited else None,
        invited=shown.get("invited", 0) if invited else None,
        completed=None if held else shown.get("completed", 0),
        response_rate=_places(share(of.get("completed", 0), of.get("selected", 0))) if invited else None,
        held_back=held,
    )


def wait_times(center: Center, about: About) -> list[Wait]:
    """Everybody, then the groups; small ones are left out with another, and small parts of the others."""
    projecting.catch_up_all(center)
    with center.store.read() as connection:
        total, groups = waits_within(center, connection, about.period, about.homes, about.by)
        held = holding(center, Figures(connection).sites(), of_tickets(connection, center, about))

    def shown(of: Waits, group: str | None) -> Wait:
        unsaid = {name for name in TICKETS if held.holds(("", name), about, group)}
        if unsaid & {"tickets", "called"}:
            return _wait(of, True, TICKETS)
        # The tickets are said: those that were called would tell how few were not.
        if held.holds(("", "uncalled"), about, group):
            unsaid.add("called")
        return _wait(of, False, unsaid)

    ordered = sorted(groups, key=lambda of: of.group)
    return [shown(total, None), *(shown(of, of.group) for of in ordered)]


def _wait(of: Waits, held: bool, unsaid: Collection[str]) -> Wait:
    """A row; `unsaid` are counts that are held back although the row is not."""
    quotes = None if "quoted" in unsaid else of.quotes
    known = not held and of.called >= LIMIT
    return Wait(
        group=of.group,
        name=of.name,
        tickets=None if held else of.tickets,
        called=None if "called" in unsaid else of.called,
        minutes_half=_places(of.middle, 1) if known else None,
        minutes_nine_in_ten=_places(of.nine_in_ten, 1) if known else None,
        quoted=quotes.quoted if quotes else None,
        quote_error_minutes=_places(quotes.error, 1) if quotes else None,
        longer_than_quoted=_places(quotes.over) if quotes else None,
        shorter_than_quoted=_places(quotes.under) if quotes else None,
        no_show=None if "no_show" in unsaid else of.no_show,
        left=None if "left" in unsaid else of.left,
        held_back=held,
    )


def _add(known: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        known[name] = known.get(name, 0) + count


def _places(value: float | None, places: int = PLACES) -> float | None:
    return None if value is None else round(value, places)
