"""The leaderboard: the box scores of a period in order."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from gitleague.league.periods import DAY, Window
from gitleague.league.stats import Metric, Numbers, Order, version_shown
from gitleague.league.streaks import streaks
from gitleague.league.totals import Ledger, ledger_of, totals
from gitleague.tables.commits import Identity, Player
from gitleague.tables.scores import BoxScore


class Slice(NamedTuple):
    """Which of a project's box scores make a table, and what it is ranked by."""

    project_id: uuid.UUID
    window: Window
    metric: Metric = Metric.IMPACT
    repo_id: uuid.UUID | None = None
    bots: bool = False


class Trend(NamedTuple):
    """Against the period before: `direction` is up, down, same or new; `change` counts ranks."""

    direction: str
    change: int


class StandingRow(NamedTuple):
    rank: int
    player_id: uuid.UUID
    name: str
    is_bot: bool
    numbers: Numbers
    streak: int
    trend: Trend
    among: int  # how many are ranked


class Leader(NamedTuple):
    metric: Metric
    player_id: uuid.UUID
    name: str
    value: int


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
    table = _ranked(session, of)
    wanted = select(table, func.count().over().label("total")).where(_named(table, q))
    metric = table.c[of.metric.value]
    in_order = metric.desc() if order is Order.DESC else metric.asc()
    rows = session.execute(
        wanted.order_by(in_order, table.c.name, table.c.player_id)
        .limit(limit)
        .offset((page - 1) * limit)
    ).all()
    if not rows and page > 1:  # past the end: the rows can no longer tell how many there are
        total = session.scalar(select(func.count()).select_from(table).where(_named(table, q)))
        return Standings([], total or 0, 0)
    streak_of = streaks(session, of.project_id, [row.player_id for row in rows], of.window)
    return Standings(
        [_row(row, streak_of.get(row.player_id, 0)) for row in rows],
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
    table = _ranked(session, of)
    rows = session.execute(select(table).where(table.c.player_id.in_(players))).all()
    streak_of = streaks(session, of.project_id, [row.player_id for row in rows], of.window)
    return {row.player_id: _row(row, streak_of.get(row.player_id, 0)) for row in rows}


def leaders(session: Session, of: Slice, metrics: Sequence[Metric]) -> list[Leader]:
    """Who has most of each metric; nobody leads with nothing."""
    played = _played(of, ledger_of(session, of.project_id, of.window)).cte("played")
    places = [
        func.row_number()
        .over(order_by=(played.c[metric.value].desc(), played.c.name, played.c.player_id))
        .label(f"{metric.value}_place")
        for metric in metrics
    ]
    table = select(played, *places).subquery()
    first_in_any = or_(*(table.c[place.name] == 1 for place in places))
    rows = session.execute(select(table).where(first_in_any)).all()
    return [
        Leader(metric, row.player_id, row.name, value)
        for metric in metrics
        for row in rows
        if getattr(row, f"{metric.value}_place") == 1 and (value := getattr(row, metric.value)) > 0
    ]


def last_played(session: Session, of: Slice) -> date | None:
    """The newest day before the window on which anybody played; None if there is none."""
    earlier = of.window._replace(first=date.min, last=max(of.window.first, date.min + DAY) - DAY)
    days = over(of._replace(window=earlier), func.max(BoxScore.day))
    found: date | None = session.scalar(days)
    return found


def _row(row: Row[Any], streak: int) -> StandingRow:
    numbers = Numbers(*(getattr(row, name) for name in Numbers._fields))
    trend = _trend(row.rank, row.rank_before)
    return StandingRow(
        row.rank, row.player_id, row.name, row.is_bot, numbers, streak, trend, row.among
    )


def _trend(rank: int, before: int | None) -> Trend:
    if before is None:
        return Trend("new", 0)
    if before == rank:
        return Trend("same", 0)
    return Trend("up" if rank < before else "down", abs(before - rank))


def _ranked(session: Session, of: Slice) -> CTE:
    """Everyone who played, with their rank now and in the window before."""
    now, before = of.window, of.window.before
    books = ledger_of(session, of.project_id, now)
    older = books
    if before.version != now.version:
        older = ledger_of(session, of.project_id, before)
    played = _played(of, books).cte("played")
    earlier = _played(of._replace(window=before), older).cte("earlier")
    was = select(
        earlier.c.player_id,
        func.rank().over(order_by=earlier.c[of.metric.value].desc()).label("rank"),
    ).cte("was")
    return (
        select(
            played,
            func.rank().over(order_by=played.c[of.metric.value].desc()).label("rank"),
            func.max(played.c.impact).over().label("highest"),
            func.count().over().label("among"),
            was.c.rank.label("rank_before"),
        )
        .join_from(played, was, was.c.player_id == played.c.player_id, isouter=True)
        .cte("ranked")
    )


def _played(of: Slice, books: Ledger) -> Select[Any]:
    """The sums of each player over the window."""
    sums = totals(books, of.window.first, of.window.last, repo_id=of.repo_id)
    chosen = [Player.project_id == of.project_id]
    if not of.bots:
        chosen.append(Player.is_bot.is_(False))
    return (
        select(
            sums.c.player_id,
            Player.name,
            Player.is_bot,
            *(sums.c[name] for name in Numbers._fields),
        )
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
    if of.repo_id:
        chosen.append(BoxScore.repo_id == of.repo_id)
    if not of.bots:
        chosen.append(Player.is_bot.is_(False))
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


def _named(table: CTE, q: str) -> ColumnElement[bool]:
    """The name holds `q`, in whatever case: SQLite alone folds no letters beyond ASCII."""
    spellings = {q, q.lower(), q.upper(), q.title()}
    return or_(*(table.c.name.icontains(spelling, autoescape=True) for spelling in spellings))
