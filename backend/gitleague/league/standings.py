"""The leaderboard: the box scores of a period in order."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.core.sets import ESCAPE, ByteOrder, escaped
from gitleague.league.people.shown import PUBLIC, Viewer, shown_name
from gitleague.league.periods import DAY, Window
from gitleague.league.rankings import Columns, Unranked, needed_for, rank, unranked_in, worth
from gitleague.league.squads.sums import played_for, squad_sums
from gitleague.league.stats import Metric, Numbers, Order, numbers_in, version_shown
from gitleague.league.streaks import streaks
from gitleague.league.totals import Ledger, Plan, ledger, ledger_of, plan, sums_of
from gitleague.tables.commits import Identity, Player
from gitleague.tables.scores import BoxScore


class Slice(NamedTuple):
    """Which of a project's box scores make a table, and what it is ranked by."""

    project_id: uuid.UUID
    window: Window
    metric: Metric = Metric.IMPACT
    repo_id: uuid.UUID | None = None
    bots: bool = False
    squad_id: uuid.UUID | None = None  # what was played for it
    positions: tuple[str, ...] | None = None  # None: of whatever position
    viewer: Viewer = PUBLIC  # who reads the names

    @property
    def alone(self) -> Slice:
        """Without the windows around its own."""
        return self._replace(window=self.window.alone)


class Trend(NamedTuple):
    """Against the period before: `direction` is up, down, same or new; `change` counts ranks."""

    direction: str
    change: int


class StandingRow(NamedTuple):
    rank: int | None  # None: see rankings.py
    player_id: uuid.UUID
    name: str
    is_bot: bool
    numbers: Numbers
    streak: int
    trend: Trend
    among: int  # how many are ranked
    away: bool = False
    is_retired: bool = False


class _Table(NamedTuple):
    """What a table is made of, and who is not ranked in it."""

    of: Slice
    now: Plan
    before: Plan
    unranked: Unranked
    unranked_before: Unranked


class Standings(NamedTuple):
    rows: list[StandingRow]
    total: int
    highest: int  # the best impact of all, in ten-thousandths: what a bar is drawn against


def standings(
    session: Session,
    of: Slice,
    *,
    order: Order = Order.DESC,
    page: int = 1,
    limit: int = 50,
    q: str = "",
) -> Standings:
    """One page of the table.

    The rank is a player's place from the most to the least, whatever the order of the rows, among
    all who played: neither the search nor the page changes it.
    """
    books = ledger(session, of.project_id)
    table = _table_of(session, of, books)
    names = _spellings(q)
    rows = session.execute(*_page(table, names, limit, (page - 1) * limit, order=order)).all()
    if not rows and page > 1:  # past the end: the rows can no longer tell how many there are
        return Standings([], session.scalar(*_length(table, names)) or 0, 0)
    return Standings(
        _full_rows(session, table, of.window, books, rows),
        total=rows[0].total if rows else 0,
        highest=rows[0].highest if rows else 0,
    )


def standing_of(session: Session, of: Slice, player_id: uuid.UUID) -> StandingRow | None:
    """One player's row of the table; None for who did not play."""
    return standings_of(session, of, [player_id]).get(player_id)


def standings_of(
    session: Session, of: Slice, players: Collection[uuid.UUID]
) -> dict[uuid.UUID, StandingRow]:
    """The rows of these players, of those who played."""
    books = ledger(session, of.project_id)
    table = _table_of(session, of, books)
    rows = session.execute(*_rows_of(table, list(players))).all()
    return {row.player_id: row for row in _full_rows(session, table, of.window, books, rows)}


def last_played(session: Session, of: Slice) -> date | None:
    """The newest day before the window on which anybody played; None if there is none."""
    earlier = of.window._replace(first=date.min, last=max(of.window.first, date.min + DAY) - DAY)
    found: date | None = session.scalar(*_newest_day(of._replace(window=earlier).alone))
    return found


@prepared
def _newest_day(of: Slice) -> Select[tuple[date | None]]:
    return over(of, func.max(BoxScore.day))


