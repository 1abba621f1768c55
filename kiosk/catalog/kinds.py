"""Kinds of values a catalogue is made of: each checks a node, reports, and builds what the model holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Protocol

from kiosk.catalog.nodes import Items, Node, Pairs, Place, Placed, Problem, Scalar

INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Joiners and direction marks are part of correct Persian, Burmese and Arabic text.
HARMLESS = {"\u200c", "\u200d", "\u200e", "\u200f"}
COMMA = " (a comma inside {...} begins a new key: quote a text that has one)"


class Kind(Protocol):
    """`build` always returns a value: what could not be used is reported and left blank."""

    @property
    def allowed(self) -> str:
        """What may stand here, to finish the sentence 'allowed is ...'."""

    def blank(self) -> Any:
        """The value of something that is missing."""

    def build(self, node: Node, label: str, problems: list[Problem]) -> Any:
        """The model's value for a node that is not empty."""


def nearest(word: str, known: tuple[str, ...]) -> str:
    """` (did you mean 'x'?)` for the closest known word, or nothing."""
    import difflib

    word = word.lower()
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    close += [
        other for other in known if other and word and (word.startswith(other) or other.startswith(word))
    ]
    return f" (did you mean '{close[0]}'?)" if close else ""


def is_empty(node: Node) -> bool:
    """Whether a node holds nothing but white space, no item and no key."""
    if isinstance(node, Scalar):
        return not node.text.strip()
    return not (node.items if isinstance(node, Items) else node.keys)


def _shape(node: Node) -> str:
    return {Scalar: "a text", Items: "a list", Pairs: "a group of keys"}[type(node)]


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _use(kind: Kind, node: Node, label: str, problems: list[Problem], optional: str = "") -> Any:
    """Build what is not empty; report what is."""
    if is_empty(node):
        problems.append(Problem(node.place, f"'{label}' is empty: allowed is {kind.allowed}{optional}"))
        return kind.blank()
    return kind.build(node, label, problems)


def _wrong_shape(kind: Kind, node: Node, label: str, problems: list[Problem]) -> Any:
    what = f"'{label}' is {_shape(node)}: allowed is {kind.allowed}"
    problems.append(Problem(node.place, what))
    return kind.blank()


@dataclass(frozen=True)
class Word:
    """One scalar; white space is collapsed and text composed (NFC) before `accepts` is asked."""

    allowed: str
    accepts: Callable[[str], object] = bool
    make: Callable[[str, Place], Any] = Placed
    empty: Any = ""
    choices: tuple[str, ...] = ()

    def blank(self) -> Any:
        return self.empty

    def build(self, node: Node, label: str, problems: list[Problem]) -> Any:
        if not isinstance(node, Scalar):
            return _wrong_shape(self, node, label, problems)
        text = unicodedata.normalize("NFC", re.sub(r"[ \t\r\n]+", " ", node.text).strip(" "))
        wrong = self._wrong(text, label)
        if wrong:
            problems.append(Problem(node.place, wrong))
            return Placed(text, node.place) if self.make is Placed else self.empty
        return self.make(text, node.place)

    def _wrong(self, text: str, label: str) -> str:
        for char in text:
            if unicodedata.category(char) in INVISIBLE and char not in HARMLESS:
                name = unicodedata.name(char, "a control character")
                return f"'{label}' holds U+{ord(char):04X} ({name}): only visible characters are allowed"
        if self.accepts(text):
            return ""
        return f"'{label}' can't be {_shown(text)}{nearest(text, self.choices)}: allowed is {self.allowed}"


def choice(*words: str) -> Word:
    """One of a few words."""
    return Word("one of " + ", ".join(words), words.__contains__, choices=words)


@dataclass(frozen=True)
class ListOf:
    """A list; `distinct` refuses an item written twice, whatever its case."""

    item: Kind
    distinct: bool = False

    @property
    def allowed(self) -> str:
        return f"a list, each item {self.item.allowed}"

    def blank(self) -> tuple[Any, ...]:
        return ()

    def build(self, node: Node, label: str, problems: list[Problem]) -> tuple[Any, ...]:
        if not isinstance(node, Items):
            return tuple(_wrong_shape(self, node, label, problems))
        built = tuple(_use(self.item, item, label, problems) for item in node.items)
        if self.distinct:
            self._refuse_repeated(built, label, problems)
        return built

    def _refuse_repeated(self, built: tuple[str, ...], label: str, problems: list[Problem]) -> None:
        seen: dict[str, str] = {}
        for text in built:
            first = seen.setdefault(text.casefold(), text)
            if first is not text and isinstance(text, Placed) and isinstance(first, Placed):
                where = f"first in line {first.place[0]}"
                problems.append(
                    Problem(text.place, f"'{label}' has {_shown(text)} twice ({where}): keep one")
                )


@dataclass(frozen=True)
class PerLanguage:
    """A value for each of some languages, keyed by language code."""

    languages: tuple[str, ...]
    item: Kind

    @property
    def allowed(self) -> str:
        return f"a group of languages ({', '.join(self.languages)})"

    def blank(self) -> Mapping[str, Any]:
        return {}

    def build(self, node: Node, label: str, problems: list[Problem]) -> Mapping[str, Any]:
        if not isinstance(node, Pairs):
            return dict(_wrong_shape(self, node, label, problems))
        found = _keys(node, self.languages, f"'{label}'", "language", problems)
        return {code: _use(self.item, value, f"{label}.{code}", problems) for code, value in found.items()}


