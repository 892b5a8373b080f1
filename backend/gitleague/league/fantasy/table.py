"""The table of a fantasy league: what the held players did since the lock, by impact.

Whoever turns out to be the manager scores nothing for them, nor does a bot, which is in no other
table either; a player who is held twice, since two were joined, scores once.
"""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, Subquery, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.fantasy.leagues import FantasyRow
from gitleague.league.fantasy.pool import themself
from gitleague.league.people.shown import PUBLIC, Viewer, shown_name
from gitleague.league.periods import Period, Window, around, today_in
from gitleague.league.totals import Plan, ledger, plan, sums_of
from gitleague.tables.accounts import User
from gitleague.tables.commits import Identity, Player
from gitleague.tables.fantasy import FantasyPick, FantasyTeam


class Scorer(NamedTuple):
    player_id: uuid.UUID
    name: str
    points: int


class TableRow(NamedTuple):
    rank: int
    team_id: uuid.UUID
    user_id: uuid.UUID | None
    manager: str | None
    points: int  # ten-thousandths, as impact
    players: list[Scorer]  # the best first; none while rosters are secret


class FantasyTable(NamedTuple):
    first: date  # of the days that count; after `last` where none do
    last: date
    rows: list[TableRow]
    total: int


def table_of(
    session: Session,
    fantasy: FantasyRow,
    paging: Paging,
    *,
    period: Period = Period.SEASON,
    start: date | None = None,
    viewer: Viewer = PUBLIC,
) -> FantasyTable:
    """Of the whole season, or of the week that holds the day `start`; the running one if none."""
    days = _days(session, fantasy, period, start)
    books = ledger(session, fantasy.project_id, fantasy.rules_version)
    of = _Scored(fantasy.project_id, fantasy.id, plan(books, *days))
    rows = session.execute(*_page(of, paging.limit, paging.offset)).all()
    scorers = _scorers(session, of, [row.id for row in rows], viewer) if fantasy.is_public else {}
    return FantasyTable(
        *days,
        [
            TableRow(
                *(row.rank, row.id, row.user_id, row.display_name, row.points),
                scorers.get(row.id, []),
            )
            for row in rows
        ],
        total=rows[0].total if rows else session.scalar(*_count(of)) or 0,
    )


class _Scored(NamedTuple):
    """A fantasy league, and what the impact of the days that count is made of."""

    project_id: uuid.UUID
    fantasy_id: uuid.UUID
    made_of: Plan


@prepared
def _page(of: _Scored, limit: int, offset: int) -> Select[Any]:
    held = _held(of, PUBLIC)
    played = sums_of(of.made_of, names=("impact",))
    points = (
        select(held.c.team_id, cast(func.sum(played.c.impact), BigInteger).label("points"))
        .join(played, played.c.player_id == held.c.player_id)
        .where(held.c.is_bot.is_(False))
        .group_by(held.c.team_id)
        .subquery()
    )
    scored = func.coalesce(points.c.points, 0)
    return (
        select(
            func.rank().over(order_by=scored.desc()).label("rank"),
            FantasyTeam.id,
            FantasyTeam.user_id,
            User.display_name,
            scored.label("points"),
            func.count().over().label("total"),
        )
        .outerjoin(points, points.c.team_id == FantasyTeam.id)
        .outerjoin(User, User.id == FantasyTeam.user_id)
        .where(FantasyTeam.project_id == of.project_id, FantasyTeam.fantasy_id == of.fantasy_id)
        .order_by(scored.desc(), FantasyTeam.joined_at, FantasyTeam.id)
        .limit(limit)
        .offset(offset)
    )


def _days(
    session: Session, fantasy: FantasyRow, period: Period, start: date | None
) -> tuple[date, date]:
    first, last = max(fantasy.first, fantasy.locks_on), fantasy.last
    if period is not Period.WEEK:
        return first, last
    today = today_in(session, fantasy.project_id)
    week: Window = around(start or min(today, last), Period.WEEK, today)
    return max(first, week.first), min(last, week.last)


def _held(of: _Scored, viewer: Viewer) -> Subquery:
    """Who holds whom, each once."""
    picked = and_(
        Identity.project_id == FantasyPick.project_id, Identity.id == FantasyPick.identity_id
    )
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    of_team = and_(
        FantasyTeam.project_id == FantasyPick.project_id, FantasyTeam.id == FantasyPick.team_id
    )
    player_is = themself(of.project_id)
    somebody_else = or_(player_is.is_(None), player_is.is_distinct_from(FantasyTeam.user_id))
    return (
        select(
            FantasyPick.team_id, Identity.player_id, shown_name(viewer).label("name"), Player.is_bot
        )
        .join(Identity, picked)
        .join(Player, plays)
        .join(FantasyTeam, of_team)
        .where(
            FantasyPick.project_id == of.project_id,
            FantasyPick.fantasy_id == of.fantasy_id,
            FantasyPick.undone_at.is_(None),
            somebody_else,
        )
        .distinct()
        .subquery()
    )


def _scorers(
    session: Session, of: _Scored, teams: list[uuid.UUID], viewer: Viewer
) -> dict[uuid.UUID, list[Scorer]]:
    found: dict[uuid.UUID, list[Scorer]] = {}
    for team_id, *scorer in session.execute(*_best_first(of, teams, viewer)):
        found.setdefault(team_id, []).append(Scorer(*scorer))
    return found


@prepared
def _best_first(of: _Scored, teams: list[uuid.UUID], viewer: Viewer) -> Select[Any]:
    held = _held(of, viewer)
    played = sums_of(of.made_of, names=("impact",))
    points = case((held.c.is_bot, 0), else_=func.coalesce(played.c.impact, 0))
    return (
        select(held.c.team_id, held.c.player_id, held.c.name, points)
        .outerjoin(played, played.c.player_id == held.c.player_id)
        .where(held.c.team_id.in_(teams))
        .order_by(points.desc(), held.c.name, held.c.player_id)
    )


@prepared
def _count(of: _Scored) -> Select[tuple[int]]:
    return select(func.count()).where(
        FantasyTeam.project_id == of.project_id, FantasyTeam.fantasy_id == of.fantasy_id
    )
