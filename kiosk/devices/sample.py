"""The slip that tries the printer out: every language of the settings, and a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.devices.slip import PARTED, Block, Code, Line, Slip, Space

if TYPE_CHECKING:
    from kiosk.settings import Settings

CODE = "A123"
NUMBER = "918-596-2100"
LINK = "https://example.org/"


def sample_slip(settings: Settings) -> Slip:
    """A slip in all languages of the settings, with what goes wrong first: joined letters, marks, order."""
    from kiosk.i18n import languages
    from kiosk.i18n.messages import load

    blocks: list[Block] = [
        Line("kiosk printer test", bold=True, align="center"),
        Line(f"{settings.printer.kind} · {settings.printer.paper} mm", "small", align="center"),
        Space(1),
        Line(CODE, "huge", bold=True, align="center"),
    ]
    for language in map(languages.find, settings.languages):
        tr = load(language.code).tr
        sample = [
            Line(language.name, bold=True, rtl=language.rtl),
            Line(tr("What do you need today?"), rtl=language.rtl),
            Line(tr("{number} · {note}", number=NUMBER, note=CODE), "small", rtl=language.rtl),
        ]
        blocks += [*PARTED, *sample]
    return Slip((*blocks, *PARTED, Code(LINK)))
