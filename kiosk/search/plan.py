"""From what a visitor typed to what is looked up: one slot per word, with its alternatives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from kiosk.search import pinyin, said, stopwords, typos
from kiosk.search.fold import Unit, pairs, units
from kiosk.search.lookup import MAX_EXPANSION, Lookup, Range, Slot, most, slot

if TYPE_CHECKING:
    from kiosk.search.index import Index

MAX_CHARACTERS = 200
MAX_UNITS = 20
MAX_CORRECTIONS = 5
"""Unknown words of one query for which words one or two edits away are looked up."""

STEM, TYPO, TWO_TYPOS = 0.95, 0.75, 0.6
"""How much an alternative counts beside the word itself (1)."""
LOOSE_ACCENTS = 0.6
"""Another word that differs in its accents only, when the one typed is known."""
PAIRED = 1.15
"""How much more two known words tell when they stand side by side."""
BEGUN = 0.8
"""How much what a known word may yet become counts beside the word itself."""
ALONE, APART = 0.45, 0.75
"""A Chinese character without its neighbour, and with one other character between them."""
UNKNOWN = 0.6
"""Weight of a word that is in no service, beside one that is in a single service."""
STOPPED = 0.1
"""A stop word beside others."""


class Reading(NamedTuple):
    """What a query asks for; `telling` when it says enough to be sure of anything.

    `row` are its units, `typed` the same as they were typed, `stops` the places of those that say nothing.
    """

    slots: list[Slot]
    telling: bool
    row: list[Unit]
    stops: set[int]
    typed: list[str]

    @property
    def latin(self) -> float:
        """The share of units in Latin letters."""
        return sum(unit.script == "latin" for unit in self.row) / len(self.row) if self.row else 0.0

    @property
    def density(self) -> float:
        """Words per unit: a character or a syllable counts as half a word."""
        spaceless = sum(unit.script in said.SPACELESS for unit in self.row)
        return 1 - spaceless / len(self.row) / 2 if self.row else 1.0

    @property
    def asked(self) -> str:
        """What was typed, without the words that say nothing."""
        return "".join(word for place, word in enumerate(self.typed) if place not in self.stops).strip()

    def said(self, places: set[int]) -> str:
        """The visitor's own words at these places."""
        return said.words(self.typed, places, self.stops)


def read(index: Index, query: str, lang: str, typing: bool) -> Reading:
    """Read the first MAX_CHARACTERS of a query as at most MAX_UNITS words."""
    query = query[:MAX_CHARACTERS]
    row = units(query)[:MAX_UNITS]
    if not row:
        return Reading([], False, [], set(), [])
    plan = _Plan(index, row, lang, typing and not query[-1:].isspace())
    return Reading(plan.slots(), plan.telling, row, plan.stops, said.typed(query, row))


