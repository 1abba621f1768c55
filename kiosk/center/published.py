"""Figures for everybody as plain rows: everything that fewer than ten people stand behind is held back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from kiosk.catalog.texts import localize
from kiosk.center import projecting
from kiosk.center.context import Center
from kiosk.center.figures import Figures, public_scorecard
from kiosk.center.figures_models import Funnel, Score, Wait
from kiosk.center.waits import Waits, waits
from kiosk.i18n.messages import load
from kiosk.journal.survey_questions import By
from kiosk.survey.assemble import RAW, Names
from kiosk.survey.cells import LIMIT, held_back, total_held_back
from kiosk.survey.figures import INVITED, SELF_SELECTED
from kiosk.survey.period import Span
from kiosk.survey.rates import share
from kiosk.survey.score import StatementScore

PLACES = 4


@dataclass(frozen=True)
class About:
    """What was asked for: days, the sites (None: all), by what ("": nothing), the language of names."""

    period: Span
    homes: Collection[str] | None
    by: str
    language: str


def scores(center: Center, about: About) -> list[Score]:
    """Every statement by channel, of everybody and then by group."""
    groupings = (about.by,) if about.by else ()
    card = public_scorecard(center, about.language, about.period, about.homes, groupings)
    texts = {of.id: of.text for of in card.statements}
    found = [
        _score(INVITED, "", "", of.id, of.text, of.current)
        for of in card.statements
        if of.current is None or of.current.n
    ]
    for channel in card.channels:
        found += [_score(channel.channel, "", "", of.id, of.text, of.score) for of in channel.statements]
    for table in card.groups:
        for row in table.rows:
            found += [
                _score(table.channel, row.key, row.name, name, texts.get(name, name), score)
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
        names = Names(shown, load(about.language), center.clock, figures.sites())
        frame = figures.survey_funnel(about.period.first, about.period.last, by)
        responses = figures.survey_counts(about.period.first, about.period.last, by)
    key, found = names.key(about.by), list[Funnel]()
    for channel in (INVITED, *SELF_SELECTED):
        groups: dict[str, dict[str, int]] = {}
        for unit in frame if channel == INVITED else ():
            counted = {name: getattr(unit, name) for name in ("eligible", "selected", "invited")}
            _add(groups.setdefault(key(unit.group), {}), counted)
        for row in responses:
            if row.channel == channel:
                _add(groups.setdefault(key(row.group), {}), {"completed": row.completed})
        found += _funnels(channel, groups, names.name(about.by), bool(about.by))
    return found


def _funnels(
    channel: str, groups: Mapping[str, Mapping[str, int]], name: Callable[[str], str], parted: bool
) -> Iterable[Funnel]:
    """Everybody and, where it is `parted`, the groups."""
    if not groups:
        return []
    columns = {column: None for of in groups.values() for column in of}
    by_column = [{key: of.get(column, 0) for key, of in groups.items()} for column in columns]
    total = {column: sum(of.get(column, 0) for of in groups.values()) for column in columns}
    small = any(0 < count < LIMIT for count in total.values())
    betrays = parted and any(total_held_back(column) for column in by_column)
    found = [_funnel(channel, "", "", total, small or betrays)]
    held = set().union(*map(held_back, by_column)) if not small else set(groups)
    if parted:
        found += [_funnel(channel, key, name(key), of, key in held) for key, of in sorted(groups.items())]
    return found


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
    total, groups = waits(center, about.period, about.homes, about.by)
    columns = {name: {of.group: getattr(of, name) for of in groups} for name in ("tickets", "called")}
    held = set().union(*map(held_back, columns.values()))
    small = any(0 < count < LIMIT for count in (total.tickets, total.called))
    parts = {name: {of.group: getattr(of, name) for of in groups} for name in ("no_show", "left")}
    hidden = {name: held_back(column) | held for name, column in parts.items()}
    betrayed = {name for name, column in parts.items() if total_held_back(column)}
    betrayed |= {name for name in parts if 0 < getattr(total, name) < LIMIT}
    whole = small or any(total_held_back(column) for column in columns.values())
    found = [_wait(total, whole, betrayed)]
    for of in groups:
        unsaid = {name for name in parts if of.group in hidden[name]}
        found.append(_wait(of, small or of.group in held, unsaid))
    return found


def _wait(of: Waits, held: bool, unsaid: Collection[str]) -> Wait:
    """A row; `unsaid` are counts that are held back although the row is not."""
    quotes = of.quotes if not held and of.quotes.quoted >= LIMIT else None
    known = not held and of.called >= LIMIT
    return Wait(
        group=of.group,
        name=of.name,
        tickets=None if held else of.tickets,
        called=None if held else of.called,
        minutes_half=_places(of.middle, 1) if known else None,
        minutes_nine_in_ten=_places(of.nine_in_ten, 1) if known else None,
        quoted=quotes.quoted if quotes else None,
        quote_error_minutes=_places(quotes.error, 1) if quotes else None,
        longer_than_quoted=_places(quotes.over) if quotes else None,
        shorter_than_quoted=_places(quotes.under) if quotes else None,
        no_show=None if held or "no_show" in unsaid else of.no_show,
        left=None if held or "left" in unsaid else of.left,
        held_back=held,
    )


def _add(known: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        known[name] = known.get(name, 0) + count


def _places(value: float | None, places: int = PLACES) -> float | None:
    return None if value is None else round(value, places)
