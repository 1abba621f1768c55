"""`kiosk sync`: send to the center and take in what it has, once, regularly or all the time."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import click

from kiosk import settings as settings_module
from kiosk.commands.running import kept_journal, log_to
from kiosk.errors import KioskError, SyncError

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.journal import Journal
    from kiosk.settings import Settings
    from kiosk.sync.exchange import Done
    from kiosk.sync.push import Progress
    from kiosk.sync.status import Held, Standing, State

LONG = 1.0
"""Seconds after which a progress bar shows that it goes on."""
WAIT = 1.0
"""Seconds between two looks at whether another process still sends."""
GRACE = 3.0
"""Seconds to end in; whatever is cut off then is whole again at the next start."""


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Exchange everything now, and end.  [default]")
@click.option("--every", type=click.IntRange(10), metavar="SECONDS", help="Again and again, so often.")
@click.option("--live", is_flag=True, help="Send what is recorded at once, and take in what others record.")
@click.option("--attached", is_flag=True, hidden=True, help="End when standard input does.")
@click.pass_context
def command(context: click.Context, once: bool, every: int | None, live: bool, attached: bool) -> None:
    """Send what this machine has recorded to its center, and take in what the site's other machines have."""
    if once + live + (every is not None) > 1:
        raise click.UsageError("Choose one of --once, --every and --live.")
    if context.invoked_subcommand is not None:
        return
    try:
        with _opened(context.obj) as (settings, journal, clock):
            if live:
                _live(settings, journal, clock, _stopping(attached))
            elif every:
                _every(settings, journal, clock, every, _stopping(attached))
            else:
                _echo(_done(_now(settings, journal, clock)))
    except KioskError as problem:
        click.echo(f"kiosk sync: {problem}", err=True)
        context.exit(1)


@command.command("status")
@click.pass_context
def show_status(context: click.Context) -> None:
    """How much of what was taken here has arrived at the center, and what is wrong."""
    from kiosk.sync import membership, status

    try:
        with _opened(context.obj) as (settings, journal, clock):
            member, state, stands = (
                membership.needed(settings.data),
                status.read(settings.data),
                status.standing(journal),
            )
    except KioskError as problem:
        click.echo(f"kiosk sync: {problem}", err=True)
        context.exit(1)
    click.echo(f"{member.title} (site {member.site}) at {member.url}")
    _echo(_standing(stands, clock))
    _echo(_troubles(state, clock))


@command.command("receipts")
@click.argument("places", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.pass_context
def read_receipts(context: click.Context, places: tuple[Path, ...]) -> None:
    """Read receipts that the center has put on a stick: files, or folders that hold some."""
    from kiosk.sync import carried, membership

    good = True
    try:
        with _opened(context.obj) as (settings, journal, _):
            member = membership.needed(settings.data)
            found = [
                carried.take(journal, member.key, file) for place in places for file in carried.files(place)
            ]
    except KioskError as problem:
        click.echo(f"kiosk sync: {problem}", err=True)
        context.exit(1)
    for each in found:
        good &= not each.problem
        click.echo(f"{each.file}: {each.problem or _receipt(each.receipt)}")
    if not found:
        click.echo("There is no receipt. The center writes it beside the batch: NAME.receipt.")
    context.exit(0 if good and found else 1)


@contextmanager
def _opened(chosen: dict[str, Any]) -> Iterator[tuple[Settings, Journal, Clock]]:
    settings = settings_module.load(**chosen)
    journal, clock = kept_journal(settings, chosen["practice"])
    with journal:
        yield settings, journal, clock


def _stopping(attached: bool) -> Event:
    """Set when the process is to end; what hangs is cut off a moment later."""
    stop = Event()

    def end(*_: object) -> None:
        stop.set()
        Thread(target=cut_off, name="end", daemon=True).start()

    def cut_off() -> None:
        time.sleep(GRACE)
        os._exit(0)

    def watch() -> None:
        while os.read(0, 4096):
            pass
        end()

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    if attached:
        Thread(target=watch, name="attached", daemon=True).start()
    return stop


def _live(settings: Settings, journal: Journal, clock: Clock, stop: Event) -> None:
    from kiosk.sync.agent import Agent

    log_to(settings.data / "sync.log")
    with _alone(settings.data, stop) as mine:
        if mine:
            Agent(settings, journal, clock, stop).run()


@contextmanager
def _alone(data: Path, stop: Event) -> Iterator[bool]:
    """Wait until nobody else sends; False when the process is to end before."""
    from kiosk.sync.lock import alone

    while not stop.is_set():
        try:
            with alone(data):
                yield True
                return
        except SyncError as problem:
            if problem.reason != "busy":
                raise
        stop.wait(WAIT)
    yield False


def _every(settings: Settings, journal: Journal, clock: Clock, seconds: int, stop: Event) -> None:
    """Troubles are told and tried again the next time; only a machine that is not enrolled ends it."""
    from kiosk.sync.membership import needed

    needed(settings.data)
    while not stop.is_set():
        try:
            _echo(_done(_now(settings, journal, clock)))
        except KioskError as problem:
            click.echo(f"kiosk sync: {problem}", err=True)
        stop.wait(seconds)


def _now(settings: Settings, journal: Journal, clock: Clock) -> Done:
    from kiosk.sync.agent import now

    with _bar() as progress:
        return now(settings, journal, clock, progress)


@contextmanager
def _bar() -> Iterator[Progress]:
    """A progress bar, once it takes longer."""
    began = time.monotonic()
    bars: list[Any] = []

    def progress(done: int, total: int) -> None:
        if not bars and total and time.monotonic() - began > LONG and sys.stderr.isatty():
            bars.append(click.progressbar(length=total, label="Sending", file=sys.stderr))
            bars[0].__enter__()
        if bars:
            bars[0].update(max(done - bars[0].pos, 0))

    try:
        yield progress
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)


