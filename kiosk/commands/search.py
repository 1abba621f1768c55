"""`kiosk search`: look a word up as a visitor would, or a file of queries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from kiosk import settings
from kiosk.i18n.languages import LANGUAGES

if TYPE_CHECKING:
    from kiosk.ui.library import Library


@click.command()
@click.argument("query", required=False)
@click.option("--lang", type=click.Choice(list(LANGUAGES)), default="en", help="The screen's language.")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="Results at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option(
    "--queries",
    type=click.File(encoding="utf-8"),
    help="JSON Lines of qid, query, lang; - for standard input.",
)
@click.option("--words-only", is_flag=True, help="Without meaning, even where the extra is installed.")
@click.option("--services", type=click.Path(path_type=Path), help="The services.yaml to search.")
@click.pass_obj
def command(
    chosen: dict[str, Any],
    query: str | None,
    lang: str,
    limit: int,
    as_json: bool,
    queries: IO[str] | None,
    words_only: bool,
    services: Path | None,
) -> None:
    """Find services by any word a resident would use."""
    from kiosk.ui.library import Library

    if (query is None) == (queries is None):
        raise click.UsageError("Give a QUERY or --queries FILE, one of the two.")
    library = Library.open(settings.load(chosen["data"], services or chosen["services"], chosen["practice"]))
    if not words_only:
        library.learn(begun=_say_begun)
    if queries is not None:
        from kiosk.search.queries import answer

        for row in answer(queries, library.finder, limit):
            click.echo(row)
        return
    _one(library, query or "", lang, limit, as_json)


def _say_begun(missing: int) -> None:
    click.echo(f"Learning {missing} texts of the catalogue by meaning, once; about a minute …", err=True)


def _one(library: Library, query: str, lang: str, limit: int, as_json: bool) -> None:
    result = library.finder.search(query, lang, limit)
    catalog = library.catalog(lang)
    rows = [
        {
            "id": hit.id,
            "name": catalog.by_id[hit.id].name,
            "words": hit.words,
            "matched": hit.matched,
            "score": round(hit.score, 3),
        }
        for hit in result.hits
    ]
    if as_json:
        click.echo(
            json.dumps({"query": query, "confident": result.confident, "hits": rows}, ensure_ascii=False)
        )
        return
    for row in rows:
        click.echo(f"{row['id']:<28} {row['name']}  ({row['matched']})")
    if rows and not result.confident:
        click.echo("Not sure: these are guesses.")
    if not rows:
        click.echo("Nothing goes by these words.")
