"""A keyword put into the text of services.yaml: comments, order, quotes and every other line stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from kiosk.catalog.nodes import place_of
from kiosk.catalog.parse import parse
from kiosk.catalog.schema import CATALOG, LANGUAGES, SERVICE
from kiosk.errors import CatalogError

if TYPE_CHECKING:
    from kiosk.catalog.keyword import Keyword
    from kiosk.catalog.model import Catalog

BOM = b"\xef\xbb\xbf"


class Edited(NamedTuple):
    """The bytes of the new file, and the line that the keyword stands in."""

    data: bytes
    line: int


class _Dumps(NamedTuple):
    """What ruamel writes for a file before and after the edit, in lines without their ends."""

    before: list[str]
    after: list[str]


def with_keyword(data: bytes, catalog: Catalog, wanted: Keyword, file: str) -> Edited:
    """The bytes of a services.yaml with a keyword at the end of its list.

    `catalog` is what `parse` makes of `data`. Raises CatalogError when no text can be made that reads
    as this catalogue with the keyword, and with every comment.
    """
    text = data.decode("utf-8-sig")
    bom = BOM if data.startswith(BOM) else b""
    expected, remarks = _expected(catalog, wanted), _comments(text)
    for candidate in _candidates(text, catalog, wanted, file):
        new = bom + candidate.encode()
        parsed = parse(new, file)
        if not parsed.errors and parsed.catalog == expected and _comments(candidate) == remarks:
            phrases = parsed.catalog.by_id[wanted.service].keywords[wanted.language]
            return Edited(new, place_of(phrases[-1])[0])
    raise _by_hand(file, wanted, "what stands around it would change")


def _expected(catalog: Catalog, wanted: Keyword) -> Catalog:
    services = []
    for service in catalog.services:
        if service.id == wanted.service:
            phrases = (*service.keywords.get(wanted.language, ()), wanted.phrase)
            service = replace(service, keywords={**service.keywords, wanted.language: phrases})
        services.append(service)
    added = {wanted.phrase: wanted.reason} if wanted.reason else {}
    return replace(catalog, services=tuple(services), shared={**catalog.shared, **added})


def _candidates(text: str, catalog: Catalog, wanted: Keyword, file: str) -> Iterator[str]:
    """Texts to try, the most faithful to the file as written first."""
    dumps = _dumps(text, catalog, wanted, file)
    merged, clean = _merged(text, dumps)
    if clean:
        yield merged
    if wanted.language in catalog.by_id[wanted.service].keywords and not wanted.reason:
        # ruamel would write a list of several lines as one, and lose comments inside its brackets.
        yield _inserted(text, catalog, wanted)
    yield merged
    yield _ended(text, [line + _newline(text) for line in dumps.after])


# What ruamel makes of the file.


def _dumps(text: str, catalog: Catalog, wanted: Keyword, file: str) -> _Dumps:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10**6
    yaml.indent(mapping=2, sequence=4, offset=2)
    at = [service.id for service in catalog.services].index(wanted.service)
    try:
        document = yaml.load("\n".join(_bodies(_rows(text))))
        before = _dumped(yaml, document)
        _add(document, document["services"][at], wanted)
        return _Dumps(before, _dumped(yaml, document))
    except (YAMLError, ValueError) as wrong:
        # A ValueError is about what looks like a date and is none.
        raise _by_hand(file, wanted, str(wrong).partition("\n")[0]) from wrong


def _dumped(yaml: Any, document: Any) -> list[str]:
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue().removesuffix("\n").split("\n")


def _add(document: Any, service: Any, wanted: Keyword) -> None:
    """Put the keyword, and the reason why it is shared, into ruamel's document."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    phrase, language = _scalar(wanted.phrase), wanted.language
    lists = service.get("keywords")
    if lists and language in lists:
        phrases = lists[language]
        rest = _cut_rest(phrases, len(phrases) - 1)
        phrases.append(phrase)
        _hang(phrases, len(phrases) - 1, rest)
    else:
        new = CommentedSeq([phrase])
        if not (lists and next(iter(lists.values())).fa.flow_style() is False):
            new.fa.set_flow_style()
        if lists:
            _put(lists, language, new, LANGUAGES)
        else:
            _put(service, "keywords", CommentedMap({language: new}), tuple(SERVICE.kinds))
    if wanted.reason:
        _add_reason(document, phrase, _scalar(wanted.reason))


def _add_reason(document: Any, phrase: str, reason: str) -> None:
    from ruamel.yaml.comments import CommentedMap

    if document.get("shared"):
        _put(document["shared"], phrase, reason)
    elif "shared" in document:
        document["shared"] = CommentedMap({phrase: reason})
    else:
        _put(document, "shared", CommentedMap({phrase: reason}), tuple(CATALOG.kinds), air="\n")


def _put(group: Any, key: str, value: Any, order: tuple[str, ...] = (), air: str = "") -> None:
    """Set a new key behind those that come before it in `order`, or at the end; `air` goes between."""
    place = {name: number for number, name in enumerate(order)}
    at = 1 + max((n for n, name in enumerate(group) if not order or place[name] < place[key]), default=-1)
    before = list(group)[at - 1] if at else None
    rest = _cut_rest(group, before) if at else ""
    group.insert(at, key, value)
    _hang(group, key, rest)
    if at:
        _hang(group, before, air)


