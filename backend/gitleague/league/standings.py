"""The leaderboard: the box scores of a period in order."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Row, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.core.sets import ESCAPE, ByteOrder, escaped
from gitleague.league.people.shown import LEAGUE, PUBLIC, Viewer, shown_name
from gitleague.league.periods import DAY, Window
from gitleague.league.rankings import Unranked, needed_for, rank, unranked_in, worth
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


class Leader(NamedTuple):
    metric: Metric
    player_id: uuid.UUID
    name: str
    value: float


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
    streak_of = streaks(session, books, [row.player_id for row in rows], of.window)
    return Standings(
        [_row(row, streak_of.get(row.player_id, 0), table.unranked) for row in rows],
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
    streak_of = streaks(session, books, [row.player_id for row in rows], of.window)
    return {
        row.player_id: _row(row, streak_of.get(row.player_id, 0), table.unranked) for row in rows
    }


def leaders(session: Session, of: Slice, metrics: Sequence[Metric]) -> list[Leader]:
    """Who has most of each metric; nobody leads with nothing, or from afar.

    Of equals the one whose name comes first, whoever looks.
    """
    books = ledger_of(session, ledger(session, of.project_id), of.window)
    (unranked,) = unranked_in(session, of.project_id, Metric.IMPACT, [of.window])
    made_of = _plan(of, books, of.window)
    rows = session.execute(*_leaders(of.alone, made_of, unranked, metrics=tuple(metrics))).all()
    return [
        Leader(metric, row.player_id, row.name, value)
        for metric in metrics
        for row in rows
        if getattr(row, f"{metric.value}_place") == 1 and (value := getattr(row, metric.value)) > 0
    ]


@prepared
def _leaders(
    of: Slice, made_of: Plan, unranked: Unranked, *, metrics: tuple[Metric, ...]
) -> Select[Any]:
    everybody = _played(of, made_of, Numbers._fields)
    played = everybody.add_columns(shown_name(LEAGUE).label("tie")).cte("played")
    out = unranked.among(played)
    places = [
        func.row_number()
        .over(order_by=(played.c[metric.value].desc(), ByteOrder(played.c.tie), played.c.player_id))
        .label(f"{metric.value}_place")
        for metric in metrics
    ]
    table = select(played, *places).where(*([] if out is None else [~out])).subquery()
    return select(table).where(or_(*(table.c[place.name] == 1 for place in places)))


def last_played(session: Session, of: Slice) -> date | None:
    """The newest day before the window on which anybody played; None if there is none."""
    earlier = of.window._replace(first=date.min, last=max(of.window.first, date.min + DAY) - DAY)
    found: date | None = session.scalar(*_newest_day(of._replace(window=earlier).alone))
    return found


@prepared
def _newest_day(of: Slice) -> Select[tuple[date | None]]:
    return over(of, func.max(BoxScore.day))


def _row(row: Row[Any], streak: int, unranked: Unranked) -> StandingRow:
    return StandingRow(
        rank=row.rank,
        player_id=row.player_id,
        name=row.name,
        is_bot=row.is_bot,
        numbers=Numbers._make(numbers_in(row)),
        streak=streak,
        trend=trend_of(row.rank, row.rank_before),
        among=row.among,
        away=row.player_id in (unranked.away or ()),
        is_retired=row.is_retired,
    )


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
        _plan(of, books, now),
        _plan(of, older, before),
        *unranked,
    )


def _plan(of: Slice, books: Ledger, window: Window) -> Plan:
    return plan(books, window.first, window.last, repo_id=of.repo_id)


@prepared
def _page(
    of: _Table, names: tuple[str, ...], limit: int, offset: int, *, order: Order
) -> Select[Any]:
    table = _ranked(of)
    metric = worth(table, of.of.metric)
    # Whoever has no rank comes last, where there is somebody.
    last = [table.c.rank.is_(None)] if of.unranked.among(table) is not None else []
    return (
        select(table, func.count().over().label("total"))
        .where(_named(table, names))
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
    return select(func.count()).select_from(table).where(_named(table, names))


@prepared
def _rows_of(of: _Table, players: list[uuid.UUID]) -> Select[Any]:
    table = _ranked(of)
    return select(table).where(table.c.player_id.in_(players))


def _ranked(of: _Table) -> CTE:
    """Everyone who played, with their rank now and in the window before."""
    metric = of.of.metric
    played = _played(of.of, of.now, Numbers._fields).cte("played")
    earlier = _played(of.of, of.before, needed_for(metric)).cte("earlier")
    was = select(earlier.c.player_id, rank(earlier, metric, of.unranked_before).label("rank"))
    before = was.cte("was")
    return (
        select(
            played,
            rank(played, metric, of.unranked).label("rank"),
            func.max(played.c.impact).over().label("highest"),
            _ranked_in_all(played, of.unranked).label("among"),
            before.c.rank.label("rank_before"),
        )
        .join_from(played, before, before.c.player_id == played.c.player_id, isouter=True)
        .cte("ranked")
    )


def _ranked_in_all(played: CTE, unranked: Unranked) -> ColumnElement[int]:
    out = unranked.among(played)
    return func.count().over() if out is None else func.sum(case((out, 0), else_=1)).over()


def _played(of: Slice, made_of: Plan, names: Sequence[str]) -> Select[Any]:
    """These sums of each player, of those in the slice."""
    if of.squad_id is not None:
        sums = squad_sums(made_of, names, squad_id=of.squad_id)
    else:
        sums = sums_of(made_of, names=names)
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
