"""A season at a glance."""

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy.orm import Session

from gitleague.league.periods import Window
from gitleague.league.standings import Leader, Slice, StandingRow, leaders, over, standings
from gitleague.league.stats import Metric, Numbers, summed
from gitleague.tables.scores import BoxScore

LED = (
    Metric.IMPACT,
    Metric.PTS,
    Metric.REB,
    Metric.AST,
    Metric.BLK,
    Metric.STL,
    Metric.TOV,
    Metric.COMMITS,
    Metric.ACTIVE_DAYS,
)
PODIUM = 3


class BusiestDay(NamedTuple):
    day: date
    commits: int


class Summary(NamedTuple):
    players: int
    numbers: Numbers  # of all of them together; `active_days` counts a day once
    podium: list[StandingRow]
    leaders: list[Leader]
    busiest: BusiestDay | None


def summary_of(session: Session, project_id: uuid.UUID, window: Window) -> Summary:
    which = Slice(project_id, window)
    podium = standings(session, which, limit=PODIUM)
    return Summary(
        players=podium.total,
        numbers=_together(session, which),
        podium=podium.rows,
        leaders=leaders(session, which, LED),
        busiest=_busiest(session, which),
    )


def _together(session: Session, of: Slice) -> Numbers:
    return Numbers(*session.execute(over(of, *summed())).one())


def _busiest(session: Session, of: Slice) -> BusiestDay | None:
    """The earliest of the days with most commits."""
    commits = func.sum(BoxScore.commits)
    row = session.execute(
        over(of, BoxScore.day, commits)
        .group_by(BoxScore.day)
        .order_by(commits.desc(), BoxScore.day)
        .limit(1)
    ).one_or_none()
    return BusiestDay(row[0], int(row[1])) if row else None
