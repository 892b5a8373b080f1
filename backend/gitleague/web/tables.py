"""The table and the card as their templates want them: links, names of periods, shares."""

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from gitleague_client.rules.defaults import Rules

from gitleague.core.paging import Paging
from gitleague.league.careers.records import Holder
from gitleague.league.periods import EARLIEST, Period, Window
from gitleague.league.schemas import PlaysQuery, TableQuery
from gitleague.league.stats import POINTS, Numbers
from gitleague.web.columns import LONG_NAMES
from gitleague.web.shown import short_day
from gitleague.web.texts import gettext, gettext_noop

PERIODS = (
    (Period.ALL, gettext_noop("All time")),
    (Period.MONTH, gettext_noop("Month")),
    (Period.WEEK, gettext_noop("Week")),
    (Period.DAY, gettext_noop("Day")),
)


class PeriodWords(NamedTuple):
    """What is said of a period and of those beside it."""

    arrows: str
    before: str = ""
    after: str = ""
    last_played: str = ""


WORDS = {
    Period.ALL: PeriodWords(gettext_noop("Arrows compare with a week ago.")),
    Period.DAY: PeriodWords(
        gettext_noop("Arrows compare with the day before."),
        gettext_noop("The day before"),
        gettext_noop("The day after"),
        gettext_noop("The last day that was played"),
    ),
    Period.WEEK: PeriodWords(
        gettext_noop("Arrows compare with the week before."),
        gettext_noop("The week before"),
        gettext_noop("The week after"),
        gettext_noop("The last week that was played"),
    ),
    Period.MONTH: PeriodWords(
        gettext_noop("Arrows compare with the month before."),
        gettext_noop("The month before"),
        gettext_noop("The month after"),
        gettext_noop("The last month that was played"),
    ),
    Period.SEASON: PeriodWords(
        gettext_noop("Arrows compare with the season before."),
        gettext_noop("The season before"),
        gettext_noop("The season after"),
        gettext_noop("The last season that was played"),
    ),
}


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


def window_shown(asked: PlaysQuery | TableQuery, window: Window) -> dict[str, Any]:
    """What a page needs to name its period and to lead to others."""
    after = window.after
    before = window.before
    has_earlier = window.period is not Period.ALL and before.first <= before.last > EARLIEST
    return {
        "asked": asked,
        "periods": PERIODS,
        "all_time": Period.ALL,
        "period_words": WORDS[asked.period],
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
    return gettext("All time")


def phrase_of(window: Window) -> str:
    """In a sentence: nobody played …"""
    if window.period is Period.ALL:
        return gettext("yet")
    if window.period is Period.DAY:
        return gettext("on %(day)s") % {"day": name_of(window)}
    if window.period is Period.WEEK:
        return gettext("in the week of %(days)s") % {"days": name_of(window)}
    return gettext("in %(period)s") % {"period": name_of(window)}


def record_days(span: str, holder: Holder) -> str:
    """The days of a record, as people say them."""
    first, last = holder.first, holder.last
    if span == "month":
        return f"{first:%B} {first.year}"
    if span == "week":
        return gettext("week of %(day)s") % {"day": short_day(first)}
    if first == last:
        return short_day(first)
    return gettext("%(first)s to %(last)s") % {"first": short_day(first), "last": short_day(last)}


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"  # %-d is not for every platform
