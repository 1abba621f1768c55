"""Finds translations that would show wrongly: placeholders, stray characters, plural forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from gettext import c2py
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.i18n.compiling import is_translated, read_po
from kiosk.i18n.messages import find_locales, names, po_path
from kiosk.i18n.script import clean

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog


def problems(code: str, domain: str, locales: Path | None = None) -> list[str]:
    """Every fault of a language's file as `path:line: what`; LocaleError if it can't be read at all."""
    po = po_path(locales or find_locales(), code, domain)
    catalog = read_po(po, code)
    found = []
    for message in catalog:
        if message.id and is_translated(message):
            found += [
                f"{po}:{message.lineno}: {fault}"
                for fault in faults(catalog, message.id, message.string or "")
            ]
    return found


def faults(catalog: Catalog, english: str | Sequence[str], text: str | Sequence[str]) -> list[str]:
    """What is wrong with one translation; the catalogue tells the language's plural forms."""
    originals = (english,) if isinstance(english, str) else tuple(english)
    forms = (text,) if isinstance(text, str) else tuple(text)
    needed = 1 if len(originals) == 1 else catalog.num_plurals
    if len(forms) != needed:
        return [f"'{originals[0]}' has {len(forms)} forms; {catalog.locale} needs {needed}"]
    numberless = _single_number_forms(catalog) if needed > 1 else frozenset()
    found = []
    for index, form in enumerate(forms):
        found += _placeholder_faults(originals, form, may_omit_n=index in numberless)
        found += _character_faults(originals[0], form)
    return found


def _single_number_forms(catalog: Catalog) -> frozenset[int]:
    """Plural forms that stand for one number only ("a ticket"), which may leave the number out."""
    select = c2py(catalog.plural_expr)
    used = Counter(select(n) for n in range(1000))
    return frozenset(index for index, times in used.items() if times == 1)


def _placeholder_faults(originals: tuple[str, ...], text: str, may_omit_n: bool) -> list[str]:
    known = [names(original) for original in originals]
    if None in known:
        return []  # literal braces: a text that is never formatted
    expected = frozenset[str]().union(*(found for found in known if found))
    found = names(text)
    if found is None:
        return [f"'{text}' has a brace too many or too few; write placeholders as {_list(expected)}"]
    if found == expected or (may_omit_n and found | {"n"} == expected):
        return []
    return [f"'{text}' has placeholders {_list(found)}; the English text has {_list(expected)}"]


def _list(placeholders: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(placeholders)) or "none"


def _character_faults(english: str, text: str) -> list[str]:
    found = []
    if clean(text) != text:
        found.append(f"{text!a} has control or direction characters, or is not in Unicode form NFC")
    if _edges(text) != _edges(english):
        found.append(f"'{text}' begins or ends with other spaces than '{english}'")
    if text.count("\n") != english.count("\n"):
        found.append(f"'{text}' has other line breaks than '{english}'")
    return found


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
