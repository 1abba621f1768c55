"""A service as labelled facts, in the order a visitor needs them; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.i18n.formats import full_date, hours_lines, money, month_line
from kiosk.i18n.script import wrap

if TYPE_CHECKING:
    from kiosk.catalog.model import Fee, Location, Phone, Service
    from kiosk.i18n.messages import Messages


@dataclass(frozen=True)
class Fact:
    """A quiet label and its lines; without a label it spans both columns. `tone`: plain, alert or quiet."""

    label: str
    lines: tuple[str, ...]
    tone: str = "plain"


@dataclass(frozen=True)
class Row:
    """One terminal row of the page: a label or none, a line of text, and the tone.

    It `goes_on` where the row above is the beginning of its text.
    """

    label: str
    text: str
    tone: str = "plain"
    goes_on: bool = False


def facts(service: Service, messages: Messages) -> list[Fact]:
    """Everything known that may be shown as fact, absent things left out."""
    tr = messages.tr
    found = [
        Fact("", (service.alert,), "alert"),
        Fact(tr("Who does it"), _redirect(service)),
        Fact(tr("Where"), _where(service.location, service.doubtful, tr)),
        Fact(tr("Open"), tuple(hours_lines(service.hours, messages))),
        Fact(tr("Closed on"), tuple(full_date(day, messages.language.code) for day in service.closed_on)),
        Fact(tr("For whom"), (service.eligibility,)),
        Fact(tr("Bring"), service.bring),
        Fact(tr("Cost"), _fees(service, messages)),
        Fact(tr("Takes"), (service.time,)),
        Fact(tr("Steps"), service.steps),
        Fact(tr("Phone"), tuple(_phone(phone, tr) for phone in service.phones)),
        Fact(tr("E-mail"), (service.email,)),
        Fact(tr("Formerly"), service.former_names),
        Fact(tr("Changed"), tuple(_change(c.date, c.what, c.why, messages) for c in service.changes)),
        Fact("", (service.caution,), "quiet"),
    ]
    return [fact for fact in found if any(fact.lines)]


def footnotes(service: Service, messages: Messages, unreviewed: bool) -> list[str]:
    """When the facts were read, and whether the translation still awaits its review."""
    lines = [messages.tr("Checked {date}", date=month_line(service.reviewed, messages.language.code))]
    if unreviewed:
        lines.append(messages.tr("This translation has not been reviewed yet. If in doubt, ask the desk."))
    return lines


def _redirect(service: Service) -> tuple[str, ...]:
    return (service.redirect.name, service.redirect.note) if service.redirect else ()


def _where(location: Location | None, doubtful: bool, tr: Callable[..., str]) -> tuple[str, ...]:
    if location is None:
        return ()
    if doubtful:
        return (tr("Please ask at the desk: the address is not confirmed."),)
    return tuple(
        part for part in (location.building, location.address, location.floor, location.room) if part
    )


def _fees(service: Service, messages: Messages) -> tuple[str, ...]:
    if service.fees and service.doubtful:
        return (messages.tr("Please ask at the desk: the cost is not confirmed."),)
    return tuple(_fee(fee, messages) for fee in service.fees)


def _fee(fee: Fee, messages: Messages) -> str:
    if fee.amount is None:
        return fee.note
    amount = messages.tr("Free") if float(fee.amount) == 0 else money(fee.amount, messages.language.code)
    return messages.tr("{amount} · {note}", amount=amount, note=fee.note) if fee.note else amount


def _phone(phone: Phone, tr: Callable[..., str]) -> str:
    return tr("{number} · {note}", number=phone.number, note=phone.note) if phone.note else phone.number


def _change(iso: str, what: str, why: str, messages: Messages) -> str:
    day = full_date(iso, messages.language.code)
    if why:
        return messages.tr("{date}: {what} Why: {why}", date=day, what=what, why=why)
    return messages.tr("{date}: {what}", date=day, what=what)


def rows(found: list[Fact], width: int, label_width: int, airy: bool) -> list[list[Row]]:
    """Each fact as terminal rows for a card of `width` cells; `airy` leaves a blank row after each."""
    blocks = []
    for fact in found:
        room = width - label_width if fact.label else width
        lines = [
            (line, place > 0)
            for text in fact.lines
            if text
            for place, line in enumerate(wrap(text, max(room, 10)))
        ]
        block = [
            Row(("" if place else fact.label) if fact.label else "\0", line, fact.tone, goes_on)
            for place, (line, goes_on) in enumerate(lines)
        ]
        blocks.append([*block, Row("", "")] if airy else block)
    return blocks


def paginate(blocks: list[list[Row]], height: int) -> list[list[Row]]:
    """Pages of at most `height` rows.

    A fact is cut only when it is longer than a page, or would leave most of one empty: then between two of
    its texts.
    """
    pages: list[list[Row]] = [[]]
    for block in blocks:
        room, cut = height - len(pages[-1]), 0
        if pages[-1] and len(_trimmed(block)) > room:
            if room > height // 2:
                cut = max((at for at in range(1, room + 1) if not block[at].goes_on), default=0)
                pages[-1] += block[:cut]
            pages.append([])
        for row in block[cut:]:
            if len(pages[-1]) == height:
                if not row.text:
                    continue
                pages.append([])
            pages[-1].append(row)
    return [_trimmed(page) for page in pages if _trimmed(page)] or [[]]


def _trimmed(page: list[Row]) -> list[Row]:
    """Without blank rows at the end."""
    end = len(page)
    while end and not page[end - 1].text:
        end -= 1
    return page[:end]
