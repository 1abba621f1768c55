"""Exports for people to work with; what was taken, and by whom, stands in the audit log first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Annotated, BinaryIO, cast

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from kiosk.center import audit, exporting
from kiosk.center.export_tables import NAMES, Wanted
from kiosk.center.exporting import ALL
from kiosk.center.web.staff_access import Page, Sent, StaffRoute, needs, posts
from kiosk.center.web.staff_asked import asked
from kiosk.errors import CenterError

router = APIRouter(route_class=StaffRoute, include_in_schema=False)

PATH = "/staff/exports"
LATEST = 20
"""Earlier exports that the page lists."""
IN_MEMORY = 4 << 20
_CHUNK = 1 << 16


@router.get(PATH)
def exports(page: Annotated[Page, Depends(needs("staff"))]) -> Response:
    """What can be exported, and who did."""
    with page.center.store.read() as connection:
        of = asked(connection, page.center.clock, page.asked("from"), page.asked("to"), page.asked("site"))
        earlier = audit.entries(connection, action="exported", limit=LATEST)
    return page.show("exports.html", of=of, earlier=earlier)


@router.post(PATH)
def export(sent: Annotated[Sent, Depends(posts("staff"))]) -> Response:
    """Write it, note who takes it, then hand it over."""
    page, what = sent.page, sent["what"]
    if what not in (*NAMES, ALL):
        raise CenterError("it was not said what to export", "Go back and choose one of the buttons.")
    # Closed when it was sent.
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
    with page.center.store.read() as connection:
        of = asked(connection, page.center.clock, sent["from"], sent["to"], sent["site"])
        wanted = Wanted(connection, page.center, of.period, of.homes)
        rows = exporting.write(wanted, what, file)
    with page.center.store.begin() as connection:
        audit.note(
            connection,
            page.center,
            page.account.name,
            "exported",
            what,
            period=str(of.period),
            sites=of.site or "all",
            format="zip" if what == ALL else "csv",
            rows=rows,
        )
    place = f"_{of.site}" if of.site else ""
    name = f"{'survey' if what == 'all' else what}{place}_{of.period.first}_{of.period.last}"
    kind, suffix = ("application/zip", "zip") if what == ALL else ("text/csv; charset=utf-8", "csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{suffix}"'}
    return StreamingResponse(_sent(file), media_type=kind, headers=headers)


def _sent(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
