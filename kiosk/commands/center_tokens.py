"""`kiosk center tokens`: with what other programs of the city read scores, funnels and waits."""

from __future__ import annotations

import click

from kiosk.commands.center import changing, opened

# As kiosk.center.tokens has them, which is not imported for --help.
SCOPES = ("scores", "funnels", "waits")


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Tokens for /api/v1/figures; without a command: the list."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """All tokens that were ever made; the tokens themselves are shown to nobody."""
    from kiosk.center import tokens

    with opened(ctx).store.read() as connection:
        found = tokens.listed(connection)
    for token in found:
        state = f"revoked {token.revoked_at[:10]}" if token.revoked_at else "in use"
        used = token.last_used_day or "never"
        scopes = " ".join(token.scopes)
        click.echo(f"{token.number:>4}  {token.name}  ({scopes})  {state}; used last: {used}")
    if not found:
        click.echo("There are no tokens. Type: kiosk center tokens add NAME --scope scores")


@command.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=SCOPES,
    show_default=True,
    help="What it may read; several times for several.",
)
@click.pass_context
def add(ctx: click.Context, name: str, scopes: tuple[str, ...]) -> None:
    """Make a token; NAME says who will use it, such as "Open data"."""
    from kiosk.center import audit, tokens

    with changing(ctx) as change:
        token = tokens.make(change.connection, change.center, name, scopes, audit.COMMAND_LINE)
        change.note("token_made", name.strip(), scopes=" ".join(scopes))
    click.echo(token)
    click.echo("Keep it now: it is not shown again. Send it as: Authorization: Bearer TOKEN", err=True)


@command.command()
@click.argument("number", type=click.IntRange(1, 10**9))
@click.pass_context
def revoke(ctx: click.Context, number: int) -> None:
    """End the token NUMBER of the list at once."""
    from kiosk.center import tokens

    with changing(ctx) as change:
        token = tokens.revoke(change.connection, change.center, number)
        change.note("token_revoked", token.name, number=number)
    click.echo(f"The token {number} ({token.name}) is worth nothing any more.")
