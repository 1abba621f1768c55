"""Catalogue versions: what is in force, publishing another one, going back."""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from starlette.datastructures import UploadFile

from kiosk.center import publishing
from kiosk.center.publishing import Checked
from kiosk.center.web.staff_access import Page, Sent, StaffRoute, needs, posts
from kiosk.errors import CatalogError, CenterError, LocaleError
from kiosk.sync import bundle

router = APIRouter(route_class=StaffRoute, include_in_schema=False)

PATH = "/staff/catalog"
LONGEST_NOTE = 200
MOST_FILES = 2000
_PART = re.compile(r"services\.yaml|locales/[^/]+/LC_MESSAGES/(services|kiosk)\.po")


@router.get(PATH)
def versions(page: Annotated[Page, Depends(needs("editor"))]) -> Response:
    """What was published so far."""
    return _versions(page)


@router.post(PATH)
def publish(sent: Annotated[Sent, Depends(posts("editor"))]) -> Response:
    """Check a catalogue that was sent as ZIP, and publish it unless it was only to be checked."""
    page, upload = sent.page, sent.file("bundle")
    if upload is None:
        return _versions(page, 400, problems=["Choose a ZIP file first."])
    try:
        checked = _checked(upload)
    except (CatalogError, LocaleError) as problem:
        lines = getattr(problem, "problems", ()) or (problem.what,)
        return _versions(page, 400, problems=list(lines))
    warnings = list(checked.warnings)
    if sent["only_check"]:
        return _versions(page, warnings=warnings, said="It can be published. Nothing was changed.")
    note = " ".join(sent["note"].split())[:LONGEST_NOTE]
    made = publishing.publish(page.center, checked, note, page.account.name)
    said = f"Version {made.version} is published. Kiosks take it within some minutes."
    return _versions(page, warnings=warnings, said=said)


@router.post(f"{PATH}/rollback")
def rollback(sent: Annotated[Sent, Depends(posts("editor"))]) -> Response:
    """Publish an earlier version once more."""
    version = sent["version"]
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise CenterError(f"there is no version {version[:20]!r}", "Choose one of the list.")
    publishing.rollback(sent.page.center, int(version), sent.page.account.name)
    return sent.page.go(PATH, "rolled_back")


def _versions(
    page: Page,
    status: int = 200,
    problems: list[str] | None = None,
    warnings: list[str] | None = None,
    said: str = "",
) -> Response:
    return page.show(
        "catalog.html",
        status,
        versions=publishing.history(page.center),
        problems=problems or [],
        warnings=warnings or [],
        said=said,
    )


def _checked(upload: UploadFile) -> Checked:
    """Look at what a ZIP holds as `kiosk center publish` looks at a folder."""
    with tempfile.TemporaryDirectory(prefix="kiosk-center-") as name:
        folder = Path(name)
        for path, content in _files(upload).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        (folder / "locales").mkdir(exist_ok=True)
        try:
            found = publishing.check(folder / bundle.SERVICES, folder / "locales")
        except CatalogError as problem:
            lines = tuple(line.replace(f"{folder}/", "") for line in problem.problems or (problem.what,))
            raise CatalogError(problem.what.replace(f"{folder}/", ""), problem.next_step, lines) from problem
    warnings = tuple(line.replace(f"{folder}/", "") for line in found.warnings)
    return found._replace(warnings=warnings)


def _files(upload: UploadFile) -> dict[str, bytes]:
    """What of a ZIP is part of a catalogue; folders and other files in it are passed over."""
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(upload.file) as archive:
            for member in archive.infolist()[:MOST_FILES]:
                if _PART.fullmatch(member.filename):
                    # Whatever size the archive's directory tells, no more than this is unpacked.
                    with archive.open(member) as stream:
                        files[member.filename] = stream.read(bundle.LARGEST + 1)
                    if sum(map(len, files.values())) > bundle.LARGEST_WHOLE:
                        break
    # The library has no one error for what is no archive, or a packed or encrypted one that it can't read.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as wrong:
        raise CatalogError(f"the file is no ZIP archive that can be read ({wrong})") from wrong
    # Refuses what kiosks would refuse: names of languages, sizes, a missing services.yaml.
    bundle.pack(files)
    return files
