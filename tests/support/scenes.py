"""Every screen of the visitor app, each in one state that shows it well."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from textual.screen import Screen

from kiosk.i18n.script import cell_width
from kiosk.line.line import Line
from kiosk.line.view import Place
from kiosk.survey.conduct import About
from kiosk.tickets.estimate import Quote
from kiosk.tickets.ticket import CALLED, FINISHED, NO_SHOW, WAITING, Ticket
from kiosk.ui.visitor.attract import AttractScreen
from kiosk.ui.visitor.category import CategoryScreen
from kiosk.ui.visitor.comment import CommentScreen
from kiosk.ui.visitor.help import HelpScreen
from kiosk.ui.visitor.idle import IdleScreen
from kiosk.ui.visitor.language import LanguageScreen
from kiosk.ui.visitor.need import NeedScreen, OtherScreen
from kiosk.ui.visitor.no_ticket import NoTicketScreen
from kiosk.ui.visitor.print_page import PrintPageScreen
from kiosk.ui.visitor.results import ResultsScreen
from kiosk.ui.visitor.service import ServiceScreen
from kiosk.ui.visitor.staff import PinScreen, StaffScreen
from kiosk.ui.visitor.standing import LeaveScreen, StandingScreen
from kiosk.ui.visitor.station import DepartmentScreen
from kiosk.ui.visitor.survey import InviteScreen, NotSavedScreen, StatementScreen, ThanksScreen
from kiosk.ui.visitor.take_along import TakeAlongScreen, TakeHowScreen
from kiosk.ui.visitor.ticket import TicketScreen
from kiosk.ui.visitor.ticket_number import TicketNumberScreen
from kiosk.ui.visitor.ticket_phone import TicketPhoneScreen
from kiosk.ui.visitor.visit import Response
from tests.support.app import Kiosk

WORDS = {"en": "trash", "es": "basura", "vi": "rác", "zh_Hans": "垃圾", "ar": "قمامة"}
"""What a visitor types in each language."""
SERVICE = "utility_pay"
LONG = "utility_start"
"""A service with much to say: its page is turned at every size but the largest."""


TICKET = Ticket(
    ticket="0" * 32,
    code="B104",
    lane="bills",
    first_lane="bills",
    service=SERVICE,
    language="en",
    channel="kiosk",
    priority="",
    interpreter="",
    state=WAITING,
    day="2026-11-23",
    arrival="1",
    issued_at="2026-11-23T16:41:00.000Z",
    ahead=3,
    quote_low=10,
    quote_high=15,
)
"""A ticket as it is after its issue; the journal does not know it, so that it stays as it is."""
PLACE = Place(3, Quote(10, 15))

Open = Callable[[Kiosk, str], Awaitable[None]]


async def _attract(kiosk: Kiosk, language: str) -> None:
    """The attract screen of a kiosk whose first language this is."""
    codes = kiosk.app.library.settings.languages
    first = codes.index(language)
    turned = (*codes[first:], *codes[:first])
    kiosk.app.library.settings = replace(kiosk.app.library.settings, languages=turned)
    kiosk.app.speak(language)
    attract = kiosk.screen
    assert isinstance(attract, AttractScreen)
    attract.turn = 0
    attract.renew()
    await kiosk.settle()


async def _typing(kiosk: Kiosk, language: str) -> None:
    screen = ResultsScreen(WORDS[language])
    await kiosk.show(screen)
    screen.press_keyboard("")
    await kiosk.settle()


async def _next_page(kiosk: Kiosk, language: str) -> None:
    screen = ServiceScreen(LONG)
    await kiosk.show(screen)
    screen.press_more("")
    await kiosk.settle()


async def _category_end(kiosk: Kiosk, language: str) -> None:
    screen = CategoryScreen("city")
    await kiosk.show(screen)
    screen.press_page("99")
    await kiosk.settle()


async def _statement(kiosk: Kiosk, language: str) -> None:
    """The longest statement, with an answer given before."""
    statements = kiosk.app.catalog.survey.statements
    place = max(range(len(statements)), key=lambda i: cell_width(statements[i].text))
    answers = {statements[place].id: "3"}
    kiosk.app.visit.response = Response("0" * 32, statements, place, answers)
    await kiosk.show(StatementScreen())


async def _idle(kiosk: Kiosk, language: str) -> None:
    """The warning over home."""
    kiosk.app.push_screen(IdleScreen(25))
    await kiosk.settle()


async def _issued(kiosk: Kiosk, language: str) -> None:
    """A ticket whose slip is being printed: everything has its place, *Print again* is not shown yet."""
    screen = TicketScreen(TICKET, PLACE)
    screen.printing = "ok"
    await kiosk.show(screen)


async def _not_printed(kiosk: Kiosk, language: str) -> None:
    """A ticket for nothing but a lane, so without a form; its slip did not come out."""
    screen = TicketScreen(TICKET._replace(service="", printing="failed"), Place(0, None))
    await kiosk.show(screen)


async def _unknown(kiosk: Kiosk, language: str) -> None:
    """The pad after a number that nobody has."""
    screen = TicketNumberScreen()
    await kiosk.show(screen)
    for key in "B999":
        screen.press_key(key)
    screen.press_find("")
    await kiosk.settle()


async def _invitation(kiosk: Kiosk, language: str) -> None:
    """The pad on a day on which the desk has given out an invitation, which was declined."""

    def declined(line: Line) -> None:
        unit = line.answered("", language, "1", "s1").unit
        line.survey.invite(unit, "desk")
        line.survey.decline(unit)

    await kiosk.line(declined)
    screen = TicketNumberScreen()
    await kiosk.show(screen)
    for key in "100":
        screen.press_key(key)
    screen.press_find("")
    await kiosk.settle()


async def _page_printed(kiosk: Kiosk, language: str) -> None:
    """A page that did not come out, for there is no printer."""
    await kiosk.show(PrintPageScreen(SERVICE))
    await kiosk.app.printing.finish()
    await kiosk.settle()


def _standing(**changed: Any) -> Open:
    """An opener of a ticket's place in the line, changed from what it was at the issue."""
    return _show(lambda: StandingScreen(TICKET._replace(**changed), PLACE))


