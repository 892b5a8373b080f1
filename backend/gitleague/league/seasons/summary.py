"""A season at a glance."""

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.league.activity import days_together
from gitleague.league.awards.shelf import AwardRow, Which, list_awards
from gitleague.league.leaders import Leader, leaders
from gitleague.league.people.shown import PUBLIC, Viewer
from gitleague.league.periods import Window
from gitleague.league.squads.standings import Per, SquadStanding, squad_standings
from gitleague.league.standings import Slice, StandingRow, standings
from gitleague.league.stats import Metric, Numbers

LED = tuple(metric for metric in Metric if metric is not Metric.IMPACT_PER_DAY)
PODIUM = 3
AWARDS = Paging(limit=100)  # a season has one of each kind


class BusiestDay(NamedTuple):
    day: date
    commits: int


class Summary(NamedTuple):
    players: int
    numbers: Numbers  # of all of them together; `active_days` counts a day once
    podium: list[StandingRow]
    leaders: list[Leader]
    busiest: BusiestDay | None
    awards: list[AwardRow]
    squads: list[SquadStanding]  # the first of those that did anything
    squads_on_average: list[SquadStanding]


def summary_of(
    session: Session,
    project_id: uuid.UUID,
    season_id: uuid.UUID,
    window: Window,
    viewer: Viewer = PUBLIC,
) -> Summary:
    which = Slice(project_id, window, viewer=viewer)
    podium = standings(session, which, limit=PODIUM)
    numbers, busiest = _day_by_day(session, which)
    return Summary(
        players=podium.total,
        numbers=numbers,
        podium=[row for row in podium.rows if row.rank],
        leaders=leaders(session, which, LED),
        busiest=busiest,
        awards=list_awards(session, project_id, AWARDS, Which(season_id=season_id), viewer)[0],
        squads=_best_squads(session, which, Per.SQUAD),
        squads_on_average=_best_squads(session, which, Per.PLAYER),
    )


def _best_squads(session: Session, of: Slice, per: Per) -> list[SquadStanding]:
    found = squad_standings(session, of, per=per, limit=PODIUM).rows
    return [each for each in found if each.players]


def _day_by_day(session: Session, of: Slice) -> tuple[Numbers, BusiestDay | None]:
    """The sums of all days, and the earliest of those with most commits."""
    days = days_together(session, of.project_id, of.window)
    if not days:
        return Numbers(), None
    together = Numbers(*map(sum, zip(*(played.numbers for played in days), strict=True)))
    busiest = max(days, key=lambda played: played.numbers.commits)
    return together._replace(active_days=len(days)), BusiestDay(
        busiest.day, busiest.numbers.commits
    )
