"""The table of a fantasy league: what the held players did since the lock, by impact.

Whoever turns out to be the manager scores nothing for them, nor does a bot, which is in no other
table either; a player who is held twice, since two were joined, scores once.
"""

import uuid
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, Subquery, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.league.fantasy.leagues import FantasyRow
from gitleague.league.fantasy.pool import themself
from gitleague.league.people.shown import PUBLIC, Viewer, shown_name
from gitleague.league.periods import Period, Window, around, today_in
from gitleague.league.totals import ledger, totals
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
    held = _held(fantasy, viewer)
    books = ledger(session, fantasy.project_id, fantasy.rules_version)
    played = totals(books, *days, names=("impact",))
    points = (
        select(held.c.team_id, cast(func.sum(played.c.impact), BigInteger).label("points"))
        .join(played, played.c.player_id == held.c.player_id)
        .where(held.c.is_bot.is_(False))
        .group_by(held.c.team_id)
        .subquery()
    )
    scored = func.coalesce(points.c.points, 0)
    rows = session.execute(
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
        .where(FantasyTeam.project_id == fantasy.project_id, FantasyTeam.fantasy_id == fantasy.id)
        .order_by(scored.desc(), FantasyTeam.joined_at, FantasyTeam.id)
        .limit(paging.limit)
        .offset(paging.offset)
    ).all()
    scorers = _scorers(session, held, played, [row.id for row in rows], fantasy)
    return FantasyTable(
        *days,
        [
            TableRow(
                *(row.rank, row.id, row.user_id, row.display_name, row.points),
                scorers.get(row.id, []),
            )
            for row in rows
        ],
        total=rows[0].total if rows else _count(session, fantasy),
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


def _held(fantasy: FantasyRow, viewer: Viewer) -> Subquery:
    """Who holds whom, each once."""
    picked = and_(
        Identity.project_id == FantasyPick.project_id, Identity.id == FantasyPick.identity_id
    )
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    of_team = and_(
        FantasyTeam.project_id == FantasyPick.project_id, FantasyTeam.id == FantasyPick.team_id
    )
    player_is = themself(fantasy.project_id)
    somebody_else = or_(player_is.is_(None), player_is.is_distinct_from(FantasyTeam.user_id))
    return (
        select(
            FantasyPick.team_id, Identity.player_id, shown_name(viewer).label("name"), Player.is_bot
        )
        .join(Identity, picked)
        .join(Player, plays)
        .join(FantasyTeam, of_team)
        .where(
            FantasyPick.project_id == fantasy.project_id,
            FantasyPick.fantasy_id == fantasy.id,
            FantasyPick.undone_at.is_(None),
            somebody_else,
        )
        .distinct()
        .subquery()
    )


def _scorers(
    session: Session,
    held: Subquery,
    played: Subquery,
    teams: Collection[uuid.UUID],
    fantasy: FantasyRow,
) -> dict[uuid.UUID, list[Scorer]]:
    if not fantasy.is_public:
        return {}
    points = case((held.c.is_bot, 0), else_=func.coalesce(played.c.impact, 0))
    rows = session.execute(
        select(held.c.team_id, held.c.player_id, held.c.name, points)
        .outerjoin(played, played.c.player_id == held.c.player_id)
        .where(held.c.team_id.in_(teams))
        .order_by(points.desc(), held.c.name, held.c.player_id)
    )
    found: dict[uuid.UUID, list[Scorer]] = {}
    for team_id, *scorer in rows:
        found.setdefault(team_id, []).append(Scorer(*scorer))
    return found


def _count(session: Session, fantasy: FantasyRow) -> int:
    counted = select(func.count()).where(
        FantasyTeam.project_id == fantasy.project_id, FantasyTeam.fantasy_id == fantasy.id
    )
    return session.scalar(counted) or 0
