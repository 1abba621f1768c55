"""`kiosk words`: what visitors asked and did not find, and the way to mend it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from kiosk import settings as settings_module
from kiosk.catalog.load import find, origin
from kiosk.commands.running import kept_journal, printable
from kiosk.errors import CatalogError
from kiosk.i18n.languages import LANGUAGES
from kiosk.i18n.script import cell_width
from kiosk.journal import Unanswered

if TYPE_CHECKING:
    from kiosk.catalog.keyword import Keyword
    from kiosk.settings import Settings
    from kiosk.ui.library import Library

GUESSES = 3
"""Services named beside each query."""
ELSEWHERE = {
    "published": (
        "comes from the center and is not edited here",
        "The proposal goes to the center with the next sync.",
    ),
    "packaged": (
        "came with the kiosk, and its next version replaces it",
        "Give the city's own file with --services FILE or KIOSK_SERVICES to assign words in it.",
    ),
}
"""Why a file is not written, by its origin, and what becomes of the word."""

SERVICES = click.option("--services", type=click.Path(path_type=Path), help="The services.yaml to use.")


@dataclass(frozen=True)
class Asked:
    """One query in all its spellings: how often, the most usual spelling, its last business day."""

    count: int
    language: str
    words: str
    last_day: str
    guesses: tuple[str, ...] = ()
    sure: bool = False


class Doubt(NamedTuple):
    """A fact of a service that staff say is wrong, and what they say is right ("" for nothing)."""

    service: str
    fact: str
    note: str
    day: str


@click.group(invoke_without_command=True)
@click.option("--lang", type=click.Choice(list(LANGUAGES)), help="Of one language's screen alone.")
@click.option("--limit", type=click.IntRange(1), default=30, show_default=True, help="Queries at most.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="From a day on: 2026-11-23.")
@click.option("--all", "all_", is_flag=True, help="Also queries that are a keyword, name or pin by now.")
@click.option("--words-only", is_flag=True, help="Guess without meaning, even where the extra is installed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@SERVICES
@click.pass_context
def command(
    ctx: click.Context,
    lang: str | None,
    limit: int,
    since: datetime | None,
    all_: bool,
    words_only: bool,
    as_json: bool,
    services: Path | None,
) -> None:
    """What visitors asked and chose nothing for, the most frequent first, and facts that staff doubt."""
    ctx.obj = {**ctx.obj, "services": services or ctx.obj["services"]}
    if ctx.invoked_subcommand is not None:
        return
    from kiosk.ui.library import Library

    settings = settings_module.load(**ctx.obj)
    with kept_journal(settings, ctx.obj["practice"])[0] as journal:
        rows = journal.words_unanswered(since.date() if since else None)
        doubts = [Doubt(*row) for row in journal.facts_doubted(since.date() if since else None)]
    library = Library.open(settings)
    known = set() if all_ else _known(library)
    asked = [one for one in _grouped(rows, known) if lang in (None, one.language)]
    if asked and settings.search.meaning and not words_only:
        library.learn()
    shown = [_guessed(one, library) for one in asked[:limit]]
    if as_json:
        click.echo(_json(shown, len(asked), doubts))
    else:
        click.echo("\n".join([*_lines(shown, len(asked)), *_doubted(doubts)]))


@command.command()
@click.argument("query")
@click.argument("service_id")
@click.option("--lang", required=True, help="The language of the words: en, es, vi, zh_Hans, ar.")
@click.option("--shared", metavar="REASON", help="Why the words lead to more than one service.")
@SERVICES
@click.pass_obj
def assign(
    chosen: dict[str, Any], query: str, service_id: str, lang: str, shared: str | None, services: Path | None
) -> None:
    """Make QUERY a keyword of the service SERVICE_ID, in services.yaml."""
    from kiosk.catalog import keyword

    settings = settings_module.load(chosen["data"], services or chosen["services"], chosen["practice"])
    wanted = keyword.Keyword.of(query, service_id, lang, shared)
    path = find(settings)
    if origin(path, settings) != "own":
        _propose(settings, path, wanted)
        return
    line = keyword.assign(path, wanted)
    click.echo(f"{path}:{line}: '{wanted.phrase}' now leads to {wanted.service} ({wanted.language}).")
    if wanted.reason:
        click.echo(f"Under 'shared': {wanted.reason}")
    click.echo("A running kiosk takes it up at its first screen, after the visit at the latest.")


def _propose(settings: Settings, path: Path, wanted: Keyword) -> None:
    """Keep the word in the journal as a proposal: the file in use is not the city's to edit here."""
    from kiosk.catalog.keyword import checked, read
    from kiosk.journal.privacy import keepable

    checked(read(path), wanted, str(path))
    kept = keepable("words.proposed", wanted.phrase)
    if not kept:
        raise CatalogError(
            f"nothing of '{wanted.phrase}' may be kept: digits and e-mail addresses are not",
            "Propose words.",
        )
    why, next_step = ELSEWHERE[origin(path, settings)]
    with kept_journal(settings, False)[0] as journal:
        body = {"service": wanted.service, "language": wanted.language}
        journal.append("words.proposed", body, text=wanted.phrase)
    click.echo(f"Proposed, not written: '{kept}' for {wanted.service} ({wanted.language}).")
    if wanted.reason:
        click.echo("The reason is not kept with it: tell it to whoever edits the file.")
    click.echo(f"{path} {why}. {next_step}")


