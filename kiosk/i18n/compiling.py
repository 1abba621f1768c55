"""Turns .po files into the .mo files the kiosk reads; only this and the translators' tools need Babel."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import LocaleError

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

REVIEW_PENDING = "review: pending"
"""Translator comment on entries no native speaker has read."""
PENDING_KEY = ("kiosk", "review pending")
"""Context and id of the .mo entry that lists what is pending: gettext drops comments, visitors are told."""


def read_po(po: Path, code: str) -> Catalog:
    """Parse a .po file; LocaleError names file and line."""
    from babel.messages.pofile import PoFileError
    from babel.messages.pofile import read_po as parse

    try:
        with po.open("rb") as stream:
            return parse(stream, locale=code, abort_invalid=True)
    except PoFileError as problem:
        what = str(problem).rpartition(" on ")[0]  # Babel counts lines from 0
        raise LocaleError(f"{po}:{problem.lineno + 1}: {what}", "Mend that entry.") from problem
    except (ValueError, LookupError, OSError) as problem:  # Babel lets some malformed lines through as these
        raise LocaleError(
            f"{po}: can't be read: {problem}", "Mend the file; `msgfmt --check` may tell where."
        ) from problem


def is_pending(message: Message) -> bool:
    """Whether an entry waits for a native speaker."""
    return REVIEW_PENDING in message.user_comments


def is_translated(message: Message) -> bool:
    """Whether an entry has all its forms and is in force."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(forms) and all(forms) and not message.fuzzy


def mo_bytes(po: Path, code: str) -> bytes:
    """Compile one file; the same .po gives the same bytes.

    The owners (the part of a context before the first dot) of entries pending review are kept in one
    entry of their own, PENDING_KEY.
    """
    from babel.messages.mofile import write_mo

    catalog = read_po(po, code)
    owners = {
        m.context.partition(".")[0] for m in catalog if m.context and is_pending(m) and is_translated(m)
    }
    for message in list(catalog):
        if message.id and not is_translated(message):
            catalog.delete(
                message.id, context=message.context
            )  # a half-translated plural would mix languages
    if owners:
        context, msgid = PENDING_KEY
        catalog.add(msgid, " ".join(sorted(owners)), context=context)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def replace_file(target: Path, content: bytes, mtime_ns: int | None = None) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        if mtime_ns is not None:
            os.utime(name, ns=(mtime_ns, mtime_ns))
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
