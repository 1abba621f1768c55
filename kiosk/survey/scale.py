"""The four answers to a statement, from the least agreement to the most."""

from __future__ import annotations

from kiosk.i18n.marks import N_

SCALE = (
    ("1", N_("Strongly disagree"), "●○○○"),
    ("2", N_("Disagree"), "●●○○"),
    ("3", N_("Agree"), "●●●○"),
    ("4", N_("Strongly agree"), "●●●●"),
)
"""Each as it is recorded, in words, and as dots."""
