"""Words that say nothing about what someone needs, folded; few on purpose."""

from __future__ import annotations

import re

from kiosk.search.fold import Unit

_ENGLISH = """
a an the i im ive id my me we our us you your u he his she her it its they their them is are was
were be been am do does did doing to of in on at for from by with and or but if so as that this
these those there here have has had want wanna would need like get got getting gets go going how
what whats when where wheres who which can could should will please some any just about
"""
_SPANISH = """
el la los las un una unos unas de del a al en y o u que es son esta estan estoy mi mis me te se lo
le les su sus por para con como donde cuando cual quien hay yo tu usted tengo tiene necesito quiero
puedo quisiera favor muy ya
"""
# Without its accents cho is also chó (dog) and đo also đổ: those count as words then.
_VIETNAMESE_PLAIN = """
toi cua la va thi o tai duoc muon sao the nao nhu nay di dau xin nhung cac mot voi khi gi ai nhe cai
"""
_VIETNAMESE = """
tôi em anh chị mình cái của cho là và thì mà ở tại có được bị muốn cần làm sao thế nào như này đó đi
đâu xin những các một với để khi gì ai ạ à nhé
"""
_ARABIC = """
في من علي الي عن مع هل ماذا شو كيف اين وين متي انا انت نحن هو هي هذا هذه التي الذي و او ثم اريد
احتاج ممكن ابغي بدي عايز عندي لدي كان هناك هنا لي ان انه
"""
_RUSSIAN = """
и в на с по к у о за из от для не я мне мой моя мы вы он она как где что кто это есть хочу нужно
нужен надо можно
"""
_CHINESE = """
怎么办 怎么 如何 哪里 哪儿 在哪 什么 我要 我想 想要 请问
可以 需要 我们 我 你 您 的 了 吗 呢 啊 在 是 要 想 去 和 个 把
被 给 能 会
"""

_FOLDED = {
    "en": frozenset(_ENGLISH.split()),
    "es": frozenset(_SPANISH.split()),
    "ar": frozenset(_ARABIC.split()),
    "ru": frozenset(_RUSSIAN.split()),
}
_VIETNAMESE_EXACT = frozenset(_VIETNAMESE.split())
_VIETNAMESE_FOLDED = frozenset(_VIETNAMESE_PLAIN.split())
_CHINESE_WORDS = re.compile("|".join(sorted(_CHINESE.split(), key=len, reverse=True)))
_BY_SCRIPT = {"arabic": "ar", "cyrillic": "ru"}

LATIN = ("en", "es", "vi")
"""The languages in Latin script that have a list."""


def is_stop(unit: Unit, language: str, accents: bool) -> bool:
    """Whether a word says nothing in its language; `language` decides for Latin script alone.

    `accents` tells whether the visitor types them: Vietnamese without them is ambiguous.
    """
    language = _BY_SCRIPT.get(unit.script, language)
    if language == "vi":
        return unit.exact in _VIETNAMESE_EXACT if accents else unit.folded in _VIETNAMESE_FOLDED
    return unit.folded in _FOLDED.get(language, ())


def chinese(run: str) -> set[int]:
    """The places of characters of a Chinese run that belong to stop words."""
    return {place for found in _CHINESE_WORDS.finditer(run) for place in range(*found.span())}
