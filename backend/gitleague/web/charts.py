"""A bar chart as numbers for an SVG: no script, and a table beside it says the same."""

from collections.abc import Sequence
from typing import NamedTuple

from gitleague.league.cards import TrendPoint
from gitleague.web.shown import day_words, number

WIDTH, HEIGHT, GAP = 720, 120, 0.28


class Bar(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    label: str


class Chart(NamedTuple):
    bars: list[Bar]
    highest: str
    total: str


def points_chart(trend: Sequence[TrendPoint]) -> Chart:
    return _chart(trend, [point.pts / 100 for point in trend], "points")


def commits_chart(trend: Sequence[TrendPoint]) -> Chart:
    return _chart(trend, [point.commits for point in trend], "commits")


def _chart(trend: Sequence[TrendPoint], values: Sequence[float], unit: str) -> Chart:
    step = WIDTH / max(len(values), 1)
    highest = max(values, default=0)
    bars = []
    for place, (point, value) in enumerate(zip(trend, values, strict=True)):
        height = HEIGHT * max(value, 0) / highest if highest > 0 else 0
        label = f"{day_words(point.first)}: {number(round(value))} {unit}"
        bars.append(
            Bar(
                round(step * (place + GAP / 2), 1),
                round(HEIGHT - height, 1),
                round(step * (1 - GAP), 1),
                round(height, 1),
                label,
            )
        )
    return Chart(bars, number(round(highest)), number(round(sum(values))))
