"""`kiosk center import`: batches that somebody carried here on a stick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.commands.center import opened

if TYPE_CHECKING:
    from kiosk.center.importing import Imported
    from kiosk.sync.receipt import Receipt


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--receipts",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Where receipts go.  [default: beside each batch]",
)
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], receipts: Path | None) -> None:
    """Take what kiosks exported: batches, the folders of a day with one in them, or ZIP archives of such.

    What came already, by network or by stick, counts once. Beside each batch its receipt is written; carry
    the stick back, so that the kiosk knows what has arrived. Ends with 1 when anything was refused.
    """
    from kiosk.center import importing

    center = opened(ctx)
    refused = False
    for place in files:
        count = 0
        for batch in importing.found(place):
            done = importing.take(center, batch, receipts)
            click.echo("\n".join(_lines(done)), err=done.receipt is None)
            refused |= done.receipt is None
            count += 1
        if not count:
            click.echo(
                f"{place}: no batch is in it. A kiosk's export holds a file *.batch or *.sealed", err=True
            )
            refused = True
    if refused:
        ctx.exit(1)


def _lines(done: Imported) -> Iterator[str]:
    if done.receipt is None:
        yield f"{done.name}: refused: {done.problem}"
        return
    yield f"{done.name}: {_taken(done.receipt)}"
    if done.receipt.rejected:
        listed = ", ".join(f"{each.seq} ({each.code})" for each in done.receipt.rejected[:10])
        more = " ..." if len(done.receipt.rejected) > 10 else ""
        yield f"  In quarantine, and counted nowhere: event {listed}{more}"
    if done.receipt.forked:
        yield (
            f"  From event {done.receipt.forked.first} on this machine has another past than the one that is "
            "here already: a copy of its disk, or a backup that was put back."
        )
        yield f"  Nothing is lost: it is kept as {done.receipt.forked.chain}."
    if done.file is None:
        yield "  Its receipt could not be written beside it; give another folder with --receipts DIR."


def _taken(receipt: Receipt) -> str:
    count = receipt.last - receipt.first + 1
    if receipt.duplicate == count:
        return f"already here: {count}, added 0"
    already = f", {receipt.duplicate} already here" if receipt.duplicate else ""
    return f"{count} event{'' if count == 1 else 's'}, {receipt.accepted} new{already}"
