"""What the kiosk says: gettext messages of interface and catalogue, English where one is missing."""

from __future__ import annotations

import io
import string
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from struct import error as StructError

from kiosk.errors import LocaleError
from kiosk.i18n import languages
from kiosk.i18n.compiling import PENDING_KEY, mo_bytes, replace_file
from kiosk.i18n.languages import SOURCE, Language

PACKAGE = Path(__file__).parents[1]
PACKAGED = PACKAGE / "data" / "locales"
DOMAINS = ("kiosk", "services")


class Messages:
    """The messages of one language.

    `problem` is set when the catalogue's texts could not be read and English stands in for them.
    """

    def __init__(
        self, language: Language, locales: Path, interface: NullTranslations, base: Path | None = None
    ) -> None:
        self.language = language
        self.problem: LocaleError | None = None
        self._folders = [locales, base] if base else [locales]
        self._interface = interface

    def tr(self, msgid: str, **values: object) -> str:
        """The message in this language, `{name}` filled from values; without values braces stay."""
        if not msgid:
            return ""
        text = self._interface.gettext(msgid)
        if not values:
            return text
        return _fill(text, values, names(msgid)) or msgid.format(**values)

    def trn(self, one: str, many: str, n: int, **values: object) -> str:
        """The form of the message that n needs; `{n}` is filled too."""
        values = {"n": n, **values}
        text = self._interface.ngettext(one, many, n)
        return _fill(text, values) or (one if n == 1 else many).format(**values)

    def city(self, name: str, practice: bool) -> str:
        """The city's name as it heads screens and slips; where it is practice, it says so."""
        return self.tr("{city} · Practice", city=name) if practice else name

    def service_text(self, context: str, english: str) -> str:
        """A text of the catalogue; context is `service.field`. A changed English text stays English."""
        return self._services.pgettext(context, english) if english else ""

    def pending(self, owner: str) -> bool:
        """Whether any text of a service (or of another part of the catalogue) waits for a native speaker."""
        return owner in self._pending

    @cached_property
    def _services(self) -> NullTranslations:
        if self.language.code == SOURCE:
            return NullTranslations()
        try:
            return _layered(self.language.code, "services", self._folders)
        except LocaleError as problem:
            # A visitor may be reading: English now, and staff see `problem`.
            self.problem = problem
            return NullTranslations()

    @cached_property
    def _pending(self) -> frozenset[str]:
        context, msgid = PENDING_KEY
        found = self._services.pgettext(context, msgid)
        return frozenset() if found == msgid else frozenset(found.split())


@lru_cache(maxsize=2048)
def names(text: str) -> frozenset[str] | None:
    """Placeholder names of a str.format text; None when it can't be parsed.

    An attribute or index is part of the name, so that `{n.x}` differs from `{n}`.
    """
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        return None
    if any(spec and "{" in spec for _, _, spec, _ in parsed):
        return None
    return frozenset(name for _, name, _, _ in parsed if name is not None)


def _fill(text: str, values: Mapping[str, object], required: frozenset[str] | None = None) -> str | None:
    """The text with its values, or None if its placeholders are not the ones that are known."""
    wanted = names(text)
    if wanted is None or not wanted <= values.keys() or (required is not None and wanted != required):
        return None
    try:
        return text.format(**values)
    except (ValueError, TypeError):  # a format specification that doesn't suit the value
        return None


def find_locales() -> Path:
    """The checkout's locales/ beside the package, else the copy inside the installed package."""
    checkout = PACKAGE.parent / "locales"
    return checkout if (checkout / "kiosk.cfg").is_file() else PACKAGED


def published_locales(services: Path) -> Path | None:
    """The translations that a center published together with a services.yaml."""
    folder = services.resolve().parent / "locales"
    return folder if folder.is_dir() else None


def load(code: str, locales: Path | None = None, base: Path | None = None) -> Messages:
    """The messages of a language, compiled first where the .po is newer.

    What `locales` does not say, or has no file for, is taken from the folder `base`, where one is given.
    Raises LocaleError for an unknown language and for missing or unreadable files of either domain.
    """
    language = languages.find(code)
    folder = locales or find_locales()
    if code == SOURCE:
        return Messages(language, folder, NullTranslations())
    folders = [folder, base] if base else [folder]
    for domain in DOMAINS:
        if not _having(folders, code, domain):
            raise _missing(folder, code, domain)
    return Messages(language, folder, _layered(code, "kiosk", folders), base)


def usable(
    codes: Iterable[str], locales: Path | None = None
) -> tuple[dict[str, Messages], tuple[LocaleError, ...]]:
    """Messages of every language that can be offered, in order, and why the others can't; never empty."""
    found: dict[str, Messages] = {}
    problems: list[LocaleError] = []
    for code in codes:
        try:
            found[code] = load(code, locales)
        except LocaleError as problem:
            problems.append(problem)
    return found or {SOURCE: load(SOURCE, locales)}, tuple(problems)


def po_path(locales: Path, code: str, domain: str) -> Path:
    """Where the translations of a domain into a language are kept."""
    return locales / code / "LC_MESSAGES" / f"{domain}.po"


def _having(folders: Sequence[Path], code: str, domain: str) -> list[Path]:
    """Those of some folders that have a language's file."""
    files = [(folder, po_path(folder, code, domain)) for folder in folders]
    return [folder for folder, po in files if po.is_file() or po.with_suffix(".mo").is_file()]


def _layered(code: str, domain: str, folders: Sequence[Path]) -> GNUTranslations:
    """What the first folder says, then the next; the first must exist where no other has the file."""
    first, *others = _having(folders, code, domain) or folders[:1]
    found = _translations(code, domain, first)
    for folder in others:
        found.add_fallback(_translations(code, domain, folder))
    return found


def _missing(locales: Path, code: str, domain: str) -> LocaleError:
    return LocaleError(
        f"{po_path(locales, code, domain)}: missing, so {languages.find(code).english} can't be shown",
        f"Run `python -m kiosk.i18n.catalogs update {domain}` in a checkout and translate it, install "
        f"the kiosk again, or take '{code}' out of `languages` in kiosk.toml.",
    )


def _translations(code: str, domain: str, locales: Path) -> GNUTranslations:
    po = po_path(locales, code, domain)
    mo = po.with_suffix(".mo")
    if not _stale(po, mo, locales):
        try:
            with mo.open("rb") as stream:
                return GNUTranslations(stream)
        except (OSError, ValueError, StructError) as problem:
            if not po.is_file():
                raise LocaleError(f"{mo}: damaged: {problem}", "Install the kiosk again.") from problem
    return GNUTranslations(io.BytesIO(_compile(po, mo, code)))


def _stale(po: Path, mo: Path, locales: Path) -> bool:
    """Whether the .mo is not the one made from this .po.

    Both carry the same time then. An installation is whole as it is: installers set times of their own.
    """
    if not mo.is_file():
        return True
    return locales != PACKAGED and po.is_file() and po.stat().st_mtime_ns != mo.stat().st_mtime_ns


def _compile(po: Path, mo: Path, code: str) -> bytes:
    mtime_ns = po.stat().st_mtime_ns
    content = mo_bytes(po, code)
    with suppress(OSError):  # a folder that may not be written costs time at each start, nothing else
        replace_file(mo, content, mtime_ns)
    return content