def _done(done: Done) -> Iterator[str]:
    sent = done.pushed
    if sent.events:
        yield f"Sent: {_many(sent.events, 'event')}, of which {sent.accepted} were new at the center."
    else:
        yield "Nothing was waiting to be sent: the center has signed for everything."
    if done.received:
        yield f"Taken in from the site's other machines: {_many(done.received, 'event')}."
    if sent.rejected:
        yield (
            f"{_many(len(sent.rejected), 'event')} lie in the center's quarantine: staff see them there; "
            "nothing is lost."
        )
    for held in sent.held:
        yield _held(held)
    if done.moved:
        yield (
            "This machine is a copy of another one, or was put back from a backup. It has a place and ticket "
            "numbers of its own now; nothing was lost."
        )


def _standing(stands: Standing, clock: Clock) -> Iterator[str]:
    last = _time(stands.last_receipt, clock)
    receipt = f"last receipt {last}" if last else "no receipt yet"
    yield f"{_many(stands.taken, 'survey')} taken, {stands.at_center} at center, {receipt}"
    if stands.waiting:
        yield f"{_many(stands.waiting, 'event')} waiting to be sent."


def _troubles(state: State, clock: Clock) -> Iterator[str]:
    if state.contact:
        yield f"The center was last reached at {_time(state.contact, clock)}."
    if state.trouble:
        yield f"Since {_time(state.trouble.since, clock)}: {state.trouble.what}"
        if state.trouble.next_step:
            yield f"  What to do: {state.trouble.next_step}"
    for held in state.held:
        yield _held(held)


def _held(held: Held) -> str:
    return (
        f"The center would not take events {held.first} to {held.last} ({held.code}): {held.what}\n"
        "  What to do: tell whoever looks after the center. They are kept here and offered again tomorrow, "
        "or by `kiosk sync`."
    )


def _receipt(receipt: Any) -> str:
    return (
        f"{_many(receipt.last - receipt.first + 1, 'event')} at the center since {receipt.at[:10]}, "
        f"{receipt.accepted} of them new."
    )


def _time(value: str, clock: Clock) -> str:
    """A stamp as people read it: the time today, else with its day."""
    from kiosk.sync.status import moment

    found = moment(value)
    if found is None:
        return ""
    local = clock.local(found)
    today = local.date() == clock.local().date()
    return f"{local:%H:%M}" if today else f"{local:%Y-%m-%d %H:%M}"


def _echo(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
