"""What invented people think of their visit, and the words they leave."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random

USUAL = 3.3
LEVELS: Mapping[str, float] = {
    "overall": 3.5,
    "knowledge": 3.75,
    "convenience": 3.05,
    "facilities": 3.7,
    "timeliness": 3.35,
    "fairness": 3.5,
    "interactions": 3.75,
    "clarity": 3.3,
    "attention": 3.4,
    "information": 2.95,
}
"""How much people agree as a rule, 1 to 4, by statement; USUAL with those of other cities."""
WAITING: Mapping[str, float] = {"timeliness": 1.0, "overall": 0.4}
"""What 20 minutes of waiting take off, by statement; from all others a tenth."""
APART = 0.22
"""How far lanes lie apart."""
NA, SKIPPED = 0.05, 0.04
COMMENTS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Fast and friendly, thank you.",
        "The wait was too long for one signature.",
        "Nobody told me that I need two documents.",
        "Please call me back at 918-555-0142.",
        "Send me the form: pat@example.org",
        "More chairs by the window, please.",
    ),
    "es": (
        "Muy amables, gracias.",
        "La espera fue demasiado larga.",
        "Mi número es 918-555-0117, llámenme por favor.",
        "Faltan letreros en español.",
    ),
    "vi": (
        "Nhân viên rất nhiệt tình, cảm ơn.",
        "Chờ hơi lâu.",
        "Xin gửi thư cho tôi: lan@example.org",
    ),
    "zh_Hans": ("服务很好，谢谢。", "等的时间太长了。", "请打电话给我：918-555-0163"),
    "ar": ("شكرا، خدمة ممتازة.", "الانتظار كان طويلا.", "رقم هاتفي 918-555-0128"),
}
"""Some hold what nobody was asked for; the numbers are of those kept for fiction."""


def opinion(
    statement: str, mood: float, waited: float | None, random: Random, lane: str = "", lookup: bool = False
) -> str:
    """What somebody says of a statement: 1 to 4, na or skipped.

    `mood` is how kindly they judge, 0 the usual. Who waited long (seconds, None for who waited for nobody)
    is less pleased, lanes are not equally good at everything, and a `lookup` needs no patience with anyone.
    """
    drawn = random.random()
    if drawn < NA + SKIPPED:
        return "na" if drawn < NA else "skipped"
    level = LEVELS.get(statement, USUAL) + mood + random.gauss(0, 0.5) + (0.15 if lookup else 0)
    level += _lane(statement, lane) - WAITING.get(statement, 0.1) * (waited or 0) / 1200
    return str(min(max(round(level), 1), 4))


@cache
def _lane(statement: str, lane: str) -> float:
    """What a lane is better at than others; the same on every machine."""
    return Random(f"{lane} {statement}").gauss(0, APART) if lane else 0.0


def comment(language: str, random: Random) -> str:
    """Words of somebody who speaks a language."""
    return random.choice(COMMENTS.get(language, COMMENTS["en"]))
