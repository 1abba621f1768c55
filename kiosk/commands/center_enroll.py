"""`kiosk center enroll`: a code with which one machine becomes a device of a site."""

from __future__ import annotations

import click

from kiosk.commands.center import changing


@click.command("enroll")
@click.argument("site")
@click.argument("name")
@click.option("--title", default="", help="The site's name for people: City Hall.")
@click.option("--replaces", default="", metavar="DEVICE", help="The id of the device whose place it takes.")
@click.option(
    "--hours",
    default=24,
    show_default=True,
    type=click.IntRange(1, 24 * 14),
    help="How long the code can be used.",
)
@click.pass_context
def command(ctx: click.Context, site: str, name: str, title: str, replaces: str, hours: int) -> None:
    """Make a code for one machine NAME ("Lobby 1") of a SITE (city-hall); a new site is made.

    Machines of one site share its queue. The code is for one use. A device that is replaced is not believed
    any more as soon as the new one is enrolled, which goes on with its ticket numbers.
    """
    from kiosk.center.enrolment import make_code

    with changing(ctx) as change:
        code = make_code(change.connection, change.center, site, name, title, replaces, hours)
        change.note("enrolment_code", site, name=name)
    click.echo(f"Code: {code}   (one use, within {hours} h)")
    click.echo(f"On the machine, type:\n\n    kiosk enroll {change.center.url} {code}\n")
