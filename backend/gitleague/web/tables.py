"""The table and the card as their templates want them: links, names of periods, shares."""

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from gitleague_client.rules.defaults import Rules

from gitleague.core.paging import Paging
from gitleague.league.periods import EARLIEST, Period, Window
from gitleague.league.schemas import PlaysQuery, StandingsQuery
from gitleague.league.stats import POINTS, Numbers
from gitleague.web.columns import LONG_NAMES

PERIODS = (
    (Period.ALL, "All time"),
    (Period.MONTH, "Month"),
    (Period.WEEK, "Week"),
    (Period.DAY, "Day"),
)


class Share(NamedTuple):
    """What one stat of a box score adds to its impact."""

    short: str
    long: str
    points: int
    weight: int
    impact: int


def shares_of(numbers: Numbers, rules: Rules) -> list[Share]:
    shares = []
    for name in POINTS:
        points, weight = getattr(numbers, name), getattr(rules.weights, name)
        shares.append(Share(name.upper(), LONG_NAMES[name], points, weight, points * weight))
    return shares


def link_to(asked: Paging, **changes: Any) -> str:
    """The address of the same page, asked otherwise; a new question begins on page one."""
    if changes.keys() & {"period", "start"}:  # other days than those of the season
        changes = {"season_id": None} | changes
    changed = asked.model_copy(update={"page": 1} | changes)
    given = changed.model_dump(mode="json", exclude_defaults=True, exclude={"limit"})
    return "?" + urlencode(given)


def window_shown(asked: PlaysQuery | StandingsQuery, window: Window) -> dict[str, Any]:
    """What a page needs to name its period and to lead to others."""
    after = window.after
    before = window.before
    has_earlier = window.period is not Period.ALL and before.first <= before.last > EARLIEST
    return {
        "asked": asked,
        "periods": PERIODS,
        "all_time": Period.ALL,
        "window_name": name_of(window),
        "window_phrase": phrase_of(window),
        "earlier": before.first if has_earlier else None,
        "later": after.first if after else None,
        "period_query": period_query(window),
        "link": lambda **changes: link_to(asked, **changes),
    }


def period_query(window: Window) -> str:
    if window.period is Period.ALL:
        return ""
    return f"?period={window.period.value}&start={window.first}"


def name_of(window: Window) -> str:
    """As a heading: short, since it stands in a line with the tools of the table."""
    first, last = window.first, window.last
    if window.period is Period.SEASON:
        return window.name
    if window.period is Period.DAY:
        return f"{first:%a}, {_short(first)} {first.year}"
    if window.period is Period.WEEK:
        begins = f"{first.day}" if first.month == last.month else _short(first)
        return f"{begins} \N{EN DASH} {_short(last)} {last.year}"
    if window.period is Period.MONTH:
        return f"{first:%B} {first.year}"
    return "All time"


def phrase_of(window: Window) -> str:
    """In a sentence: nobody played …"""
    if window.period is Period.ALL:
        return "yet"
    lead = "on" if window.period is Period.DAY else "in"
    return (
        f"in the week of {name_of(window)}"
        if window.period is Period.WEEK
        else f"{lead} {name_of(window)}"
    )


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"  # %-d is not for every platform
