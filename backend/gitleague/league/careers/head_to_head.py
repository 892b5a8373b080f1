"""Two players beside each other: their numbers, and week by week or month by month who did more."""

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from gitleague.league.careers.days import Stretch, by_period, days_of
from gitleague.league.people.shown import PUBLIC, Viewer
from gitleague.league.periods import Period, Window
from gitleague.league.standings import Slice, StandingRow, standings_of
from gitleague.league.stats import Metric, Numbers

LED = tuple(metric for metric in Metric if metric is not Metric.TOV)


class Meeting(NamedTuple):
    """A week or month in which one of the two played; impact in ten-thousandths."""

    first: date
    last: date
    a: int
    b: int


class HeadToHead(NamedTuple):
    a: StandingRow | None  # None: did not play in the window
    b: StandingRow | None
    leads: dict[str, str]  # metric: "a", "b" or "" for nobody
    meetings: list[Meeting]  # the newest first


def head_to_head(
    session: Session,
    project_id: uuid.UUID,
    window: Window,
    pair: tuple[uuid.UUID, uuid.UUID],
    *,
    by: Period,
    viewer: Viewer = PUBLIC,
) -> HeadToHead:
    rows = standings_of(session, Slice(project_id, window, bots=True, viewer=viewer), pair)
    days = days_of(session, project_id, pair, window)
    one, other = (rows.get(player) for player in pair)
    return HeadToHead(
        one,
        other,
        _leads(one.numbers if one else Numbers(), other.numbers if other else Numbers()),
        _meetings(*(by_period(days[player], by) for player in pair)),
    )


def _leads(one: Numbers, other: Numbers) -> dict[str, str]:
    leads = {}
    for metric in LED:
        a, b = getattr(one, metric.value), getattr(other, metric.value)
        leads[metric.value] = "" if a == b else "a" if a > b else "b"
    return leads


def _meetings(one: list[Stretch], other: list[Stretch]) -> list[Meeting]:
    a = {(each.first, each.last): each.numbers.impact for each in one}
    b = {(each.first, each.last): each.numbers.impact for each in other}
    days = sorted(a.keys() | b.keys(), reverse=True)
    return [Meeting(*each, a.get(each, 0), b.get(each, 0)) for each in days]
