"""A bar chart as numbers for an SVG: no script, and a table beside it says the same."""

from collections.abc import Sequence
from typing import NamedTuple

from gitleague.league.cards import TrendPoint
from gitleague.web.shown import day_words, impact, number
from gitleague.web.texts import gettext

WIDTH, HEIGHT, GAP = 720, 120, 0.28
SPARK_WIDTH, SPARK_HEIGHT, SPARK_TOP = 96, 21, 1.5


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


class Sparkline(NamedTuple):
    points: str  # of a polyline
    label: str


def sparkline(weeks: Sequence[int]) -> Sparkline:
    """Impact, week by week, the last one running."""
    step = SPARK_WIDTH / max(len(weeks) - 1, 1)
    highest = max(*weeks, 1)
    heights = [SPARK_HEIGHT * (1 - max(week, 0) / highest) for week in weeks]
    return Sparkline(
        " ".join(
            f"{step * place:.1f},{height + SPARK_TOP:.1f}" for place, height in enumerate(heights)
        ),
        gettext("Impact of %(weeks)s weeks: most %(most)s, this week %(this_week)s")
        % {"weeks": len(weeks), "most": impact(max(weeks)), "this_week": impact(weeks[-1])},
    )


def points_chart(trend: Sequence[TrendPoint]) -> Chart:
    return _chart(
        trend, [point.pts / 100 for point in trend], gettext("%(day)s: %(number)s points")
    )


def commits_chart(trend: Sequence[TrendPoint]) -> Chart:
    return _chart(trend, [point.commits for point in trend], gettext("%(day)s: %(number)s commits"))


def _chart(trend: Sequence[TrendPoint], values: Sequence[float], said: str) -> Chart:
    step = WIDTH / max(len(values), 1)
    highest = max(values, default=0)
    bars = []
    for place, (point, value) in enumerate(zip(trend, values, strict=True)):
        height = HEIGHT * max(value, 0) / highest if highest > 0 else 0
        label = said % {"day": day_words(point.first), "number": number(round(value))}
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