@dataclass(frozen=True)
class Table:
    """A value for each of some texts of the writer's own, none of them twice, whatever its case."""

    key: Word
    item: Kind

    @property
    def allowed(self) -> str:
        return f"a group of pairs ({self.key.allowed}: {self.item.allowed})"

    def blank(self) -> Mapping[str, Any]:
        return {}

    def build(self, node: Node, label: str, problems: list[Problem]) -> Mapping[str, Any]:
        if not isinstance(node, Pairs):
            return dict(_wrong_shape(self, node, label, problems))
        found: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, Scalar) or is_empty(key):
                state = "empty" if isinstance(key, Scalar) else _shape(key)
                what = f"a key in '{label}' is {state}: allowed is {self.key.allowed}"
                problems.append(Problem(key.place, what))
                continue
            text = self.key.build(key, label, problems)
            folded = text.casefold()
            if folded in first:
                where = f"first in line {first[folded]}"
                problems.append(Problem(key.place, f"'{label}' has {_shown(text)} twice ({where}): keep one"))
            else:
                first[folded] = key.place[0]
                found[text] = _use(self.item, value, f"{label}.{text}", problems)
        return found


@dataclass(frozen=True)
class Record:
    """A group of keys that becomes a dataclass; a field without a default is a required key.

    `renamed` maps a key to the field it fills, `may_be_empty` names keys whose value may be left
    empty, `one_of` keys of which at least one is needed, `together` keys that go only all at once.
    """

    cls: type
    title: str
    kinds: Mapping[str, Kind]
    renamed: Mapping[str, str] = field(default_factory=dict)
    may_be_empty: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    together: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        return f"a group of keys ({', '.join(self.kinds)})"

    @property
    def required(self) -> tuple[str, ...]:
        """Keys that must be there."""
        must = {f.name for f in fields(self.cls) if f.default is MISSING and f.default_factory is MISSING}
        return tuple(key for key in self.kinds if self.renamed.get(key, key) in must)

    def blank(self) -> Any:
        return self.cls(**{self.renamed.get(key, key): self.kinds[key].blank() for key in self.required})

    def build(self, node: Node, label: str, problems: list[Problem]) -> Any:
        if not isinstance(node, Pairs):
            return _wrong_shape(self, node, label or self.title, problems)
        found = _keys(node, tuple(self.kinds), f"the {self.title}", "key", problems)
        title = self._title(found)
        problems.extend(self._missing(found, title, node.place))
        values = {key: self._value(key, value, label, problems) for key, value in found.items()}
        values |= {key: self.kinds[key].blank() for key in self.required if key not in found}
        return self.cls(**{self.renamed.get(key, key): value for key, value in values.items()})

    def _title(self, found: Mapping[str, Node]) -> str:
        name = found.get("id")
        return f"{self.title} '{name.text}'" if isinstance(name, Scalar) and name.text else self.title

    def _missing(self, found: Mapping[str, Node], title: str, place: Place) -> list[Problem]:
        lacking = [
            f"the {title} lacks the key '{key}': allowed is {self.kinds[key].allowed}"
            for key in self.required
            if key not in found
        ]
        if self.one_of and not any(key in found for key in self.one_of):
            lacking.append(f"the {title} needs at least one of the keys {', '.join(self.one_of)}")
        if 0 < sum(key in found for key in self.together) < len(self.together):
            lacking.append(f"the {title} needs the keys {', '.join(self.together)} together, or none of them")
        return [Problem(place, what) for what in lacking]

    def _value(self, key: str, node: Node, label: str, problems: list[Problem]) -> Any:
        if key in self.may_be_empty and is_empty(node):
            return self.kinds[key].blank()
        optional = "" if key in self.required else ", or leave the key out"
        inner = f"{label}.{key}" if label else key
        return _use(self.kinds[key], node, inner, problems, optional)


def _colonless(key: Scalar, value: Node) -> bool:
    """Whether a key has no colon: what follows an unquoted comma in {...} reads as such a key."""
    line, column = key.place
    return value.place == (line, column + len(key.text))


def _keys(
    node: Pairs, known: tuple[str, ...], owner: str, what: str, problems: list[Problem]
) -> dict[str, Node]:
    """The known keys of a mapping, each once; the others are reported."""
    found: dict[str, Node] = {}
    first: dict[str, int] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, Scalar):
            wrong = f"a key in {owner} is {_shape(key)}: allowed are {', '.join(known)}"
        elif key.text in first:
            line = first[key.text]
            wrong = f"the {what} {_shown(key.text)} stands twice in {owner} (first in line {line}): keep one"
        elif key.text not in known:
            near = nearest(key.text, known) or (COMMA if _colonless(key, value) else "")
            wrong = f"unknown {what} {_shown(key.text)} in {owner}{near}: allowed are {', '.join(known)}"
            first[key.text] = key.place[0]
        else:
            found[key.text] = value
            first[key.text] = key.place[0]
            continue
        problems.append(Problem(key.place, wrong))
    return found
