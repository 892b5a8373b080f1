"""One player's career: what they have done in all, their bests, and the milestones on the way."""

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.careers.days import (
    Played,
    Stretch,
    by_period,
    days_of,
    longest_streak,
    together,
)
from gitleague.league.people.shown import PUBLIC, Viewer
from gitleague.league.periods import Period, today_in, window_of
from gitleague.league.seasons.seasons import SeasonRow
from gitleague.league.seasons.windows import opened_seasons
from gitleague.league.standings import Slice, StandingRow, standing_of
from gitleague.league.stats import UNITS, Numbers
from gitleague.tables.awards import Award
from gitleague.tables.commits import Identity

# In commits, points and days.
THRESHOLDS = {
    "commits": (1, 10, 100, 500, 1_000, 5_000, 10_000),
    "pts": (1_000, 10_000, 100_000, 1_000_000),
    "active_days": (10, 50, 100, 365, 1_000),
}


class Milestone(NamedTuple):
    """`day` is None for the next one, which is still ahead."""

    metric: str  # or "years": since the first day
    value: int
    day: date | None


class Career(NamedTuple):
    numbers: Numbers
    first_day: date
    last_day: date
    best_day: Stretch
    best_week: Stretch
    best_month: Stretch
    longest_streak: Stretch
    awards: dict[str, int]  # how many of each kind
    milestones: list[Milestone]


class SeasonLine(NamedTuple):
    season: SeasonRow
    standing: StandingRow | None  # None: did not play in it


def career_of(session: Session, project_id: uuid.UUID, player_id: uuid.UUID) -> Career | None:
    """None for who never played."""
    today = today_in(session, project_id)
    window = window_of(Period.ALL, today=today)
    days = days_of(session, project_id, [player_id], window)[player_id]
    streak = longest_streak(days)
    if streak is None:
        return None
    singles = [Stretch(played.day, played.day, played.numbers) for played in days]
    return Career(
        numbers=together(days),
        first_day=days[0].day,
        last_day=days[-1].day,
        best_day=_best(singles),
        best_week=_best(by_period(days, Period.WEEK)),
        best_month=_best(by_period(days, Period.MONTH)),
        longest_streak=streak,
        awards=awards_of(session, project_id, player_id),
        milestones=milestones(days, today),
    )


def seasons_of(
    session: Session,
    project_id: uuid.UUID,
    player_id: uuid.UUID,
    paging: Paging,
    *,
    is_bot: bool = False,
    viewer: Viewer = PUBLIC,
) -> tuple[list[SeasonLine], int]:
    """A player's line in each season's table, the newest first: closed ones as they were frozen."""
    seasons = opened_seasons(session, project_id)
    lines = [
        SeasonLine(season, standing_of(session, of, player_id))
        for season, window in seasons[paging.offset : paging.offset + paging.limit]
        for of in [Slice(project_id, window, bots=is_bot, viewer=viewer)]
    ]
    return lines, len(seasons)


def awards_of(session: Session, project_id: uuid.UUID, player_id: uuid.UUID) -> dict[str, int]:
    return dict(session.execute(*_awards(project_id, player_id)).tuples().all())


@prepared
def _awards(project_id: uuid.UUID, player_id: uuid.UUID) -> Select[tuple[str, int]]:
    return (
        select(Award.kind, func.count())
        .join(Identity, Identity.id == Award.identity_id)
        .where(
            Award.project_id == project_id,
            Identity.project_id == project_id,
            Identity.player_id == player_id,
        )
        .group_by(Award.kind)
        .order_by(Award.kind)
    )


def milestones(days: list[Played], today: date) -> list[Milestone]:
    """Those that were reached, in their order, and then the next one of each metric."""
    reached: list[Milestone] = []
    ahead: list[Milestone] = []
    for metric, values in THRESHOLDS.items():
        found = reached_on(days, metric, values)
        reached += [Milestone(metric, value, day) for value, day in found]
        ahead += [Milestone(metric, value, None) for value in values[len(found) :][:1]]
    reached += _anniversaries(days[0].day, today)
    # `sorted` is stable: on one day they come in the order of the metrics.
    return sorted(reached, key=lambda each: each.day or today) + ahead


def reached_on(days: list[Played], metric: str, values: tuple[int, ...]) -> list[tuple[int, date]]:
    """Of the rising values those that were reached, and the day of each."""
    found: list[tuple[int, date]] = []
    so_far = 0
    for played in days:
        so_far += getattr(played.numbers, metric)
        while len(found) < len(values) and so_far >= values[len(found)] * UNITS.get(metric, 1):
            found.append((values[len(found)], played.day))
    return found


def _anniversaries(first: date, today: date) -> list[Milestone]:
    """Of who began on the 29th of February, on the 1st of March."""
    found = []
    for years in range(1, today.year - first.year + 1):
        leap_day = (first.month, first.day) == (2, 29)
        year = first.year + years
        day = date(year, 3, 1) if leap_day else first.replace(year=year)
        if day <= today:
            found.append(Milestone("years", years, day))
    return found


def _best(stretches: list[Stretch]) -> Stretch:
    """By impact, and of equals the first."""
    return max(stretches, key=lambda each: each.numbers.impact)
