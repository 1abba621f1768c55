"""What staff do about a statement: cause, action, owner, when it is due and when to measure again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kiosk.errors import KioskError
from kiosk.journal.kinds import new_id
from kiosk.journal.privacy import LONGEST, keepable

if TYPE_CHECKING:
    from kiosk.catalog.model import Catalog
    from kiosk.journal import Journal
    from kiosk.journal.survey_questions import Action

OPEN, DONE, DROPPED = "open", "done", "dropped"
STATES = (OPEN, DONE, DROPPED)
WORDS = ("cause", "action", "owner")
"""What is kept in staff's own words."""
DAYS = ("due", "remeasure")
LONGEST_TEXT = 500
"""Characters of a cause, an action or an owner."""


@dataclass(frozen=True)
class Plan:
    """One entry of the action plan, as it stands now.

    `scope` is the id of a service, department or lane, "" for the whole city; `scope_name` what people call
    it. Days are ISO dates or "". `state` is open, done or dropped; an open one is `overdue` after its due
    date.
    """

    id: str
    statement: str
    text: str
    scope: str
    scope_name: str
    cause: str
    action: str
    owner: str
    due: str
    remeasure: str
    state: str
    overdue: bool


def scopes(catalog: Catalog) -> dict[str, str]:
    """What a plan can be about, by id, with its name; the whole city is ""."""
    lanes = {lane.id: lane.name for lane in catalog.lanes}
    departments = {department.id: department.name for department in catalog.departments}
    return {service.id: service.name for service in catalog.services} | departments | lanes


def plans(
    actions: Iterable[Action], texts: Mapping[str, str], names: Mapping[str, str], today: date
) -> list[Plan]:
    """What the journal holds, the open ones first and of those the first due; `texts` are of statements."""
    found = [_plan(action, texts, names, today) for action in actions]
    return sorted(found, key=lambda plan: (STATES.index(plan.state), plan.due or "9", plan.text, plan.scope))


def open_plan(found: Iterable[Plan], statement: str) -> Plan | None:
    """The plan to show beside a statement: an open one, of the whole city before others."""
    of = [plan for plan in found if plan.statement == statement and plan.state == OPEN]
    return min(of, key=lambda plan: plan.scope != "", default=None)


def write(
    journal: Journal, statement: str, scope: str, given: Mapping[str, str], staff: str, today: date
) -> Plan:
    """Record a plan; what `given` (cause, action, owner, due, remeasure, state) leaves out stays as it was.

    Raises KioskError for what can't be kept, and then nothing is recorded.
    """
    # Inside JSON a control character would be kept, and move the cursor of whoever reads the plan.
    given = {name: keepable("action.planned", text) for name, text in given.items()}
    _check(given)

    def work() -> Plan:
        known = [plan for plan in plans(journal.actions(), {}, {}, today) if plan.statement == statement]
        before = next((plan for plan in known if plan.scope == scope), None)
        if before is None and not given:
            raise KioskError(
                f"nothing is planned for {statement} yet, and nothing was given",
                "Say what will be done: kiosk actions set STATEMENT --action TEXT --owner NAME --due DAY.",
            )
        plan = before or Plan(new_id(), statement, "", scope, "", "", "", "", "", "", OPEN, False)
        changes: dict[str, Any] = dict(given)
        plan = replace(plan, **changes)
        if plan.due and plan.remeasure and plan.remeasure < plan.due:
            raise KioskError(
                f"it would be measured again on {plan.remeasure}, before it is due on {plan.due}",
                "Give a day on or after the due date: --remeasure YYYY-MM-DD.",
            )
        words = _json({name: getattr(plan, name) for name in WORDS})
        if len(words) > LONGEST["action.planned"]:
            raise KioskError(
                f"cause, action and owner are too long together: {len(words)} characters", "Shorten them."
            )
        journal.append("action.planned", _body(plan, staff), words)
        return replace(plan, overdue=_overdue(plan.state, plan.due, today))

    return journal.decide(work)


def _body(plan: Plan, staff: str) -> dict[str, str]:
    fields = ("statement", "scope", "due", "remeasure", "state")
    return {"action": plan.id, "staff": staff} | {name: getattr(plan, name) for name in fields}


def _json(words: Mapping[str, str]) -> str:
    held = {name: words[name] for name in WORDS if name in words}
    return json.dumps(held, ensure_ascii=False, sort_keys=True)


def _check(given: Mapping[str, str]) -> None:
    for name in DAYS:
        if given.get(name):
            _check_day(name, given[name])
    for name in WORDS:
        if len(given.get(name, "")) > LONGEST_TEXT:
            raise KioskError(
                f"the {name} has {len(given[name])} characters; at most {LONGEST_TEXT} are kept",
                "Shorten it.",
            )


def _check_day(name: str, text: str) -> None:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return
    except ValueError:
        pass
    raise KioskError(
        f"--{name} can't be {text!r}: that is no day of the calendar",
        'Write it as year-month-day, for example 2026-12-31, or "" for none.',
    )


def _plan(action: Action, texts: Mapping[str, str], names: Mapping[str, str], today: date) -> Plan:
    words = _words(action.words)
    return Plan(
        id=action.action,
        statement=action.statement,
        text=texts.get(action.statement, action.statement),
        scope=action.scope,
        scope_name=names.get(action.scope, action.scope),
        cause=words.get("cause", ""),
        action=words.get("action", ""),
        owner=words.get("owner", ""),
        due=action.due,
        remeasure=action.remeasure,
        state=action.state,
        overdue=_overdue(action.state, action.due, today),
    )


def _words(text: str) -> dict[str, str]:
    """Cause, action and owner; words of another form are shown as the action."""
    try:
        held = json.loads(text or "{}")
    except ValueError:
        return {"action": text}
    return {name: str(held[name]) for name in WORDS if name in held} if isinstance(held, dict) else {}


def _overdue(state: str, due: str, today: date) -> bool:
    return state == OPEN and due != "" and due < today.isoformat()
