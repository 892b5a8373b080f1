"""The table of the squads: what their players did for them, together or on average."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
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

from gitleague.core.prepared import prepared
from gitleague.core.sets import ESCAPE, escaped
from gitleague.league.rankings import Unranked, needed_for, unranked_in, worth
from gitleague.league.squads.squads import is_somebody
from gitleague.league.squads.sums import squad_sums
from gitleague.league.standings import Slice, Trend, trend_of
from gitleague.league.stats import Metric, Numbers, Order, numbers_in
from gitleague.league.totals import Plan, ledger, ledger_of, plan
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


class _Played(NamedTuple):
    made_of: Plan
    first: date
    end: date
    unranked: Unranked


class _Table(NamedTuple):
    of: Slice
    now: _Played
    before: _Played


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
    table = _table_of(session, of)
    named = escaped(q.casefold())
    rows = session.execute(
        *_page(table, named, limit, (page - 1) * limit, per=per, order=order)
    ).all()
    if not rows and page > 1:  # past the end: the rows can no longer tell how many there are
        return SquadTable([], session.scalar(*_length(table, named)) or 0)
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
        Numbers._make(numbers_in(row)),
        trend_of(row.rank, row.rank_before),
    )


def _table_of(session: Session, of: Slice) -> _Table:
    now, before = of.window, of.window.before
    in_force = ledger(session, of.project_id)
    books = ledger_of(session, in_force, now)
    older = books if before.version == now.version else ledger_of(session, in_force, before)
    away, away_before = unranked_in(session, of.project_id, Metric.IMPACT, (now, before))
    return _Table(
        of.alone,
        _Played(plan(books, now.first, now.last, repo_id=of.repo_id), now.first, now.end, away),
        _Played(
            plan(older, before.first, before.last, repo_id=of.repo_id),
            before.first,
            before.end,
            away_before,
        ),
    )


@prepared
def _page(
    of: _Table, named: str, limit: int, offset: int, *, per: Per, order: Order
) -> Select[Any]:
    table = _ranked(of, per)
    value = _compared(table, of.of.metric, per)
    return (
        select(table, func.count().over().label("total"))
        .where(table.c.name_key.contains(named, escape=ESCAPE))
        .order_by(
            value.desc() if order is Order.DESC else value.asc(), table.c.name_key, table.c.squad_id
        )
        .limit(limit)
        .offset(offset)
    )


@prepared
def _length(of: _Table, named: str) -> Select[tuple[int]]:
    table = _ranked(of, Per.SQUAD)
    found = table.c.name_key.contains(named, escape=ESCAPE)
    return select(func.count()).select_from(table).where(found)


def _ranked(of: _Table, per: Per) -> CTE:
    """Every squad with its rank now and in the window before."""
    metric = of.of.metric
    played = _played(of.of, of.now, Numbers._fields).cte("played")
    earlier = _played(of.of, of.before, needed_for(metric)).cte("earlier")
    was = select(
        earlier.c.squad_id,
        func.rank().over(order_by=_compared(earlier, metric, per).desc()).label("rank"),
    ).cte("was")
    return (
        select(
            played,
            func.rank().over(order_by=_compared(played, metric, per).desc()).label("rank"),
            was.c.rank.label("rank_before"),
        )
        .join_from(played, was, was.c.squad_id == played.c.squad_id, isouter=True)
        .cte("ranked")
    )


def _compared(table: CTE, metric: Metric, per: Per) -> ColumnElement[Any]:
    value = worth(table.c, metric)
    if per is Per.SQUAD or metric is Metric.IMPACT_PER_DAY:  # which is an average already
        return value
    # Both databases divide to the nearest number there is, so that equals stay equal.
    return func.coalesce(cast(value, Float) / func.nullif(table.c.members, 0), 0.0)


def _played(of: Slice, window: _Played, names: Sequence[str]) -> Select[Any]:
    """These sums of each squad that had a member in the window."""
    # Asked twice where somebody was away, and made once.
    sums = select(squad_sums(window.made_of, names)).cte()
    members = _members(of, sums, window).subquery()
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


def _members(of: Slice, sums: CTE, window: _Played) -> Select[Any]:
    """Who belonged to each squad in the window; whoever was away and did nothing counts not."""
    who: Any = Stint.player_id
    away = window.unranked.away
    if away is not None:
        was_here = Stint.player_id.not_in(away) | sums.c.player_id.is_not(None)
        who = case((was_here, Stint.player_id))
    members = (
        select(Stint.squad_id, func.count(distinct(who)).label("members"))
        .join(Player, and_(Player.project_id == Stint.project_id, Player.id == Stint.player_id))
        .where(
            Stint.project_id == of.project_id,
            Stint.first <= window.end,
            Stint.last >= window.first,
            is_somebody(of.project_id),
            *_of_players(of),
        )
        .group_by(Stint.squad_id)
    )
    if away is None:
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
