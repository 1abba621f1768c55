"""`kiosk center accounts`: who may sign in to the center's pages, and what they may do there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.commands.center import Change, changing, opened
from kiosk.errors import CenterError

if TYPE_CHECKING:
    from kiosk.center.accounts import Account

# As kiosk.center.accounts has them, which is not imported for --help.
ROLES = ("viewer", "staff", "editor", "admin")

PASSWORD_FILE = click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Read the password from the first line of a file, - for standard input.",
)
LINK = click.option("--link", is_flag=True, help="No password: print a link with which it can be set once.")


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Who may sign in; without a command: the list.

    A viewer sees devices, scorecards and waits; staff also comments, searches and exports; an editor also
    publishes catalogues; an admin also manages devices, accounts and tokens.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """All accounts with role, state and last sign-in."""
    from kiosk.center import accounts

    with opened(ctx).store.read() as connection:
        found = accounts.listed(connection)
    width = max((len(account.name) for account in found), default=0)
    for account in found:
        state = account.state if account.password_hash else f"{account.state}, no password yet"
        seen = account.signed_in_at[:16].replace("T", " ") or "never"
        click.echo(f"{account.name:<{width}}  {account.role:<6}  {state}; signed in: {seen}")
    if not found:
        click.echo("Nobody can sign in yet. Type: kiosk center accounts add NAME --role admin")


@command.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@PASSWORD_FILE
@LINK
@click.pass_context
def add(ctx: click.Context, name: str, role: str, password_file: Path | None, link: bool) -> None:
    """Add the account NAME; its password is asked twice."""
    from kiosk.center import accounts, audit

    hashed = "" if link else _password(accounts.named(name), password_file)
    with changing(ctx) as change:
        account = accounts.add(change.connection, change.center, name, role, audit.COMMAND_LINE)
        change.note("account_added", account.name, role=role)
        said = _given(change, account, hashed)
    click.echo(f"{account.name} is added as {role}. {said}")


@command.command()
@click.argument("name")
@PASSWORD_FILE
@LINK
@click.pass_context
def password(ctx: click.Context, name: str, password_file: Path | None, link: bool) -> None:
    """Give NAME another password, or a link with which to set one."""
    from kiosk.center import accounts

    with opened(ctx).store.read() as connection:
        account = accounts.get(connection, name)
    hashed = "" if link else _password(account.name, password_file)
    with changing(ctx) as change:
        said = _given(change, account, hashed)
    click.echo(said)


@command.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@click.pass_context
def role(ctx: click.Context, name: str, role: str) -> None:
    """Give NAME another role, from their next page on."""
    from kiosk.center import accounts

    with changing(ctx) as change:
        account = accounts.change_role(change.connection, name, role)
        change.note("account_role", account.name, role=role)
    click.echo(f"{account.name} is {role} now.")


@command.command()
@click.argument("name")
@click.pass_context
def disable(ctx: click.Context, name: str) -> None:
    """Sign NAME out everywhere and let them in no more."""
    from kiosk.center import accounts

    with changing(ctx) as change:
        account = accounts.disable(change.connection, name)
        change.note("account_disabled", account.name)
    click.echo(f"{account.name} is signed out and can't sign in any more.")


@command.command()
@click.argument("name")
@click.pass_context
def enable(ctx: click.Context, name: str) -> None:
    """Let NAME sign in again, with the password they had."""
    from kiosk.center import accounts

    with changing(ctx) as change:
        account = accounts.enable(change.connection, name)
        change.note("account_enabled", account.name)
    click.echo(f"{account.name} can sign in again.")


def _given(change: Change, account: Account, hashed: str) -> str:
    """Set the password, or make a link for it; what to say."""
    from kiosk.center import accounts

    url = change.center.url
    if hashed:
        accounts.set_password(change.connection, account.name, hashed)
        change.note("password_set", account.name)
        told = "" if account.active else f" once it is enabled: kiosk center accounts enable {account.name}"
        return f"{account.name} signs in at {url}/staff{told}"
    token = accounts.link(change.connection, change.center, account.name)
    change.note("account_link", account.name)
    return (
        f"Give them this link; it sets the password once, within {accounts.LINK_HOURS} hours:\n"
        f"{url}/staff/password/{token}"
    )


def _password(name: str, file: Path | None) -> str:
    """The hash of the password that is typed twice, or stands in a file."""
    from kiosk.center import accounts, passwords

    if file is None:
        if not sys.stdin.isatty():
            raise CenterError(
                "there is no terminal to type a password at", "Give --password-file FILE, or --link."
            )
        typed: str = click.prompt(
            f"Password (at least {passwords.SHORTEST} characters)",
            hide_input=True,
            confirmation_prompt="Once more",
        )
        return accounts.password_of(name, typed)
    with click.open_file(str(file), encoding="utf-8") as handle:
        return accounts.password_of(name, handle.readline().rstrip("\r\n"))