def _full_rows(
    session: Session, table: _Table, window: Window, books: Ledger, rows: Sequence[Row[Any]]
) -> list[StandingRow]:
    """With all the numbers of these players, which the places of a table are found without."""
    players = [row.player_id for row in rows]
    if not players:
        return []
    sums = session.execute(*_numbers(table.of, table.now, players))
    numbers = {row.player_id: Numbers._make(numbers_in(row)) for row in sums}
    streak_of = streaks(session, books, players, window)
    away = table.unranked.away or ()
    return [
        StandingRow(
            rank=row.rank,
            player_id=row.player_id,
            name=row.name,
            is_bot=row.is_bot,
            numbers=numbers[row.player_id],
            streak=streak_of.get(row.player_id, 0),
            trend=trend_of(row.rank, row.rank_before),
            among=row.among,
            away=row.player_id in away,
            is_retired=row.is_retired,
        )
        for row in rows
    ]


def trend_of(rank: int | None, before: int | None) -> Trend:
    """Who has no rank has no trend either; who had none is new."""
    if rank is None or before == rank:
        return Trend("same", 0)
    if before is None:
        return Trend("new", 0)
    return Trend("up" if rank < before else "down", abs(before - rank))


def _table_of(session: Session, of: Slice, in_force: Ledger) -> _Table:
    now, before = of.window, of.window.before
    books = ledger_of(session, in_force, now)
    older = books if before.version == now.version else ledger_of(session, in_force, before)
    unranked = unranked_in(session, of.project_id, of.metric, (now, before))
    return _Table(
        of.alone,
        plan_in(of, books, now),
        plan_in(of, older, before),
        *unranked,
    )


def plan_in(of: Slice, books: Ledger, window: Window) -> Plan:
    return plan(books, window.first, window.last, repo_id=of.repo_id)


@prepared
def _page(
    of: _Table, names: tuple[str, ...], limit: int, offset: int, *, order: Order
) -> Select[Any]:
    table = _ranked(of)
    metric = worth(table.c, of.of.metric)
    # Whoever has no rank comes last, where there is somebody.
    last = [table.c.rank.is_(None)] if of.unranked.among(table.c) is not None else []
    return (
        select(table, func.count().over().label("total"))
        .where(_in_table(table), _named(table, names))
        .order_by(
            *last,
            metric.desc() if order is Order.DESC else metric.asc(),
            ByteOrder(table.c.name),
            table.c.player_id,
        )
        .limit(limit)
        .offset(offset)
    )


@prepared
def _length(of: _Table, names: tuple[str, ...]) -> Select[tuple[int]]:
    table = _ranked(of)
    return select(func.count()).select_from(table).where(_in_table(table), _named(table, names))


@prepared
def _rows_of(of: _Table, players: list[uuid.UUID]) -> Select[Any]:
    table = _ranked(of)
    return select(table).where(_in_table(table), table.c.player_id.in_(players))


@prepared
def _numbers(of: Slice, made_of: Plan, players: list[uuid.UUID]) -> Select[Any]:
    return select(sums_in(of, made_of, Numbers._fields, players))


def _ranked(of: _Table) -> CTE:
    """Everyone who played now or in the window before, with their rank in both.

    One set of rows and no join of two: SQLite knows nothing of how many there are, and would look
    through all of the one for each of the other.
    """
    metric = of.of.metric
    table = _in_both(of)
    columns = {name: table.c[f"before_{name}"] for name in needed_for(metric)}
    before: Columns = {"player_id": table.c.player_id} | columns
    played_before = columns[needed_for(metric)[0]].is_not(None)
    has_rank = _has_rank(of.unranked, table.c, _in_table(table))
    return select(
        table,
        rank(table.c, metric, has_rank).label("rank"),
        func.max(table.c.impact).over().label("highest"),
        func.sum(case((has_rank, 1), else_=0)).over().label("among"),
        rank(before, metric, _has_rank(of.unranked_before, before, played_before)).label(
            "rank_before"
        ),
    ).cte("ranked")


