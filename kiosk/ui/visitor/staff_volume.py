"""How loud the chime and the spoken numbers of this machine are."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from kiosk.devices import volume
from kiosk.devices.volume import Volume
from kiosk.i18n.marks import N_
from kiosk.ui.visitor.staff_aside import aside
from kiosk.ui.visitor.staff_page import StaffPage
from kiosk.ui.widgets.heading import Heading
from kiosk.ui.widgets.target import Target
from kiosk.ui.widgets.words import Words

LEVELS = {
    Volume.OFF: N_("Off"),
    Volume.LOW: N_("Low"),
    Volume.MEDIUM: N_("Medium"),
    Volume.HIGH: N_("High"),
}
ABOUT = N_("For the chime and the spoken numbers of this machine.")
SILENT = N_("This machine has no program that plays sounds, so a display rings its bell instead.")


class VolumeScreen(StaffPage):
    """Four levels, of which one is chosen, and the chime to try them."""

    hint = N_("Touch how loud it should be, then Try it.")

    def __init__(self) -> None:
        super().__init__()
        self.told = ABOUT

    def body(self) -> ComposeResult:
        metrics = self.metrics
        chosen = volume.read(self.visitor.settings.data)
        yield Heading(self.tr("Volume"), metrics.heading if metrics.air else 0, id="heading")
        yield Words(self.tr(self.told), id="told-0", classes="-told")
        levels = [self._level(level, level is chosen) for level in LEVELS]
        half = 2 if metrics.small else len(levels)
        for first in range(0, len(levels), half):
            yield Horizontal(*self.sided(levels[first : first + half]), classes="-levels")
        trial = Target(self.tr("Try it"), "hear", sign="♪", id="hear", classes="-accent")
        done = Target(self.tr("Done"), "done", sign="✓", id="done")
        ways: list[Widget] = [done] if chosen is Volume.OFF else [done, trial]
        yield Horizontal(*self.sided(ways), id="ways")

    def _level(self, level: Volume, chosen: bool) -> Target:
        name = self.tr(LEVELS[level])
        sign, look = ("✓", "-chosen") if chosen else ("", "")
        return Target(
            name, "choose", level.name, sign=sign, id=level.name.lower(), classes=look, repeats=True
        )

    def press_choose(self, name: str) -> None:
        try:
            volume.store(self.visitor.settings.data, Volume[name])
        except OSError:
            self.told = N_("The volume could not be kept: the disk is full or may not be written.")
        else:
            self.told = ABOUT
        self.renew()

    def press_hear(self, value: str) -> None:
        self.run_worker(self._hear(), group="hear", exclusive=True)

    async def _hear(self) -> None:
        settings = self.visitor.settings
        level = volume.read(settings.data)

        def play() -> bool:
            from kiosk.devices import chime
            from kiosk.devices.speech import Child

            commands = chime.commands(settings.cache, level)
            return any(not Child().run(command, chime.LONGEST) for command in commands)

        try:
            heard = await aside(play)
        except OSError:
            heard = False
        if not heard:
            self.app.bell()
        self.told = ABOUT if heard else SILENT
        self.renew()

    def press_done(self, value: str) -> None:
        self.back_to(2)
