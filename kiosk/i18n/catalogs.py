"""For translators: what is missing, and .po files brought up to date with the sources.

python -m kiosk.i18n.catalogs update DOMAIN [LANG]          sources -> locales/*/LC_MESSAGES/DOMAIN.po
python -m kiosk.i18n.catalogs template DOMAIN [LANG]        {key: english} as JSON; LANG: only what it lacks
python -m kiosk.i18n.catalogs fill LANG DOMAIN FILE.json    drafts into the .po, marked `review: pending`

A key is the English text, after `context U+0004` where there is a context; plurals are lists.
"""

from __future__ import annotations

import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import KioskError, LocaleError
from kiosk.i18n import languages
from kiosk.i18n.checks import faults
from kiosk.i18n.compiling import REVIEW_PENDING, is_pending, is_translated, read_po, replace_file
from kiosk.i18n.languages import SOURCE, TRANSLATED
from kiosk.i18n.messages import DOMAINS, PACKAGE, find_locales, po_path

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

WIDTH = 100
"""Columns of a line in a .po file."""
UNSTABLE_HEADER = re.compile(
    r'^"(POT-Creation-Date|Generated-By): .*\n|^".*(YEAR-MO-DA|EMAIL@ADDRESS|LL@li\.org).*\n', re.MULTILINE
)
"""Header lines that change without the content changing, or that say nothing."""

Pair = tuple[str, str]
"""Context ("" where there is none) and English text, of a plural the singular."""


@dataclass(frozen=True)
class Completeness:
    """How far a language is. `stale` stands in the file but is no longer said anywhere."""

    code: str
    domain: str
    wanted: int
    missing: tuple[Pair, ...] = ()
    stale: tuple[Pair, ...] = ()
    pending: tuple[Pair, ...] = ()

    @property
    def translated(self) -> int:
        return self.wanted - len(self.missing)

    @property
    def percent(self) -> int:
        """Rounded down: 100 means nothing is missing."""
        return 100 * self.translated // self.wanted if self.wanted else 100


@dataclass
class Filled:
    """What became of draft translations: put in, left alone because reviewed, refused with the reason."""

    filled: int = 0
    kept: int = 0
    refused: list[str] = field(default_factory=list)


def wanted(domain: str, locales: Path | None = None, root: Path | None = None) -> list[Pair]:
    """Every message the sources say."""
    return [_pair(message) for message in extract(domain, locales, root) if message.id]


def completeness(code: str, domain: str, wanted: Iterable[Pair], locales: Path | None = None) -> Completeness:
    """Compare a language's file with what is wanted. A missing file lacks everything."""
    needed = dict.fromkeys(wanted)
    po = po_path(locales or find_locales(), code, domain)
    if code == SOURCE:
        return Completeness(code, domain, len(needed))
    if not po.is_file():
        return Completeness(code, domain, len(needed), missing=tuple(needed))
    entries = {_pair(message): message for message in read_po(po, code) if message.id}
    done = {pair for pair, message in entries.items() if is_translated(message)}
    return Completeness(
        code,
        domain,
        len(needed),
        missing=tuple(pair for pair in needed if pair not in done),
        stale=tuple(pair for pair in entries if pair not in needed),
        pending=tuple(pair for pair in needed if pair in done and is_pending(entries[pair])),
    )


