"""The scorecard as one HTML file: self-contained, for readers of every kind, to be printed and posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from kiosk.i18n.formats import number
from kiosk.i18n.marks import N_
from kiosk.survey import drawn, wording
from kiosk.survey.figures import INVITED
from kiosk.survey.markup import cell, paragraph, row, section, small, table
from kiosk.survey.scorecard import FORMER, OWN, Channel, GroupTable, SampleRow, Scorecard, StatementCard
from kiosk.survey.wording import percent

if TYPE_CHECKING:
    from kiosk.i18n.messages import Messages
    from kiosk.survey.actions import Plan
    from kiosk.survey.score import StatementScore

SIGNS = {"on_target": "✓", "below_target": "▼"}
"""Beside the words of a status, so that it is seen from afar."""
RATES = ("RR1", "RR2", "COOP1", "REF1", "CON1")
FUNNEL = {
    "eligible": N_("Could be asked"),
    "selected": N_("Chosen"),
    "invited": N_("Invited"),
    "declined": N_("Declined"),
    "started": N_("Began"),
    "partial": N_("Half done"),
    "completed": N_("Completed"),
}
PUBLIC_FUNNEL = ("eligible", "selected", "invited", "completed")
"""What of the funnel everybody may see."""
NONE, HELD = "–", "*"
"""In a cell: there is no figure, and it is not shown."""


def page(card: Scorecard, messages: Messages) -> str:
    """The whole file; every text is escaped."""
    return _Page(card, messages).whole()


def body(card: Scorecard, messages: Messages) -> str:
    """What the page shows without its frame, to stand in another page that has its styles."""
    return "" if card.empty else _Page(card, messages).body()


class _Page:
    """Writes the parts of one page."""

    def __init__(self, card: Scorecard, messages: Messages) -> None:
        self.card, self.messages, self.tr = card, messages, messages.tr
        self.code, self.rtl = messages.language.code, messages.language.rtl

    def whole(self) -> str:
        employees = self.card.audience == "employee"
        heading = self.tr("What employees told us") if employees else self.tr("What visitors told us")
        notices = (
            f'<p class="notice" role="note">{escape(said)}</p>'
            for said in wording.warnings(self.card, self.messages)
        )
        parts = {
            "lang": self.code.replace("_", "-"),
            "dir": "rtl" if self.rtl else "ltr",
            "title": escape(f"{heading} · {self.card.city}"),
            "city": escape(self.messages.city(self.card.city, self.card.practice)),
            "heading": escape(heading),
            "period": escape(wording.days(self.card.period, self.code)),
            "warnings": "".join(notices),
            "facts": "" if self.card.empty else self._facts(),
            "main": "" if self.card.empty else "\n".join(self._main()),
            "footer": "".join(map(paragraph, self._footer())),
        }
        template = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
        return Template(template).substitute(parts)

    def body(self) -> str:
        """The figures read from afar, the sections, the notes below them."""
        return "\n".join([self._facts(), *self._main(), *map(paragraph, self._footer())])

    def _n(self, value: int) -> str:
        return escape(number(value, self.code))

    def _facts(self) -> str:
        """The few figures that are read from afar."""
        total, facts = self.card.sample.total, []
        if total and total.completed:
            facts.append((self.tr("Surveys completed"), self._n(total.completed)))
        if total and total.rates.response_1 is not None:
            facts.append((self.tr("Response rate"), percent(total.rates.response_1)))
        if any(of.target for of in self.card.statements):
            for status in ("on_target", "below_target", "not_enough"):
                count = sum(of.status == status and of.kind != FORMER for of in self.card.statements)
                facts.append((self.tr(wording.STATUS[status]), self._n(count)))
        shown = "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in facts)
        return f'<dl class="facts">{shown}</dl>' if facts else ""

    def _main(self) -> Iterator[str]:
        yield section("statements", self.tr("What people agree with"), self._statements())
        yield section("method", self.tr("How people were chosen"), self._method())
        if self.card.channels:
            said = paragraph(wording.self_selected(self.messages))
            channels = "".join(map(self._channel, self.card.channels))
            yield section("self-selected", self.tr("People who came by themselves"), said + channels)
        yield section("work", self.tr("What to work on first"), self._work())
        if self.card.groups:
            groups = "".join(map(self._group, self.card.groups))
            yield section("groups", self.tr("Groups of visitors"), groups)

    def _statements(self) -> str:
        heads = [(self.tr("Statement"), "said"), (self.tr("Agree"), ""), (self.tr("Target"), "")]
        heads += [(self.tr("Before"), "before"), (self.tr("Trend"), "")]
        caption = self.tr("Share who agree or strongly agree with each statement")
        rows = [self._statement(place, of) for place, of in enumerate(self.card.statements, 1)]
        return self._legend() + table(caption, heads, rows)

    def _legend(self) -> str:
        told = [self.tr("The bar is the share who agree.")]
        if any(of.current and of.current.interval for of in self.card.statements):
            told.append(self.tr("The line on it is the interval: the share of all visitors lies there."))
        if any(of.target for of in self.card.statements):
            told.append(self.tr("The mark across is the target."))
        return paragraph(" ".join(told), "legend")

    def _statement(self, place: int, of: StatementCard) -> str:
        quiet = [of.department] if of.kind == OWN else []
        head = f"{place}. {escape(of.text)}" + small((*quiet, *wording.notes(of, self.messages)))
        parts = (self._figure(of), self._target(of), self._before(of), self._trend(of))
        return row(head, map(cell, parts))

    def _figure(self, of: StatementCard) -> str:
        """The share, its bar, its interval and the answers behind it."""
        score = of.current
        if score is None:
            return escape(self._few())
        if score.agree is None:
            return escape(self._answers(score))
        sure = wording.interval(score)
        told = [self.tr("interval {interval}", interval=sure)] if sure else []
        told.append(self._answers(score))
        target = [self.tr("target {target}%", target=of.target)] if of.target else []
        title = ", ".join([self.tr("{share} agree", share=percent(score.agree)), *told, *target])
        bar = drawn.bar(score, of.target, title, self.rtl)
        return f'<span class="share">{percent(score.agree)}</span>{bar}{small(told)}'

    def _answers(self, score: StatementScore) -> str:
        if not score.n:
            return self.tr("no answers")
        if score.weighted:
            return self.messages.trn("{n} answer, weighted", "{n} answers, weighted", score.n)
        return self.messages.trn("{n} answer", "{n} answers", score.n)

    def _few(self) -> str:
        return self.tr("fewer than {limit}: not shown", limit=self.card.limit)

    def _target(self, of: StatementCard) -> str:
        sign = SIGNS.get(of.status, "") if of.current else ""
        shown = f'<span class="sign" aria-hidden="true">{sign}</span>' if sign else ""
        words = escape(wording.state_of(of, self.messages))
        told = [self.tr("target {target}%", target=of.target)] if of.target else []
        if of.benchmark:
            percentage, source = of.benchmark.percent, of.benchmark.source
            told.append(self.tr("benchmark {percent}% ({source})", percent=percentage, source=source))
        return f'<div class="status {of.status}">{shown}<span>{words}</span></div>{small(told)}'

    def _before(self, of: StatementCard) -> str:
        told = [self.tr(wording.CHANGED[of.changed])] if of.changed else []
        base = self.tr("not set")
        if self.card.baseline:
            base = self._brief(of.baseline, "baseline" in of.held_back)
        told.append(self.tr("baseline {figure}", figure=base))
        return escape(self._brief(of.previous, "previous" in of.held_back)) + small(told)

    def _brief(self, score: StatementScore | None, held: bool) -> str:
        return self.tr("not shown") if held else percent(score.agree if score else None)

    def _trend(self, of: StatementCard) -> str:
        shares = ", ".join(percent(at.agree) for at in of.trend)
        title = self.tr("{count} periods, the latest last: {shares}", count=len(of.trend), shares=shares)
        return drawn.trend(of.trend, title, self.rtl) or NONE

    def _method(self) -> str:
        said = paragraph(" ".join(wording.method(self.card, self.messages)))
        total = self.card.sample.total
        if total is None:
            return said + paragraph(self._few())
        if not total.eligible and not total.started:
            return said
        strata = self.card.sample.strata if len(self.card.sample.strata) > 1 else ()
        rows = (*strata, total)
        keys = [key for key in FUNNEL if not self.card.public or key in PUBLIC_FUNNEL]
        counts = [[self._n(getattr(of, key)) for key in keys] for of in rows]
        heads = [self.tr(FUNNEL[key]) for key in keys]
        said += self._by_stratum(self.tr("How many were asked"), heads, rows, counts)
        if self.card.public:
            return said
        rates = [[*map(percent, of.rates), percent(of.completion)] for of in rows]
        caption = self.tr("Rates by the names of AAPOR's Standard Definitions; completed of those who began")
        return said + self._by_stratum(caption, [*RATES, self.tr("Completion")], rows, rates)

    def _by_stratum(
        self,
        caption: str,
        heads: Iterable[str],
        rows: Sequence[SampleRow],
        figures: Iterable[Iterable[str]],
    ) -> str:
        shown = [
            row(
                escape(of.name) or escape(self.tr("All")),
                (cell(figure, "figure") for figure in line),
                "" if of.name else "all",
            )
            for of, line in zip(rows, figures, strict=True)
        ]
        columns = [(self.tr("Visitors"), "said"), *((head, "figure") for head in heads)]
        return f'<div class="part">{table(caption, columns, shown)}</div>'

    def _channel(self, channel: Channel) -> str:
        heading = f"<h3>{escape(self.tr(wording.CHANNELS[channel.channel]))}</h3>"
        if channel.completed is None:
            return heading + paragraph(self._few())
        told = self.messages.trn("{n} survey completed", "{n} surveys completed", channel.completed)
        if channel.completion is not None:
            told += " · " + self.tr("completion rate {rate}", rate=percent(channel.completion))
        rows = [
            row(escape(of.text), [cell(self._line(of.score)), cell(self._count(of.score), "figure")])
            for of in channel.statements
        ]
        heads = [(self.tr("Statement"), "long"), (self.tr("Agree"), ""), (self.tr("Answers"), "figure")]
        return heading + table(told, heads, rows)

    def _line(self, score: StatementScore | None) -> str:
        """Bar and share beside each other."""
        if score is None:
            return escape(self._few())
        if score.agree is None:
            return NONE
        title = self.tr("{share} agree", share=percent(score.agree))
        return f'<div class="line">{drawn.bar(score, 0, title, self.rtl)}{percent(score.agree)}</div>'

    def _count(self, score: StatementScore | None) -> str:
        return "" if score is None else self._n(score.n)

    def _work(self) -> str:
        told = (wording.below(of.card, self.messages) for of in self.card.focus)
        said = "".join(f"<li>{escape(text)}</li>" for text in told)
        nothing = paragraph(self.tr("Nothing is clearly below its target."))
        return (f"<ol>{said}</ol>" if said else nothing) + (self._plans() if self.card.plans else "")

    def _plans(self) -> str:
        """The action plan; the public sees neither causes nor names."""
        names = [self.tr("Statement"), self.tr("Cause"), self.tr("Action"), self.tr("Who")]
        if self.card.public:
            names = [names[0], names[2]]
        names += [self.tr("Due"), self.tr("Measured again"), self.tr("State")]
        rows = map(self._plan, self.card.plans)
        return table(self.tr("What is done about it"), [(name, "") for name in names], rows)

    def _plan(self, plan: Plan) -> str:
        words = [plan.action] if self.card.public else [plan.cause, plan.action, plan.owner]
        days = [wording.day(day, self.code) for day in (plan.due, plan.remeasure)]
        state = escape(self.tr(wording.STATES[plan.state]))
        if plan.overdue:
            overdue = self.tr("overdue")
            state = f'<span class="overdue">{escape(overdue)}</span>'
        cells = [cell(escape(text) or NONE) for text in (*words, *days)]
        head = escape(plan.text) + small([plan.scope_name] if plan.scope_name else [])
        return row(head, [*cells, cell(state)])

    def _group(self, of: GroupTable) -> str:
        """Groups by the statements that any of them was asked."""
        asked = {name for group in of.rows for name in group.scores}
        columns = {place: it for place, it in enumerate(self.card.statements, 1) if it.id in asked}
        rows = []
        for group in of.rows:
            count = HELD if group.n is None else self._n(group.n)
            scores = (
                self._in_group(group.scores.get(it.id), it.id in group.scores) for it in columns.values()
            )
            rows.append(row(escape(group.name), [cell(count, "figure"), *scores]))
        heads = [(self.tr(wording.BY[of.by]), "said"), (self.tr("Surveys"), "figure")]
        heads += [(f"{place}. {it.text}", "numbered") for place, it in columns.items()]
        heading = f"<h3>{escape(wording.group_heading(of, self.messages))}</h3>"
        note = "" if of.channel == INVITED else paragraph(wording.self_selected(self.messages))
        caption = self.tr("The share who agree; columns have the numbers of the statements above.")
        return heading + note + table(caption, heads, rows)

    def _in_group(self, score: StatementScore | None, asked: bool) -> str:
        if score is None:
            return cell(HELD if asked else NONE, "figure")
        return cell(f"{percent(score.agree)}<small>n&nbsp;{self._n(score.n)}</small>", "figure")

    def _footer(self) -> Iterator[str]:
        card = self.card
        yield self.tr("Compared with {period}.", period=wording.days(card.previous, self.code))
        if card.public:
            yield self.tr(
                "* Not shown: fewer than {limit} people stand behind it, or it would give such figures away.",
                limit=card.limit,
            )
        yield self.tr("Survey {survey}, version {version}.", survey=card.survey, version=card.version)