def _last(group: Any, key: Any) -> tuple[Any, Any, int]:
    """Where ruamel keeps what follows an entry: the innermost group that ends it, its key, the slot."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    value = group[key]
    if isinstance(value, CommentedMap | CommentedSeq) and value and not value.fa.flow_style():
        return _last(value, list(value)[-1] if isinstance(value, CommentedMap) else len(value) - 1)
    return group, key, 2 if isinstance(group, CommentedMap) else 0


def _cut_rest(group: Any, key: Any) -> str:
    """Take away the empty lines and comments below an entry; the comment in its own line stays."""
    group, key, slot = _last(group, key)
    token = (group.ca.items.get(key) or [None] * 4)[slot]
    if token is None:
        return ""
    own, end, rest = token.value.partition("\n")
    token.value = own + end
    return str(rest)


def _hang(group: Any, key: Any, rest: str) -> None:
    """Put empty lines and comments below an entry."""
    from ruamel.yaml.error import CommentMark
    from ruamel.yaml.tokens import CommentToken

    group, key, slot = _last(group, key)
    if not rest:
        return
    slots = group.ca.items.setdefault(key, [None] * 4)
    if slots[slot] is None:
        slots[slot] = CommentToken("\n" + rest, CommentMark(0), None)
    else:
        slots[slot].value += rest


def _scalar(text: str) -> str:
    """A text that ruamel writes without quotes where any YAML reader takes it for this text."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return text if _plain(text) else DoubleQuotedScalarString(text)


def _plain(text: str) -> bool:
    """Whether YAML 1.1, the stricter one, reads it unquoted as a text, in a list and as a key."""
    import yaml

    try:
        return bool(yaml.safe_load(f"[{text}]") == [text] and yaml.safe_load(f"{text}: x") == {text: "x"})
    except (yaml.YAMLError, ValueError, RecursionError):
        return False


# The file's own lines, with the change in them.


def _merged(text: str, dumps: _Dumps) -> tuple[str, bool]:
    """The file with the lines in which the two dumps differ, and whether only these were replaced.

    Indentation is the file's own. Where it is written otherwise than ruamel would, what is around the
    change comes from the dump.
    """
    rows, before, clean = _rows(text), dumps.before, True
    bodies, newline = _bodies(rows), _newline(text)
    same = _same_lines(before, bodies)
    moved = {at: _indent(bodies[same[at]]) - _indent(before[at]) for at in same}
    changes = SequenceMatcher(None, before, dumps.after, autojunk=False).get_opcodes()
    for kind, start, stop, new_start, new_stop in reversed(changes):
        if kind == "equal":
            continue
        low = next((at for at in range(start, 0, -1) if at - 1 in same), 0)
        high = next((at for at in range(stop, len(before)) if at in same), len(before))
        first = same[low - 1] + 1 if low else 0
        last = same.get(high, len(rows))
        clean = clean and list(map(str.strip, bodies[first:last])) == list(map(str.strip, before[start:stop]))
        lines = before[low:start] + dumps.after[new_start:new_stop] + before[stop:high]
        rows[first:last] = [_fitted(line, before[:stop], moved) + newline for line in lines]
    return _ended(text, rows), clean


def _same_lines(before: list[str], bodies: list[str]) -> dict[int, int]:
    """Lines of the dump to the file's lines that are the same but for their indentation."""
    if before == bodies:
        return {at: at for at in range(len(before))}
    stripped = [line.strip() for line in before], [line.strip() for line in bodies]
    blocks = SequenceMatcher(None, *stripped, autojunk=False).get_matching_blocks()
    return {block.a + at: block.b + at for block in blocks for at in range(block.size)}


def _fitted(line: str, above: list[str], moved: Mapping[int, int]) -> str:
    """A line of the dump, indented as the file indents the nearest line of its depth above it."""
    near = (at for at in reversed(range(len(above))) if at in moved and above[at].strip())
    by = next((moved[at] for at in near if _indent(above[at]) == _indent(line)), 0)
    return " " * (_indent(line) + by) + line.lstrip(" ") if line.strip() else line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _inserted(text: str, catalog: Catalog, wanted: Keyword) -> str:
    """The text with the keyword right behind the last one of a list in brackets."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedSeq

    place = place_of(catalog.by_id[wanted.service].keywords[wanted.language][-1])
    end = next(mark.index for start, mark in _scalars(text) if (start.line + 1, start.column + 1) == place)
    alone = CommentedSeq([_scalar(wanted.phrase)])
    alone.fa.set_flow_style()
    yaml = YAML()
    yaml.width = 10**6
    return f"{text[:end]}, {_dumped(yaml, alone)[0][1:-1]}{text[end:]}"


def _comments(text: str) -> list[str]:
    """Every comment of a text, in order: what begins with # outside of its values."""
    outside, end = "", 0
    for start, stop in _scalars(text):
        outside += text[end : start.index] + "-"
        end = stop.index
    return [found.strip() for found in re.findall(r"(?:^|(?<=\s))#.*", outside + text[end:], re.MULTILINE)]


def _scalars(text: str) -> Iterator[tuple[Any, Any]]:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Any = yaml.parse(text, Loader=loader)
    return ((event.start_mark, event.end_mark) for event in events if isinstance(event, yaml.ScalarEvent))


def _rows(text: str) -> list[str]:
    """Lines with their own ends: LF, or CR LF."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _bodies(rows: list[str]) -> list[str]:
    return [row.removesuffix("\n").removesuffix("\r") for row in rows]


def _newline(text: str) -> str:
    return "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"


def _ended(text: str, rows: list[str]) -> str:
    """The rows as a text that ends as the file does, with or without a line end."""
    newline = _newline(text)
    whole = "".join(row if row.endswith("\n") else row + newline for row in rows)
    return whole if text.endswith("\n") else whole.removesuffix(newline)


def _by_hand(file: str, wanted: Keyword, why: str) -> CatalogError:
    return CatalogError(
        f"{file}: '{wanted.phrase}' can't be written at '{wanted.service}' by the program: {why}",
        f"Add it by hand under 'keywords.{wanted.language}', then run `kiosk check`.",
    )