def _in_both(of: _Table) -> CTE:
    """What players are ranked by, now and before; NULL where they did not play."""
    needed = needed_for(of.of.metric)
    now = sums_in(of.of, of.now, tuple(dict.fromkeys(("impact", *needed))))
    before = sums_in(of.of, of.before, needed)
    names = [*now.c.keys()[1:], *(f"before_{name}" for name in needed)]
    each = union_all(
        select(now, *(_nothing(f"before_{name}") for name in needed)),
        select(
            before.c.player_id,
            *(_nothing(name) for name in now.c.keys()[1:]),
            *(before.c[name].label(f"before_{name}") for name in needed),
        ),
    ).subquery()
    both = (
        select(each.c.player_id, *(func.max(each.c[name]).label(name) for name in names))
        .group_by(each.c.player_id)
        .subquery()
    )
    return with_players(of.of, both, names).cte("played")


def _nothing(name: str) -> ColumnElement[Any]:
    return cast(null(), BigInteger).label(name)


def _in_table(table: CTE) -> ColumnElement[bool]:
    """Whether a player of either window played in the newer one."""
    return table.c.impact.is_not(None)


def _has_rank(
    unranked: Unranked, columns: Columns, played: ColumnElement[bool]
) -> ColumnElement[bool]:
    out = unranked.among(columns)
    return played if out is None else and_(played, ~out)


def sums_in(
    of: Slice, made_of: Plan, names: Sequence[str], players: Collection[uuid.UUID] | None = None
) -> Subquery:
    """The player of each row, then the names."""
    if of.squad_id is None:
        return sums_of(made_of, names=names, players=players)
    sums = squad_sums(made_of, names, squad_id=of.squad_id, players=players)
    return select(sums.c.player_id, *(sums.c[name] for name in names)).subquery()


def with_players(of: Slice, sums: Subquery, names: Sequence[str]) -> Select[Any]:
    """These sums of each player, of those in the slice."""
    chosen = [Player.project_id == of.project_id]
    if of.positions is not None:
        chosen.append(Player.position.in_(of.positions))
    if not of.bots:
        chosen.append(Player.is_bot.is_(False))
    columns = (
        shown_name(of.viewer).label("name"),
        Player.is_bot,
        # Whoever retired and still plays is in the table, and marked in it.
        case((Player.retired_on <= of.window.today, True), else_=False).label("is_retired"),
    )
    return (
        select(sums.c.player_id, *columns, *(sums.c[name] for name in names))
        .join(Player, Player.id == sums.c.player_id)
        .where(*chosen)
    )


def over(of: Slice, *columns: Any) -> Select[Any]:
    """These columns of the box scores in the slice, with their players."""
    chosen = [
        BoxScore.project_id == of.project_id,
        BoxScore.rules_version == version_shown(of.project_id, of.window),
        BoxScore.day.between(of.window.first, of.window.last),
    ]
    if of.repo_id is not None:
        chosen.append(BoxScore.repo_id == of.repo_id)
    if not of.bots:
        chosen.append(Player.is_bot.is_(False))
    if of.positions is not None:
        chosen.append(Player.position.in_(of.positions))
    if of.squad_id is not None:
        chosen.append(played_for(of.project_id, of.squad_id))
    return (
        select(*columns)
        .select_from(BoxScore)
        .join(
            Identity,
            and_(Identity.project_id == BoxScore.project_id, Identity.id == BoxScore.identity_id),
        )
        .join(
            Player, and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
        )
        .where(*chosen)
    )


def _spellings(q: str) -> tuple[str, ...]:
    """How a name may hold `q`, in whatever case: SQLite alone folds no letters beyond ASCII."""
    spelt = sorted({q, q.lower(), q.upper(), q.title()}) if q else []
    return tuple(escaped(spelling) for spelling in spelt)


def _named(table: CTE, names: tuple[str, ...]) -> ColumnElement[bool]:
    found = [table.c.name.icontains(name, escape=ESCAPE) for name in names]
    return or_(*found) if found else true()
