"""The Hall of Fame, and the table of all time."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from gitleague_client.rules.score import IMPACT_UNIT
from sqlalchemy import Row, Select, and_, distinct, func, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.people.shown import PUBLIC, Viewer, shown_name
from gitleague.league.periods import Period, today_in, window_of
from gitleague.league.standings import Slice, Standings, standings
from gitleague.league.stats import Metric, Numbers
from gitleague.league.totals import By, Plan, ledger, plan, sums_of
from gitleague.tables.awards import Award, AwardKind
from gitleague.tables.commits import Identity, Player
from gitleague.tables.seasons import Season, SeasonState

COMMITS, ACTIVE_DAYS, IMPACT, AWARDS = 1_000, 500, 100_000, 10


class Way(NamedTuple):
    """A way into the hall: this much of a number, in commits, days, points or awards."""

    name: str
    value: int
    sentence: str


WAYS = (
    Way("mvp", 1, "MVP of a season"),
    Way("awards", AWARDS, f"{AWARDS} awards, plays of the day apart"),
    Way("commits", COMMITS, f"{COMMITS:,} commits"),
    Way("active_days", ACTIVE_DAYS, f"{ACTIVE_DAYS} days with a commit"),
    Way("impact", IMPACT, f"{IMPACT:,} of impact"),
)


class Member(NamedTuple):
    player_id: uuid.UUID
    name: str
    numbers: Numbers
    reasons: dict[str, int]  # by the name of the way: how much of it


class Tenure(NamedTuple):
    first_day: date
    last_day: date
    seasons: int  # that the player played in
    titles: int  # as MVP of a season
    awards: int  # of all kinds


def hall_of_fame(session: Session, project_id: uuid.UUID, viewer: Viewer = PUBLIC) -> list[Member]:
    """Who came in by most ways first, then by impact. Retired players stay."""
    ever = plan(ledger(session, project_id), date.min, date.max)
    rows = session.execute(*_players(ever, viewer)).all()
    won = _won(session, project_id)
    members = [_member(row, won.get(row.id, {})) for row in rows]
    return sorted(
        (member for member in members if member.reasons),
        key=lambda each: (-len(each.reasons), -each.numbers.impact, each.name, each.player_id),
    )


@prepared
def _players(of: Plan, viewer: Viewer) -> Select[Any]:
    sums = sums_of(of)
    return (
        select(
            Player.id,
            shown_name(viewer).label("name"),
            *(func.coalesce(sums.c[name], 0) for name in Numbers._fields),
        )
        .join(sums, sums.c.player_id == Player.id, isouter=True)
        .where(Player.project_id == of.project_id, Player.is_bot.is_(False))
    )


def all_time(
    session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]
) -> dict[uuid.UUID, Tenure]:
    """Of these players, of those who played."""
    ever = plan(ledger(session, project_id), date.min, date.max, by=By.DAY)
    played = session.execute(*_tenures(ever, list(players))).tuples()
    won = _won(session, project_id)
    return {
        player_id: Tenure(
            first,
            last,
            seasons,
            won.get(player_id, {}).get(AwardKind.MVP.value, 0),
            sum(won.get(player_id, {}).values()),
        )
        for player_id, first, last, seasons in played
    }


@prepared
def _tenures(of: Plan, players: list[uuid.UUID]) -> Select[tuple[uuid.UUID, date, date, int]]:
    days = sums_of(of, players=players)
    return (
        select(
            days.c.player_id,
            func.min(days.c.day),
            func.max(days.c.day),
            func.count(distinct(Season.id)),
        )
        .join(
            Season,
            and_(
                Season.project_id == of.project_id,
                Season.state != SeasonState.DRAFT.value,
                days.c.day.between(Season.first, Season.last),
            ),
            isouter=True,
        )
        .group_by(days.c.player_id)
    )


def all_time_table(
    session: Session, project_id: uuid.UUID, metric: Metric, paging: Paging, viewer: Viewer = PUBLIC
) -> Standings:
    window = window_of(Period.ALL, today=today_in(session, project_id))
    of = Slice(project_id, window, metric, viewer=viewer)
    return standings(session, of, page=paging.page, limit=paging.limit)


def _won(session: Session, project_id: uuid.UUID) -> dict[uuid.UUID, dict[str, int]]:
    """How many awards of each kind each player has."""
    won: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for player_id, kind, count in session.execute(*_awards(project_id)):
        won[player_id][kind] = count
    return won


@prepared
def _awards(project_id: uuid.UUID) -> Select[tuple[uuid.UUID, str, int]]:
    return (
        select(Identity.player_id, Award.kind, func.count())
        .join(Award, Award.identity_id == Identity.id)
        .where(Award.project_id == project_id, Identity.project_id == project_id)
        .group_by(Identity.player_id, Award.kind)
    )


def _member(row: Row[tuple[uuid.UUID, str]], won: dict[str, int]) -> Member:
    numbers = Numbers(*row[2:])
    have = {
        "mvp": won.get(AwardKind.MVP.value, 0),
        "awards": sum(won.values()) - won.get(AwardKind.PLAY_OF_THE_DAY.value, 0),
        "commits": numbers.commits,
        "active_days": numbers.active_days,
        "impact": numbers.impact // IMPACT_UNIT,
    }
    reasons = {way.name: have[way.name] for way in WAYS if have[way.name] >= way.value}
    return Member(row.id, row.name, numbers, reasons)
