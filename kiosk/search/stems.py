"""Stems of words: permits -> permit, facturas -> factur, didnt -> not, штрафа -> штраф."""

from __future__ import annotations

from typing import Any

from kiosk.search.fold import light

_ALGORITHMS = {"en": "english", "es": "spanish", "ar": "arabic", "ru": "russian"}
_NEGATIONS = "dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt wont wouldnt cant couldnt never"
_IRREGULAR = {"en": dict.fromkeys(_NEGATIONS.split(), "not")}
# A visitor may type any language, so a Latin word is tried as each of those that have a stemmer.
_BY_SCRIPT = {"latin": ("en", "es"), "arabic": ("ar",), "cyrillic": ("ru",)}


class Stemmers:
    """Snowball stemmers, imported when the first word asks for one.

    With `memo` every word is remembered: for building an index, never for what visitors type.
    Not for two threads at once.
    """

    def __init__(self, memo: bool = False) -> None:
        self._stemmers: dict[str, Any] = {}
        self._memo: dict[tuple[str, str], list[str]] | None = {} if memo else None

    def forms(self, folded: str, script: str, language: str = "") -> list[tuple[str, str]]:
        """Other forms under which a folded word is found, each with the language in which it is one.

        Without a language, of all languages of its script.
        """
        if script not in _BY_SCRIPT or not folded.isalpha():
            return []
        languages = _BY_SCRIPT[script]
        if language and script == "latin":
            languages = (language,) if language in languages else ()
        found = [(form, one) for one in languages for form in self._stem(one, folded)]
        return [entry for entry in dict.fromkeys(found) if entry[0] != folded]

    def _stem(self, language: str, word: str) -> list[str]:
        if self._memo is None:
            return self._forms(language, word)
        if (language, word) not in self._memo:
            self._memo[language, word] = self._forms(language, word)
        return self._memo[language, word]

    def _forms(self, language: str, word: str) -> list[str]:
        if irregular := _IRREGULAR.get(language, {}).get(word):
            return [irregular]
        bare = light(word) if language == "ar" else word
        stem = self._stemmer(language).stemWord(bare)
        return [stem] if bare == word else [bare, stem]

    def _stemmer(self, language: str) -> Any:
        if language not in self._stemmers:
            import snowballstemmer  # type: ignore[import-untyped]

            self._stemmers[language] = snowballstemmer.stemmer(_ALGORITHMS[language])
        return self._stemmers[language]
