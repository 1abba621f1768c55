"""Pieces of HTML for the scorecard's page; texts are escaped here, cells are given as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def paragraph(text: str, kind: str = "") -> str:
    return f"<p{_class(kind)}>{escape(text)}</p>"


def section(name: str, heading: str, content: str) -> str:
    """A part of the page that its heading names."""
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(heading)}</h2>\n{content}\n</section>'


def small(texts: Iterable[str]) -> str:
    """Quiet lines below something."""
    return "".join(f"<small>{escape(text)}</small>" for text in texts)


def cell(html: str, kind: str = "") -> str:
    return f"<td{_class(kind)}>{html}</td>"


def row(head: str, cells: Iterable[str], kind: str = "") -> str:
    """A row whose first cell, as HTML, is its heading."""
    return f'<tr{_class(kind)}><th scope="row">{head}</th>{"".join(cells)}</tr>\n'


def table(caption: str, heads: Sequence[tuple[str, str]], rows: Iterable[str]) -> str:
    """A table with its caption; `heads` are texts and the kinds of their columns."""
    columns = "".join(_head(text, kind) for text, kind in heads)
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{columns}</tr></thead>\n"
        f"<tbody>\n{''.join(rows)}</tbody></table></div>\n"
    )


def _head(text: str, kind: str) -> str:
    """The heading of a column; of a `numbered` one only the number is seen, and all of it is read aloud."""
    if kind == "numbered":
        number, _, rest = text.partition(" ")
        said = f'{escape(number)}<span class="unseen"> {escape(rest)}</span>'
        return f'<th scope="col" class="figure" title="{escape(rest)}">{said}</th>'
    return f'<th scope="col"{_class(kind)}>{escape(text)}</th>'


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