class _Plan:
    """The reading of one query."""

    def __init__(self, index: Index, row: list[Unit], lang: str, typing: bool) -> None:
        self.index = index
        self.lexicon = index.lexicon
        self.lookup = Lookup(index.lexicon, len(index.ids))
        self.row = row
        self.lang = lang
        self.unfinished = len(row) - 1 if typing else -1
        self.accents = any(unit.exact != unit.folded for unit in row if unit.script == "latin")
        self.corrections = MAX_CORRECTIONS
        self.forms = [self._forms(unit) for unit in row]
        self.joined: dict[int, str] = {place: joined for joined, place in pairs(row)}
        stops = self._stops()
        only_stops = len(stops) == len(row)
        self.stops = set() if only_stops else stops
        short = typing and len(row) == 1 and row[0].script == "latin" and len(row[0].folded) < 3
        self.telling = not only_stops and not short

    def slots(self) -> list[Slot]:
        """One slot a word, in order; a run of Latin words may be pinyin."""
        found: list[Slot] = []
        place = 0
        while place < len(self.row):
            end = self._plain_run(place)
            if end > place and (sounds := self._pinyin(place, end)):
                found += (sound._replace(places=range(place, end)) for sound in sounds)
            else:
                end = max(end, place + 1)
                for one in range(place, end):
                    found += (part._replace(places=range(one, one + 1)) for part in self._unit(one))
            place = end
        return found[:MAX_UNITS]

    # Words that do not count

    def _stops(self) -> set[int]:
        language = self._language()
        found: set[int] = set()
        run = ""
        for place, unit in enumerate([*self.row, Unit("", "", "")]):
            if unit.script == "han":
                run += unit.folded
                continue
            found.update(place - len(run) + within for within in stopwords.chinese(run))
            run = ""
            if stopwords.is_stop(unit, language, self.accents):
                found.add(place)
        return found

    def _language(self) -> str:
        """Which Latin-script language the words look like; the screen's when it could be."""
        scores = {language: self._likeness(language) for language in stopwords.LATIN}
        return max(scores, key=lambda language: (scores[language], language == self.lang))

    def _likeness(self, language: str) -> int:
        languages = self.index.languages
        bit = 1 << languages.index(language) if language in languages else 0
        score = 0
        for unit in self.row:
            number = self.lexicon.number(unit.exact)
            if number is None:
                number = self.lexicon.number(unit.folded)
            known = number is not None and self.lexicon.languages[number] & bit
            score += bool(known or stopwords.is_stop(unit, language, self.accents))
        return score

    def _forms(self, unit: Unit) -> list[str]:
        """The word and its stems; a stem only where it is one: bites is no Vietnamese bít."""
        found = [unit.folded]
        for form, language in self.index.stemmers.forms(unit.folded, unit.script):
            number, languages = self.lexicon.number(form), self.index.languages
            bit = 1 << languages.index(language) if language in languages else 0
            if form not in found and (number is None or self.lexicon.languages[number] & bit):
                found.append(form)
        return found

    # Alternatives of one unit

    def _unit(self, place: int) -> list[Slot]:
        unit, last = self.row[place], place == self.unfinished
        if place in self.stops:
            ranges = self.lookup.tokens([unit.folded], STOPPED) + (
                self._prefix(unit, STOPPED) if last else []
            )
            return [slot(ranges, counts=False)]
        if unit.script in ("han", "syllable"):
            return [self._character(place)]
        ranges = self._word(place)
        if last:
            begun = self._prefix(unit, 1.0)
            ranges += _at_most(most(ranges) * BEGUN, begun) if ranges else begun
        ranges += self._neighbours(place, most(ranges) * PAIRED)
        return [slot(ranges)] if ranges else self._unknown(place)

    def _word(self, place: int) -> list[Range]:
        """The word as typed and its stems, which share the weight of the commonest of them."""
        unit = self.row[place]
        exact = self.lookup.tokens([unit.exact]) if unit.exact != unit.folded else []
        numbers, worth = self.lookup.common(self.forms[place])
        worth *= LOOSE_ACCENTS if exact else 1.0
        own = self.lexicon.number(unit.folded)
        return exact + [self.lookup.range(n, worth if n == own else worth * STEM) for n in numbers]

    def _prefix(self, unit: Unit, quality: float) -> list[Range]:
        """Every token the unfinished word may become, with and without its accents."""
        starts = dict.fromkeys((unit.folded, unit.exact))
        return [found for start in starts for found in self.lookup.prefix(start, quality)]

    def _neighbours(self, place: int, limit: float = 0.0) -> list[Range]:
        """The unit joined with the one before and the one after it, worth at most `limit` if given."""
        joined = (self.joined[one] for one in (place - 1, place) if one in self.joined)
        found = self.lookup.tokens(joined)
        return _at_most(limit, found) if limit else found

    def _character(self, place: int) -> Slot:
        """A Chinese character or a syllable: little by itself, all with its neighbour."""
        script = self.row[place].script
        beside = [one for one in (place - 1, place + 1) if 0 <= one < len(self.row) and one not in self.stops]
        alone = not any(self.row[one].script == script for one in beside)
        ranges = self.lookup.tokens([self.row[place].folded], 1.0 if alone else ALONE)
        ranges += self._neighbours(place) + self._apart(place)
        return slot(ranges, self.lookup.worth(1) * UNKNOWN * ALONE)

    def _apart(self, place: int) -> list[Range]:
        """The character with the next but one: 没人收 is also 没收."""
        row = self.row
        starts = (one for one in (place - 2, place) if one >= 0 and one + 2 < len(row))
        return self.lookup.tokens((row[one].folded + row[one + 2].folded for one in starts), APART)

    # Words in no vocabulary

    def _unknown(self, place: int) -> list[Slot]:
        unit, last = self.row[place], place == self.unfinished
        if parts := self._split(unit):
            return [slot(self.lookup.tokens([part])) for part in parts]
        if ranges := self._corrected(place):
            return [slot(ranges)]
        weight = UNKNOWN * (min(1.0, len(unit.folded) / 5) if last else 1.0)
        return [Slot([], self.lookup.worth(1) * weight)]

    def _corrected(self, place: int) -> list[Range]:
        """The words, or while typing the beginnings of words, that differ least from this one."""
        if not self.corrections:
            return []
        self.corrections -= 1
        unit = self.row[place]
        for form in self.forms[place]:
            numbers, edits = typos.near(self.lexicon, form, unit.script)
            if numbers:
                return self.lookup.numbers(numbers, TYPO if edits == 1 else TWO_TYPOS)
        if place != self.unfinished:
            return []
        beginnings = typos.prefixes(self.lexicon, unit.folded, unit.script)
        numbers = [number for found in beginnings for number in found][:MAX_EXPANSION]
        return self.lookup.expand(numbers, len(unit.folded), TYPO)

    def _split(self, unit: Unit) -> list[str]:
        """Two known words of one language and of three letters or more that were typed as one."""
        word, languages = unit.folded, self.lexicon.languages
        if not word.isalpha():
            return []
        best = (0, 0)
        for place in range(3, len(word) - 2):
            one, two = self.lexicon.number(word[:place]), self.lexicon.number(word[place:])
            if one is not None and two is not None and languages[one] & languages[two]:
                seen = min(self.lexicon.services[one], self.lexicon.services[two])
                best = max(best, (seen, place))
        return [word[: best[1]], word[best[1] :]] if best[1] else []

    # Pinyin

    def _plain_run(self, place: int) -> int:
        """Where the run of Latin words without accents that begins here ends."""
        while place < len(self.row):
            unit = self.row[place]
            if unit.script != "latin" or unit.exact != unit.folded or not unit.folded.isalpha():
                break
            place += 1
        return place

    def _pinyin(self, start: int, end: int) -> list[Slot]:
        """The run read as pinyin, if it can be and the screen is Chinese or a word is unknown."""
        if not self.lang.startswith("zh") and self._all_known(range(start, end)):
            return []
        words = [unit.folded for unit in self.row[start:end]]
        return pinyin.read(self.lookup, words, self.unfinished == end - 1)

    def _all_known(self, places: Iterable[int]) -> bool:
        return all(
            place in self.stops
            or any(form in self.lexicon for form in self.forms[place])
            or (place == self.unfinished and self.lexicon.begins(self.row[place].folded))
            for place in places
        )


def _at_most(limit: float, ranges: list[Range]) -> list[Range]:
    return [(min(value, limit), start, end) for value, start, end in ranges]