def _show(make: Callable[[], Screen[Any]]) -> Open:
    """An opener of a screen that needs no preparation."""

    async def show(kiosk: Kiosk, language: str) -> None:
        await kiosk.show(make())

    return show


async def _stay(kiosk: Kiosk, language: str) -> None:
    """The screen is there already."""


BEFORE: dict[str, Open] = {
    "attract": _attract,
    "language-start": _show(lambda: LanguageScreen(starting=True)),
    "pin": _show(PinScreen),
    "staff": _show(StaffScreen),
}
"""Screens outside a visit."""


VISIT: dict[str, Open] = {
    "home": _stay,
    "idle": _idle,
    "language": _show(LanguageScreen),
    "category": _show(lambda: CategoryScreen("bills")),
    "category-end": _category_end,
    "search": _show(ResultsScreen),
    "results": _typing,
    "results-alone": lambda kiosk, language: kiosk.show(ResultsScreen(WORDS[language])),
    "results-none": _show(lambda: ResultsScreen("qqqzzz")),
    "service": _show(lambda: ServiceScreen(SERVICE)),
    "service-next": _next_page,
    "take-along": _show(lambda: TakeAlongScreen(SERVICE)),
    "need": _show(lambda: NeedScreen(SERVICE)),
    "other": _show(lambda: OtherScreen(SERVICE)),
    "invite": _show(lambda: InviteScreen(About("lookup", SERVICE))),
    "feedback": _show(lambda: InviteScreen(About("served"))),
    "department": _show(DepartmentScreen),
    "statement": _statement,
    "comment": _show(CommentScreen),
    "thanks": _show(lambda: ThanksScreen(answered=True)),
    "not-saved": _show(NotSavedScreen),
    "ticket": _show(TicketNumberScreen),
    "ticket-unknown": _unknown,
    "ticket-invitation": _invitation,
    "ticket-issued": _issued,
    "ticket-not-printed": _not_printed,
    "ticket-closed": _show(lambda: NoTicketScreen(SERVICE, "closed")),
    "ticket-full": _show(lambda: NoTicketScreen(LONG, "full")),
    "ticket-waiting": _standing(),
    "ticket-called": _standing(state=CALLED, counter="2", calls=1),
    "ticket-no-show": _standing(state=NO_SHOW, counter="2", calls=1),
    "ticket-finished": _standing(state=FINISHED, counter="2", calls=1),
    "ticket-phone": _show(lambda: TicketPhoneScreen("HTTPS://KIOSKS.EXAMPLE.GOV/T/ABCDEFGHIJKLMNOPQRST")),
    "ticket-leave": _show(lambda: LeaveScreen(TICKET, lambda ticket: None)),
    "page-printed": _page_printed,
    "take-how": _show(lambda: TakeHowScreen(SERVICE)),
    "help": _show(lambda: HelpScreen(ResultsScreen.hint)),
}
"""Screens of a visit."""
SCENES = (*BEFORE, *VISIT)


async def scenes(kiosk: Kiosk, language: str) -> AsyncIterator[str]:
    """Bring the app to every screen in one language; yields the name while it is shown."""
    for name, opener in BEFORE.items():
        await opener(kiosk, language)
        yield name
    await kiosk.close()
    await kiosk.start(language)
    kiosk.app.printing.available = True
    for name, opener in VISIT.items():
        await opener(kiosk, language)
        yield name
    kiosk.app.end_visit("finished")
    await kiosk.settle()
