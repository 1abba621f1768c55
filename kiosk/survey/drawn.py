"""Bars and trends of the scorecard's page as SVG; the title of each has its figures in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.survey.score import StatementScore
    from kiosk.survey.scorecard import Point

INK, ACCENT, SOFT, EDGE, WARM, CARD = "#16202E", "#00505C", "#E3EEEC", "#857C6A", "#B4480F", "#FFFFFF"
WIDTH, HEIGHT, TOP, THICK = 208.0, 22.0, 4.0, 14.0
"""Of a bar with its target mark; the bar itself begins at TOP."""
TREND_WIDTH, TREND_HEIGHT, MARGIN = 96.0, 28.0, 4.0


def bar(score: StatementScore, target: int, title: str, rtl: bool = False) -> str:
    """The share who agree, its interval as a line with ends, the target as a mark across."""
    share = score.agree or 0.0
    parts = [
        _box(0, WIDTH, SOFT, f' stroke="{EDGE}" stroke-width="1"', inset=0.5),
        _box(0, share * WIDTH, ACCENT),
    ]
    if score.interval:
        low, high = score.interval.low * WIDTH, score.interval.high * WIDTH
        parts += [_whisker(low, high, CARD, 5), _whisker(low, high, INK, 2)]
    if target:
        at = min(max(target / 100 * WIDTH, 1.5), WIDTH - 1.5)
        parts.append(
            f'<path d="M{at:.1f} 0V{HEIGHT:g}" stroke="{CARD}" stroke-width="6"/>'
            f'<path d="M{at:.1f} 0V{HEIGHT:g}" stroke="{WARM}" stroke-width="3"/>'
        )
    return _svg("bar", WIDTH, HEIGHT, title, "".join(parts), rtl)


def trend(points: Sequence[Point], title: str, rtl: bool = False) -> str:
    """The share who agree in each period as a line; the last one, now, is a dot."""
    known = [(at, point.agree) for at, point in enumerate(points) if point.agree is not None]
    if len(known) < 2:
        return ""
    shares = [share for _, share in known]
    span = max(max(shares) - min(shares), 0.2)
    low = min(max((max(shares) + min(shares) - span) / 2, 0.0), 1 - span)
    step = (TREND_WIDTH - 2 * MARGIN) / max(len(points) - 1, 1)
    places = [
        (MARGIN + at * step, TREND_HEIGHT - MARGIN - (share - low) / span * (TREND_HEIGHT - 2 * MARGIN))
        for at, share in known
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    drawn = (
        f'<polyline points="{line}" fill="none" stroke="{ACCENT}" stroke-width="2" stroke-linejoin="round"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ACCENT}"/>'
    )
    return _svg("trend", TREND_WIDTH, TREND_HEIGHT, title, drawn, rtl)


def _box(start: float, width: float, colour: str, more: str = "", inset: float = 0.0) -> str:
    return (
        f'<rect x="{start + inset:.1f}" y="{TOP + inset:g}" width="{max(width - 2 * inset, 0):.1f}" '
        f'height="{THICK - 2 * inset:g}" fill="{colour}"{more}/>'
    )


def _whisker(low: float, high: float, colour: str, thick: int) -> str:
    middle, half = TOP + THICK / 2, 3.5
    ends = f"M{low:.1f} {middle - half:g}V{middle + half:g}M{high:.1f} {middle - half:g}V{middle + half:g}"
    path = f"M{low:.1f} {middle:g}H{high:.1f}{ends}"
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{thick}"/>'


def _svg(name: str, width: float, height: float, title: str, drawn: str, rtl: bool) -> str:
    mirrored = f'<g transform="translate({width:g} 0) scale(-1 1)">{drawn}</g>' if rtl else drawn
    return (
        f'<svg class="{name}" viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="none" role="img">'
        f"<title>{escape(title)}</title>{mirrored}</svg>"
    )
