"""Becoming a device of a center, and becoming another one when this machine turns out to be a copy.

Every step can be the last one before the power fails: what is written down first is what the next run needs
to go on. The code or the old token is used, the membership is on the disk, the journal has its event.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import httpx

from kiosk import __version__
from kiosk.clock import Clock
from kiosk.errors import SyncError
from kiosk.journal import Event, Journal
from kiosk.journal import receipts as kept
from kiosk.journal.canonical import canonical
from kiosk.journal.event import root
from kiosk.journal.signing import sign, sign_as
from kiosk.sync import membership as memberships
from kiosk.sync import receipt as receipts
from kiosk.sync.answer import not_center
from kiosk.sync.client import Client, expect, parsed, post, text_of
from kiosk.sync.membership import Block, Membership
from kiosk.sync.receipt import Fork
from kiosk.sync.status import moment
from kiosk.sync.wire import Wire


class About(NamedTuple):
    """Which center answers: its name, its keys (64 hex digits each), and its clock minus ours in seconds."""

    name: str
    key: str
    box: str
    ahead: float


def greet(wire: Wire) -> About:
    """Ask a center who it is; raises SyncError."""
    reply = wire.ask("GET", "/center")
    expect(wire, reply, 200, "application/json")
    values = parsed(reply, "a greeting")
    time = moment(text_of(values, "time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"))
    if time is None:
        raise not_center("a greeting")
    key, box = (text_of(values, name, "[0-9a-f]{64}") for name in ("key", "box"))
    return About(text_of(values, "name", ".{0,200}"), key, box, (time - wire.clock.now()).total_seconds())


def enroll(
    journal: Journal,
    url: str,
    code: str,
    lanes: Sequence[Block],
    clock: Clock,
    transport: httpx.BaseTransport | None = None,
) -> tuple[Membership, About]:
    """Make this machine a device of a center's site; `lanes` are the ranges of its catalogue.

    May be tried again with the same code after whatever went wrong. Raises SyncError and JournalError; then
    nothing was changed here.
    """
    if journal.practice:
        raise SyncError(
            "other",
            f"{journal.path} is for practice: invented visitors belong to no center",
            "Name the kiosk's own folder before the command: kiosk --data DIR enroll URL CODE.",
        )
    with Wire(url, clock, transport=transport) as wire:
        about = greet(wire)
        _refuse_another(journal, wire.url, about)
        opened = _opened(journal)
        follows = opened.get("follows", "")
        rest = {
            "code": code.strip(),
            "chain": journal.chain,
            "key": opened["key"],
            "follows": follows,
            "lanes": memberships.listed(tuple(lanes)),
            "version": __version__,
        }
        proof = sign(journal.path, canonical(rest).encode()).hex()
        values = post(wire, "/enroll", {**rest, "proof": proof}, 201)
        member = replace(_member(values, wire.url, journal.chain), earlier=bool(follows))
    if member.key != about.key:
        raise not_center("an enrolment")
    memberships.store(journal.path.parent, member)
    _tell_journal(journal, member)
    return member, about


def join(
    journal: Journal, lanes: Sequence[Block], clock: Clock, transport: httpx.BaseTransport | None = None
) -> Membership:
    """This machine's membership, with whatever was begun and cut off brought to its end.

    That is an enrolment that the journal does not know yet, or a new chain that the center does not.
    """
    data = journal.path.parent
    member = memberships.needed(data)
    if member.chain != journal.chain:
        member = _go_on(journal, member, lanes, clock, transport)
        memberships.store(data, member)
    _tell_journal(journal, member)
    return member


def fork(journal: Journal) -> Fork | None:
    """Where the center has another past for the own chain, as its receipts tell."""
    found = None
    for document in kept.of_forks(journal):
        told = receipts.parse(document.encode()).forked
        if told and (found is None or told.first < found.first):
            found = told
    return found


def step_aside(journal: Journal, found: Fork) -> bool:
    """Let the own events from a fork on be another chain's, and begin a new one; False: not now.

    All of them must have been sent. Not while somebody is in the middle of something.
    """
    last, _ = journal.head()
    if journal.delivered() < last:
        return False
    return journal.step_aside(found.first, last, found.chain)


def _go_on(
    journal: Journal,
    member: Membership,
    lanes: Sequence[Block],
    clock: Clock,
    transport: httpx.BaseTransport | None,
) -> Membership:
    """Register the chain that this journal has begun after a fork, proved by the old key and the new one."""
    opened = _opened(journal)
    follows = opened.get("follows", "")
    before = root(follows)
    if before != member.chain:
        raise SyncError(
            "not_enrolled",
            f"{memberships.FILE} was made for another journal than {journal.path}",
            "Put back the file that belongs to this journal, or make a new code at the center and type "
            "`kiosk enroll URL CODE`.",
        )
    end = _end_of(journal, follows)
    rest = {
        "chain": journal.chain,
        "key": opened["key"],
        "follows": follows,
        "last": end.seq,
        "hash": end.hash,
        "lanes": memberships.listed(tuple(lanes)),
        "version": __version__,
    }
    message = canonical(rest).encode()
    proofs = {
        "proof": sign_as(journal.path, before, message).hex(),
        "proof_new": sign(journal.path, message).hex(),
    }
    with Client(member, clock, transport=transport) as client:
        values = client.post("/chains", {**rest, **proofs}, 201)
    gone_on = _member(values, member.url, journal.chain)
    if gone_on.key != member.key:
        raise not_center("an enrolment")
    return replace(gone_on, url=member.url)


def _refuse_another(journal: Journal, url: str, about: About) -> None:
    known = journal.enrolled()
    if known is not None and known.key != about.key:
        raise SyncError(
            "other",
            f"this machine belongs to another center than {url} (site {known.site})",
            "Send all it holds to that one first. Then move kiosk.db and kiosk.db.key away, so that a new "
            "journal begins, and enrol again.",
        )


def _end_of(journal: Journal, label: str) -> Event:
    latest = deque(journal.events(0, label), maxlen=1)
    if not latest:
        raise SyncError("other", f"{journal.path} has no events of {label}", "Tell the city's staff.")
    return latest[0]


def _opened(journal: Journal) -> dict[str, Any]:
    return next(journal.events()).body


def _tell_journal(journal: Journal, member: Membership) -> None:
    known = journal.enrolled()
    if known is None or known.device != member.device:
        journal.enroll(member.device, member.site, member.key, member.numbers)


def _member(values: Mapping[str, Any], url: str, chain: str) -> Membership:
    names = ("device", "token", "site", "title", "key", "box", "numbers")
    try:
        return memberships.of_values(
            {**{name: values.get(name) for name in names}, "url": url, "chain": chain, "earlier": False}
        )
    except ValueError:
        raise not_center("an enrolment") from None
