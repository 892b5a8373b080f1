"""The table of the squads: what their players did for them, together or on average."""

import uuid
from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    Row,
    Select,
    and_,
    case,
    cast,
    distinct,
    func,
    select,
)
from sqlalchemy.orm import Session

from gitleague.league.rankings import Unranked, needed_for, unranked_in, worth
from gitleague.league.squads.squads import is_somebody
from gitleague.league.squads.sums import squad_sums
from gitleague.league.standings import Slice, Trend, trend_of
from gitleague.league.stats import Metric, Numbers, Order
from gitleague.league.totals import Ledger, ledger, ledger_of
from gitleague.tables.commits import Player
from gitleague.tables.squads import Squad, Stint


class Per(str, Enum):
    """What the squads are compared by."""

    SQUAD = "squad"
    PLAYER = "player"


class SquadStanding(NamedTuple):
    rank: int
    squad_id: uuid.UUID
    name: str
    members: int  # that it had on any day of the window, without those who were away too long
    players: int  # who did anything
    numbers: Numbers  # of all together; `active_days` are those of each player, added up
    trend: Trend


class SquadTable(NamedTuple):
    rows: list[SquadStanding]
    total: int


def squad_standings(
    session: Session,
    of: Slice,
    *,
    per: Per = Per.SQUAD,
    order: Order = Order.DESC,
    page: int = 1,
    limit: int = 50,
    q: str = "",
) -> SquadTable:
    """One page of it: every squad that had a member in the window, also where nobody did anything.

    As in the table of players the rank is the place from most to least, whatever the order.
    """
    table = _ranked(session, of, per)
    named = table.c.name_key.contains(q.casefold(), autoescape=True)
    value = _compared(table, of.metric, per)
    rows = session.execute(
        select(table, func.count().over().label("total"))
        .where(named)
        .order_by(
            value.desc() if order is Order.DESC else value.asc(), table.c.name_key, table.c.squad_id
        )
        .limit(limit)
        .offset((page - 1) * limit)
    ).all()
    if not rows and page > 1:  # past the end: the rows can no longer tell how many there are
        total = session.scalar(select(func.count()).select_from(table).where(named))
        return SquadTable([], total or 0)
    return SquadTable([_row(row) for row in rows], rows[0].total if rows else 0)


def averages(row: SquadStanding) -> dict[str, float]:
    """For each member, as people read them."""
    return {name: value / max(row.members, 1) for name, value in row.numbers.shown().items()}


def _row(row: Row[Any]) -> SquadStanding:
    return SquadStanding(
        row.rank,
        row.squad_id,
        row.name,
        row.members,
        row.players,
        Numbers(*(getattr(row, name) for name in Numbers._fields)),
        trend_of(row.rank, row.rank_before),
    )


def _ranked(session: Session, of: Slice, per: Per) -> CTE:
    """Every squad with its rank now and in the window before."""
    now, before = of.window, of.window.before
    in_force = ledger(session, of.project_id)
    books = ledger_of(session, in_force, now)
    older = books if before.version == now.version else ledger_of(session, in_force, before)
    away, away_before = unranked_in(session, of.project_id, Metric.IMPACT, (now, before))
    needed = needed_for(of.metric)
    played = _played(of, books, away, Numbers._fields).cte("played")
    earlier = _played(of._replace(window=before), older, away_before, needed).cte("earlier")
    was = select(
        earlier.c.squad_id,
        func.rank().over(order_by=_compared(earlier, of.metric, per).desc()).label("rank"),
    ).cte("was")
    return (
        select(
            played,
            func.rank().over(order_by=_compared(played, of.metric, per).desc()).label("rank"),
            was.c.rank.label("rank_before"),
        )
        .join_from(played, was, was.c.squad_id == played.c.squad_id, isouter=True)
        .cte("ranked")
    )


def _compared(table: CTE, metric: Metric, per: Per) -> ColumnElement[Any]:
    value = worth(table, metric)
    if per is Per.SQUAD or metric is Metric.IMPACT_PER_DAY:  # which is an average already
        return value
    # Both databases divide to the nearest number there is, so that equals stay equal.
    return func.coalesce(cast(value, Float) / func.nullif(table.c.members, 0), 0.0)


def _played(of: Slice, books: Ledger, away: Unranked, names: Sequence[str]) -> Select[Any]:
    """These sums of each squad that had a member in the window."""
    # Asked twice where somebody was away, and made once.
    sums = select(squad_sums(books, of.window, names, repo_id=of.repo_id)).cte()
    members = _members(of, sums, away).subquery()
    did = (
        select(
            sums.c.squad_id,
            func.count().label("players"),
            *(func.sum(sums.c[name]).label(name) for name in names),
        )
        .join(Player, Player.id == sums.c.player_id)
        .where(*_of_players(of))
        .group_by(sums.c.squad_id)
        .subquery()
    )
    return (
        select(
            Squad.id.label("squad_id"),
            Squad.name,
            Squad.name_key,
            members.c.members,
            func.coalesce(did.c.players, 0).label("players"),
            *(func.coalesce(did.c[name], 0).label(name) for name in names),
        )
        .join(members, members.c.squad_id == Squad.id)
        .join(did, did.c.squad_id == Squad.id, isouter=True)
        .where(Squad.project_id == of.project_id)
    )


def _members(of: Slice, sums: CTE, away: Unranked) -> Select[Any]:
    """Who belonged to each squad in the window; whoever was away and did nothing counts not."""
    who: Any = Stint.player_id
    if away.away:
        was_here = Stint.player_id.not_in(sorted(away.away)) | sums.c.player_id.is_not(None)
        who = case((was_here, Stint.player_id))
    members = (
        select(Stint.squad_id, func.count(distinct(who)).label("members"))
        .join(Player, and_(Player.project_id == Stint.project_id, Player.id == Stint.player_id))
        .where(
            Stint.project_id == of.project_id,
            Stint.first <= of.window.end,
            Stint.last >= of.window.first,
            is_somebody(of.project_id),
            *_of_players(of),
        )
        .group_by(Stint.squad_id)
    )
    if not away.away:
        return members
    did = and_(sums.c.squad_id == Stint.squad_id, sums.c.player_id == Stint.player_id)
    return members.join(sums, did, isouter=True)


def _of_players(of: Slice) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [Player.project_id == of.project_id]
    if not of.bots:
        chosen.append(Player.is_bot.is_(False))
    if of.positions is not None:
        chosen.append(Player.position.in_(of.positions))
    return chosen