def _grouped(rows: Iterable[Unanswered], known: set[str]) -> list[Asked]:
    """Rows, the latest first, as queries: those asked most often first, then those asked last."""
    groups: dict[tuple[str, str], list[Unanswered]] = defaultdict(list)
    for row in rows:
        key = _key(row.text)
        if key not in known:
            groups[key, row.language].append(row)
    asked = [
        Asked(
            sum(row.times for row in group),
            language,
            max(group, key=lambda row: row.times).text,
            max(row.day for row in group),
        )
        for (_, language), group in groups.items()
    ]
    by_day = sorted(asked, key=lambda one: one.last_day, reverse=True)
    return sorted(by_day, key=lambda one: one.count, reverse=True)


def _key(text: str) -> str:
    from kiosk.search.finder import folded

    # Signs alone fold to nothing, and are still not one query.
    return folded(text) or text.casefold()


def _known(library: Library) -> set[str]:
    """Folded keywords, names in every language and pins: who types these is led to a service by now."""
    catalog = library.loaded.catalog
    texts = set(catalog.pin)
    for copy in (catalog, *(library.catalog(code) for code in library.languages)):
        for service in copy.services:
            texts.update((service.name, *service.former_names), *service.keywords.values())
    return set(map(_key, texts))


def _guessed(asked: Asked, library: Library) -> Asked:
    result = library.finder.search(asked.words, asked.language, GUESSES)
    return replace(asked, guesses=tuple(hit.id for hit in result.hits), sure=result.confident)


def _json(shown: list[Asked], total: int, doubts: list[Doubt]) -> str:
    rows = [vars(one) | {"words": printable(one.words)} for one in shown]
    facts = [doubt._asdict() | {"note": printable(doubt.note)} for doubt in doubts]
    return json.dumps({"total": total, "words": rows, "facts": facts}, ensure_ascii=False)


def _doubted(doubts: list[Doubt]) -> Iterable[str]:
    if doubts:
        yield "Marked as wrong at the desk; correct them in services.yaml:"
    for doubt in doubts:
        yield f"       {doubt.service}  {doubt.fact}  {doubt.day}  {printable(doubt.note) or '-'}"


def _lines(shown: list[Asked], total: int) -> Iterable[str]:
    width = max((cell_width(printable(one.words)) for one in shown), default=0)
    for one in shown:
        words = printable(one.words)
        room = " " * (width - cell_width(words))
        first = [f"{guess} (sure)" for guess in one.guesses[:1] if one.sure]
        guesses = ", ".join([*first, *one.guesses[len(first) :]])
        yield f"{one.count:>5}  {one.language:<7}  {words}{room}  {one.last_day}  {guesses or '-'}"
    if total > len(shown):
        yield f"{total - len(shown)} more: --limit {total}"
    if shown:
        yield 'To make one a keyword: kiosk words assign "QUERY" SERVICE_ID --lang LANG'
    else:
        yield "Nothing to assign: no search without a choice, or its words lead to a service by now."