def extract(domain: str, locales: Path | None = None, root: Path | None = None) -> Catalog:
    """The template of a domain, from the sources named in locales/DOMAIN.cfg, in their order."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir
    from babel.messages.frontend import parse_mapping_cfg

    mapping = (locales or find_locales()) / f"{domain}.cfg"
    if domain not in DOMAINS or not mapping.is_file():
        raise LocaleError(f"{mapping}: no such domain", f"Domains: {', '.join(DOMAINS)}.")
    with mapping.open(encoding="utf-8") as stream:
        methods, options = parse_mapping_cfg(stream, str(mapping))  # type: ignore[no-untyped-call]
    folder = root or PACKAGE.parent
    tops = {pattern.partition("/")[0] for pattern, _ in methods}

    def worth_reading(directory: str) -> bool:
        parts = Path(directory).relative_to(folder).parts
        return parts[0] in tops and not parts[-1].startswith((".", "_"))

    template = Catalog()
    found = extract_from_dir(
        folder, methods, options, keywords={}, strip_comment_tags=True, directory_filter=worth_reading
    )
    for filename, _, message, comments, context in found:
        template.add(message, locations=[(filename, 1)], auto_comments=comments, context=context)
    return template


def update(
    domain: str,
    codes: Sequence[str] = TRANSLATED,
    locales: Path | None = None,
    root: Path | None = None,
) -> list[Path]:
    """Bring the .po files up to date with the sources; returns those that changed.

    Translations, comments and review marks stay. A text nobody says any more moves to the end of the
    file, and comes back from there; a changed English text is a new one, never guessed at (fuzzy).
    """
    folder = locales or find_locales()
    template = extract(domain, folder, root)
    changed = []
    for code in codes:
        po = po_path(folder, code, domain)
        if _write(po, _merged(po, code, template), domain):
            changed.append(po)
    return changed


def fill(
    code: str,
    domain: str,
    translations: Mapping[str, str | Sequence[str]],
    locales: Path | None = None,
    root: Path | None = None,
) -> Filled:
    """Put draft translations into a language's file, each marked `review: pending`.

    What a native speaker has reviewed is left alone; what would show wrongly is refused.
    """
    folder = locales or find_locales()
    po = po_path(folder, code, domain)
    catalog = _merged(po, code, extract(domain, folder, root))
    entries = {_key(message): message for message in catalog if message.id}
    result = Filled()
    for key, draft in translations.items():
        _fill_one(catalog, entries.get(key), key, draft, result)
    _write(po, catalog, domain)
    return result


def _fill_one(
    catalog: Catalog, message: Message | None, key: str, draft: str | Sequence[str], result: Filled
) -> None:
    text = _normalized(draft)
    if message is None:
        result.refused.append(f"{key!r} is not a message of the sources")
    elif is_translated(message) and not is_pending(message):
        result.kept += 1
    elif not all((text,) if isinstance(text, str) else text):
        result.refused.append(f"{key!r} has an empty translation")
    elif wrong := faults(catalog, message.id, text):
        result.refused += wrong
    else:
        message.string = text
        message.flags.discard("fuzzy")
        if not is_pending(message):
            message.user_comments.append(REVIEW_PENDING)
        result.filled += 1


def _normalized(draft: str | Sequence[str]) -> str | tuple[str, ...]:
    if isinstance(draft, str):
        return unicodedata.normalize("NFC", draft)
    return tuple(unicodedata.normalize("NFC", str(form)) for form in draft)


def _merged(po: Path, code: str, template: Catalog) -> Catalog:
    """The language's file with exactly the template's messages, in the template's order."""
    from babel.messages.catalog import Catalog

    language = languages.find(code)
    if po.is_file():
        catalog = read_po(po, code)
    else:
        header = (
            f"# {language.english}.\n"
            f'# "{REVIEW_PENDING}" marks entries no native speaker has read; whoever does deletes that line.'
        )
        catalog = Catalog(
            code,
            po.stem,
            header_comment=header,
            project="cityhall-kiosk",
            version=po.stem,
            charset="utf-8",
            fuzzy=False,
        )
    for key, message in list(catalog.obsolete.items()):
        if template.get(message.id, message.context) is not None:
            catalog[message.id] = catalog.obsolete.pop(key)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    for key, message in list(catalog.obsolete.items()):
        if not is_translated(message):
            del catalog.obsolete[key]
    return catalog


def _write(po: Path, catalog: Catalog, domain: str) -> bool:
    """Write the file if that changes it. The same messages give the same bytes, whenever and wherever."""
    from babel.messages.pofile import write_po

    for message in catalog:
        message.flags -= {"python-format"}  # a percent sign is a percent sign
    buffer = io.BytesIO()
    # A message of the interface says in which file it stands; one of the catalogue has its context.
    write_po(buffer, catalog, width=WIDTH, no_location=domain == "services", include_lineno=False)
    header, _, entries = buffer.getvalue().decode("utf-8").partition("\n\n")
    content = UNSTABLE_HEADER.sub("", header + "\n") + f"\n{entries}".rstrip("\n") + "\n"
    if po.is_file() and po.read_text(encoding="utf-8") == content:
        return False
    po.parent.mkdir(parents=True, exist_ok=True)
    replace_file(po, content.encode("utf-8"))
    return True


def _pair(message: Message) -> Pair:
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def _key(message: Message) -> str:
    context, english = _pair(message)
    return f"{context}\x04{english}" if context else english


def _template_json(domain: str, code: str | None) -> str:
    messages = [message for message in extract(domain) if message.id]
    if code:
        lacking = set(completeness(languages.find(code).code, domain, map(_pair, messages)).missing)
        messages = [message for message in messages if _pair(message) in lacking]
    return json.dumps({_key(message): message.id for message in messages}, ensure_ascii=False, indent=1)


def _read_drafts(file: Path) -> dict[str, str | list[str]]:
    try:
        drafts = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise LocaleError(f"{file}: {problem}", "Give a JSON object as `template` prints it.") from problem
    if not isinstance(drafts, dict):
        raise LocaleError(f"{file}: not a JSON object", "Give one as `template` prints it.")
    return drafts


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands of the module's first lines; 0 is success."""
    match arguments:
        case ["update", domain, *code] if len(code) <= 1:
            for po in update(domain, tuple(code) or TRANSLATED):
                print(f"{po}: updated")
        case ["template", domain, *code] if len(code) <= 1:
            print(_template_json(domain, code[0] if code else None))
        case ["fill", code, domain, file]:
            result = fill(code, domain, _read_drafts(Path(file)))
            print(f"{code} {domain}: {result.filled} filled, {result.kept} reviewed ones kept")
            for reason in result.refused:
                print(f"refused: {reason}", file=sys.stderr)
            return 1 if result.refused else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KioskError as problem:
        sys.exit(f"{problem}")
