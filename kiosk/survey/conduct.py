"""Carrying the survey out: who could be asked, who is, and what they are asked; each step in the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from kiosk.catalog.model import Sampling
from kiosk.journal.kinds import new_id
from kiosk.survey.draw import draw, own
from kiosk.survey.sample import chosen
from kiosk.tickets import codes

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog, Statement, SurveyPlan
    from kiosk.clock import Clock
    from kiosk.journal import Journal
    from kiosk.journal.survey_questions import Chosen, Unit

INVITATION_LETTER = "Z"
"""Begins the number of an invitation by the desk; no lane has it."""
INVITATION_NUMBERS = (100, 999)
"""Those of a machine by itself; of several at a center each has a block of its own."""


@dataclass(frozen=True)
class About:
    """What a survey is about. `kind` is lookup or served; `wait` a band, see `tickets.ticket.wait_band`.

    `unit` is the invitation it follows, "" for whoever came by themselves; `channel` is then convenience, or
    ticket for feedback on one's own visit to a counter. `department` is who helped an employee.
    """

    kind: str
    service: str = ""
    lane: str = ""
    wait: str = "none"
    unit: str = ""
    channel: str = "convenience"
    audience: str = "visitor"
    department: str = ""


@dataclass(frozen=True)
class Begun:
    """A survey that began: the random id of its response, and the statements to ask in order."""

    response: str
    statements: tuple[Statement, ...]


class Conduct:
    """The survey of one machine. May be used from any thread; every step is one transaction."""

    def __init__(
        self,
        journal: Journal,
        catalog: Callable[[], Catalog],
        clock: Clock,
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self.journal = journal
        self.catalog = catalog
        self._clock = clock
        self._new_id = make_id

    def enter(self, unit: str, source: str, stratum: str, service: str, language: str) -> Unit:
        """Somebody could be asked: give them their number and say whether they are selected; once per unit.

        `source` is visit, ticket or answer; an answer at the desk gets a number to go to the screen with.
        """

        def work() -> Unit:
            known = self.journal.survey_unit(unit)
            if known:
                return known
            now = self._plan()
            selected = chosen(_sampling(now), now.seed, now.eligible, stratum)
            body = {
                "unit": unit,
                "source": source,
                "stratum": stratum,
                "service": service,
                "language": language,
                "seed": now.seed,
                "ordinal": now.eligible,
                "selected": selected,
                "code": self._code() if selected and source == "answer" else "",
            }
            self.journal.append("survey.eligible", body)
            entered = self.journal.survey_unit(unit)
            assert entered is not None, "it was written in this transaction"
            return entered

        return self.journal.decide(work)

    def invite(self, unit: str, by: str) -> None:
        """They were asked, by the `screen` or at the `desk`; said again it changes nothing."""

        def work() -> None:
            known = self.journal.survey_unit(unit)
            if known and known.selected and not known.invited_by:
                self.journal.append("survey.invited", {"unit": unit, "by": by})

        self.journal.decide(work)

    def decline(self, unit: str) -> None:
        """They said no."""

        def work() -> None:
            known = self.journal.survey_unit(unit)
            if known and known.selected and not known.outcome:
                self.journal.append("survey.declined", {"unit": unit})

        self.journal.decide(work)

    def begin(self, visit: str, about: About, language: str, plan: SurveyPlan, random: Random) -> Begun:
        """Draw the statements and record the start; `plan` is the survey in the language shown.

        An invitation counts once: with one that was used already it is feedback on one's own visit.
        """

        def work() -> Begun:
            unit = self._accepted(about.unit) if about.unit else None
            asked = self.journal.times_asked(plan.id, plan.version, about.kind)
            service = self.catalog().by_id.get(about.service)
            statements = (
                *draw(plan, about.kind, asked, random, about.audience),
                *own(plan, service, about.kind, about.audience, about.department),
            )
            self.word(plan, language)
            begun = Begun(self._new_id(), statements)
            body = {
                "visit": visit,
                "response": begun.response,
                "survey": plan.id,
                "version": plan.version,
                "channel": "invited" if unit else about.channel,
                "audience": about.audience,
                "about": about.kind,
                "language": language,
                "service": about.service,
                "department": service.department if service else about.department,
                "lane": about.lane,
                "wait": about.wait,
                "stratum": unit.stratum if unit else "",
                "seed": unit.seed if unit else "",
                "statements": [statement.id for statement in statements],
            }
            self.journal.append("survey.started", body)
            return begun

        return self.journal.decide(work)

    def _accepted(self, unit: str) -> Unit | None:
        """Whose invitation leads to a survey now; None for nobody's, or one that was used already."""
        known = self.journal.survey_unit(unit)
        if known is None or not known.selected or known.outcome == "accepted":
            return None
        self.invite(unit, "screen")
        self.journal.append("survey.accepted", {"unit": unit})
        return known

    def word(self, plan: SurveyPlan, language: str) -> None:
        """Record what the statements say in a language, if they say it for the first time."""
        texts = {statement.id: statement.text for statement in plan.everything if not statement.retired}

        def work() -> None:
            if self.journal.wording_now(plan.id, plan.version, language) != texts:
                body = {"survey": plan.id, "version": plan.version, "language": language, "statements": texts}
                self.journal.append("survey.worded", body)

        self.journal.decide(work)

    def _plan(self) -> Chosen:
        """How visitors are chosen now; recorded at the day's first one and whenever the plan has changed."""
        plan, today = self.catalog().survey, self._clock.day().isoformat()
        now = self.journal.survey_chosen()
        same = now is not None and (now.survey, now.version) == (plan.id, plan.version)
        if now is None or not same or now.day != today or _sampling(now) != plan.sampling:
            body = {
                "survey": plan.id,
                "version": plan.version,
                "method": plan.sampling.method,
                "every": plan.sampling.every,
                "percent": plan.sampling.percent,
                "rates": dict(plan.sampling.rates),
                "seed": self._new_id(),
            }
            self.journal.append("survey.sampled", body)
            now = self.journal.survey_chosen()
            assert now is not None, "it was written in this transaction"
        return now

    def _code(self) -> str:
        """The next invitation number of the day; when all were given out they begin again."""
        own = self.journal.numbers().get(INVITATION_LETTER, [INVITATION_NUMBERS])
        given = codes.among(self.journal.codes_of_invitations(self._clock.day()), own)
        code = codes.next_code(INVITATION_LETTER, own, given)
        code = code or codes.next_code(INVITATION_LETTER, own, given[-1:])
        assert code is not None, "blocks are never empty, and one code alone is blocked"
        return code


def _sampling(plan: Chosen) -> Sampling:
    return Sampling(plan.method, plan.every, plan.percent, plan.rates)
