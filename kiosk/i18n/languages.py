"""The languages a kiosk can offer, each named in its own script."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.errors import LocaleError


@dataclass(frozen=True, slots=True)
class Language:
    """`code` names the folder below locales/; `name` is what its button says, `english` what staff read.

    `dense` scripts need one more row to be drawn legibly in few pixels. `shaped` is a right-to-left name
    as it stands in the cells, so that the first screen needs no shaping library.
    """

    code: str
    name: str
    english: str
    rtl: bool = False
    dense: bool = False
    shaped: str = ""


SOURCE = "en"
"""The language messages and catalogue are written in; it needs no translation."""

LANGUAGES = {
    language.code: language
    for language in (
        Language(SOURCE, "English", "English"),
        Language("es", "Español", "Spanish"),
        Language("vi", "Tiếng Việt", "Vietnamese"),
        Language("zh_Hans", "中文", "Chinese (Simplified)", dense=True),
        Language(
            "ar",
            "العربية",
            "Arabic",
            rtl=True,
            dense=True,
            shaped="\ufe94\ufef4\ufe91\ufeae\ufecc\ufedf\ufe8d",
        ),
    )
}
TRANSLATED = tuple(code for code in LANGUAGES if code != SOURCE)


def find(code: str) -> Language:
    """The language of a code; LocaleError lists the known ones."""
    if code not in LANGUAGES:
        known = ", ".join(f"{language.code} ({language.english})" for language in LANGUAGES.values())
        raise LocaleError(
            f"unknown language '{code}'", f"Known languages: {known}. Set `languages` in kiosk.toml."
        )
    return LANGUAGES[code]
