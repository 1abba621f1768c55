"""A stylesheet that parses a source once, however often screens come and go."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class SteadyStylesheet(Stylesheet):
    """Parse again only when the variables have changed: with the theme.

    Textual 8.2.8 parses every source anew at each mode's first screen; that costs more than the screen.
    """

    _changed = False

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self._variables:
            self._changed = True
            super().set_variables(variables)

    def reparse(self) -> None:
        # What was only added is parsed when the rules are next asked for, the rest is kept.
        if self._changed:
            self._changed = False
            super().reparse()
