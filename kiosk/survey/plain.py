"""The scorecard as text of 80 columns, for staff on a terminal, in mail or in a file; plain English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kiosk.i18n.languages import SOURCE
from kiosk.i18n.messages import Messages
from kiosk.i18n.messages import load as load_messages
from kiosk.i18n.script import cell_width, wrap
from kiosk.survey import wording
from kiosk.survey.scorecard import OWN, GroupTable, SampleRow, Scorecard, StatementCard
from kiosk.survey.wording import percent

if TYPE_CHECKING:
    from kiosk.survey.actions import Plan
    from kiosk.survey.score import StatementScore

WIDTH, BAR = 80, 30
FULL, UNSURE, EMPTY, TICK = "█", "▒", "·", "│"
"""Cells of a bar: up to the low end of the interval, up to its high end, the rest, and the target."""
FUNNEL = ("eligible", "chosen", "invited", "declined", "begun", "partial", "complete")
RATES = ("RR1", "RR2", "COOP1", "REF1", "CON1", "completion")


def lines(card: Scorecard) -> list[str]:
    """The whole scorecard, a line each."""
    words = load_messages(SOURCE)
    found = [*wrap_all(wording.warnings(card, words))]
    if found:
        found.append("")
    found += _head(card)
    if card.empty:
        return found
    found += ["", *wrap_all([" ".join(wording.method(card, words))]), ""]
    for number, statement in enumerate(card.statements, 1):
        found += [*_statement(card, statement, number, words), ""]
    found += [*_funnel(card), *_channels(card, words), *_focus(card, words), *_plans(card.plans, card.public)]
    for table in card.groups:
        found += _groups(card, table, words)
    return [line.rstrip() for line in found]


def wrap_all(texts: Iterable[str], indent: str = "") -> Iterator[str]:
    """Each text broken into lines behind an indent."""
    for text in texts:
        for line in wrap(text, WIDTH - len(indent)):
            yield indent + line


def _head(card: Scorecard) -> Iterator[str]:
    yield from wrap_all([card.city])
    whose = "employees" if card.audience == "employee" else "visitors"
    edition = ", for the public" if card.public else ""
    yield f"Survey of {whose}, {card.period}{edition}"
    base = f" and the baseline {card.baseline}" if card.baseline else ""
    yield from wrap_all([f"Compared with {card.previous}{base}"])
    if not card.baseline:
        yield "Baseline: not set"


def _statement(card: Scorecard, of: StatementCard, number: int, words: Messages) -> Iterator[str]:
    """Wording, bar, what came before, notes."""
    label = f"{number}. "
    said = wrap(of.text, WIDTH - len(label))
    yield label + said[0]
    indent = " " * len(label)
    yield from (indent + line for line in said[1:])
    if of.kind == OWN and of.department:
        yield f"{indent}Asked by {of.department}"
    score, target = of.current, f" ({of.target}%)" if of.target else ""
    known = [of for of in (score, of.previous, of.baseline) if of and of.n] or of.held_back
    if known:
        yield indent + _measure(score, of.target, words)
    line = wording.sparkline(of.trend)
    state = wording.state_of(of, words)
    yield f"{indent}{state[:1].upper()}{state[1:]}{target}" + (f"   Trend {line}" if line else "")
    if known:
        yield from wrap_all([_compared(of)], indent)
    if score and score.n and not card.public:
        yield from wrap_all([counted(score)], indent)
    yield from wrap_all(wording.notes(of, words), indent)


def _measure(score: StatementScore | None, target: int, words: Messages) -> str:
    """The bar with its figures, or why there is none."""
    if score is None:
        return words.tr("too few answers to show")
    if score.agree is None:
        return f"n {score.n}, no share can be given"
    sure = wording.interval(score)
    weighed = ", weighted" if score.weighted else ""
    return (
        f"{bar(score, target)} {percent(score.agree)} agree"
        + (f" ({sure})" if sure else "")
        + (f", n {score.n}{weighed}")
    )


def bar(score: StatementScore, target: int = 0, width: int = BAR) -> str:
    """The share who agree in cells, the width of the interval, and a tick at the target."""
    low, high = score.interval or (score.agree or 0.0, score.agree or 0.0)
    full, unsure = round(low * width), round(high * width)
    cells = [FULL if at < full else UNSURE if at < unsure else EMPTY for at in range(width)]
    if target:
        cells[min(int(target / 100 * width), width - 1)] = TICK
    return "".join(cells)


def _compared(of: StatementCard) -> str:
    before = "not shown" if "previous" in of.held_back else _brief(of.previous)
    parts = [f"Before {before}"]
    if of.previous and of.previous.n:
        parts[0] += f" ({wording.CHANGED[of.changed]})"
    base = "not shown" if "baseline" in of.held_back else _brief(of.baseline) if of.baseline else "not set"
    parts.append(f"baseline {base}")
    if of.benchmark:
        parts.append(f"benchmark {of.benchmark.percent}% ({of.benchmark.source})")
    return " · ".join(parts)


def _brief(score: StatementScore | None) -> str:
    if score is None or score.agree is None:
        return "no answers"
    return f"{percent(score.agree)}, n {score.n}"


def counted(score: StatementScore) -> str:
    """How often each answer was given."""
    c1, c2, c3, c4, na, skipped = score.counts
    return (
        f"Strongly disagree {c1} · disagree {c2} · agree {c3} · strongly agree {c4} · "
        f"not applicable {na} · skipped {skipped}"
    )


def _funnel(card: Scorecard) -> Iterator[str]:
    total = card.sample.total
    if total is None:
        yield from ("How many were asked", f"  Fewer than {card.limit} people: not shown.", "")
        return
    if not total.eligible and not total.started:
        return
    yield "How many were asked"
    if card.public:
        yield f"  Eligible {total.eligible} · chosen {total.selected} · invited {total.invited}"
        yield f"  Completed {total.completed} · response rate (RR1) {percent(total.rates.response_1)}"
        yield ""
        return
    rows = [*card.sample.strata, total] if len(card.sample.strata) > 1 else [total]
    yield _columns("", FUNNEL, FUNNEL)
    for row in rows:
        yield _columns(_name(row), [str(count) for count in _counts(row)], FUNNEL)
    yield from ("", "Rates (AAPOR Standard Definitions)", _columns("", RATES, RATES))
    for row in rows:
        yield _columns(_name(row), [percent(rate) for rate in (*row.rates, row.completion)], RATES)
    yield ""


def _counts(row: SampleRow) -> tuple[int, ...]:
    return (
        row.eligible,
        row.selected,
        row.invited,
        row.declined,
        row.started,
        row.partial,
        row.completed,
    )


def _name(row: SampleRow) -> str:
    return row.name or "All"


def _columns(name: str, values: Sequence[str], heads: Sequence[str]) -> str:
    """A line of a table whose columns are as wide as their headings, at least eight cells."""
    shown = "".join(f"{value:>{max(len(head) + 1, 8)}}" for value, head in zip(values, heads, strict=True))
    return _fit(f"  {name}", 20) + shown


def _fit(text: str, width: int) -> str:
    """Cut and filled to so many cells."""
    if cell_width(text) > width:
        while cell_width(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - cell_width(text))


def _channels(card: Scorecard, words: Messages) -> Iterator[str]:
    for channel in card.channels:
        yield words.tr(wording.CHANNELS[channel.channel])
        yield from wrap_all([wording.self_selected(words)], "  ")
        if channel.completed is None:
            yield from (f"  Fewer than {card.limit} people: not shown.", "")
            continue
        counts = f"Begun {channel.started} · completed" if channel.started is not None else "Completed"
        rate = "" if channel.completion is None else f" · completion rate {percent(channel.completion)}"
        yield f"  {counts} {channel.completed}{rate}"
        for of in channel.statements:
            figure = f"{percent(of.score.agree)} agree, n {of.score.n}" if of.score else "not shown"
            yield _fit(f"  {of.text}", WIDTH - 22) + f"{figure:>22}"
        yield ""


def _focus(card: Scorecard, words: Messages) -> Iterator[str]:
    yield "What to work on first"
    if not card.focus:
        yield "  Nothing is clearly below its target."
    for number, focus in enumerate(card.focus, 1):
        first, *others = wrap(wording.below(focus.card, words), WIDTH - 5)
        yield f"  {number}. {first}"
        yield from (f"     {line}" for line in others)
        if not focus.plan and not card.public:
            yield f"     Nothing is planned yet: kiosk actions set {focus.card.id}"
    yield ""


def _plans(plans: Iterable[Plan], public: bool) -> Iterator[str]:
    listed = list(plans)
    if listed:
        yield "What is done about it"
        for plan in listed:
            yield from plan_lines(plan, public)
        yield ""


def plan_lines(plan: Plan, public: bool = False) -> Iterator[str]:
    """One entry of the action plan: statement, cause, action, owner, due, re-measure."""
    of = f" ({plan.scope_name})" if plan.scope_name else ""
    yield from wrap_all([f"{plan.text}{of}"], "  ")
    state = "OVERDUE" if plan.overdue else plan.state
    if not public:
        yield from wrap_all([f"Cause: {plan.cause or '–'}"], "    ")
    yield from wrap_all([f"Action: {plan.action or '–'}"], "    ")
    owner = "" if public else f"Owner: {plan.owner or '–'} · "
    dates = f"Due: {plan.due or '–'} · Re-measure: {plan.remeasure or '–'} · {state}"
    yield from wrap_all([owner + dates], "    ")


def plan_report(card: Scorecard) -> list[str]:
    """What `kiosk actions` says: what to work on first, and the whole plan."""
    words = load_messages(SOURCE)
    above = [*wrap_all(wording.warnings(card, words))]
    found = [*above, *([""] if above else []), f"{card.city}, {card.period}", "", *_focus(card, words)]
    plans = list(_plans(card.plans, card.public)) or ["Nothing is planned yet: kiosk actions set STATEMENT"]
    return [line.rstrip() for line in (*found, *plans)]


def _groups(card: Scorecard, table: GroupTable, words: Messages) -> Iterator[str]:
    """Each group: how many completed the survey, and the share who agree with the first statement."""
    yield wording.group_heading(table, words)
    if table.channel != "invited":
        yield from wrap_all([wording.self_selected(words)], "  ")
    first = next((of for of in card.statements if any(of.id in row.scores for row in table.rows)), None)
    if first:
        yield from wrap_all([f"Agree: {first.text}"], "  ")
    yield f"{'':34}{'surveys':>8}{'n':>6}{'agree':>7}"
    for row in table.rows:
        start = _fit(f"  {row.name}", 34)
        if row.n is None:
            yield f"{start}  not shown"
            continue
        score = row.scores.get(first.id) if first else None
        if score is None or score.agree is None:
            hidden = first is not None and first.id in row.scores and score is None
            yield f"{start}{row.n:>8}" + ("  not shown" if hidden else f"{0:>6}{'–':>7}")
            continue
        yield f"{start}{row.n:>8}{score.n:>6}{percent(score.agree):>7}  {bar(score, width=20)}"
    yield ""
