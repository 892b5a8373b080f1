"""The records book: the most that anybody ever did in a day, week, month or season, and the
longest streak. A job writes it when the months are summed up, so that reading it costs nothing.
"""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Date,
    Select,
    Subquery,
    cast,
    extract,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.core.sets import ByteOrder
from gitleague.league.careers.best import best_plays
from gitleague.league.people.shown import LEAGUE, PUBLIC, Viewer, names_of, shown_name
from gitleague.league.periods import DAY, Period, around, today_in, window_of
from gitleague.league.seasons.windows import opened_seasons
from gitleague.league.totals import By, Plan, ledger, ledger_of, plan, sums_of
from gitleague.projects.leagues import lock_project
from gitleague.scoring.days import WeekNumber, in_a_row
from gitleague.tables.commits import Player
from gitleague.tables.scores import RecordBook

METRICS = (
    *("commits", "additions", "deletions", "files_changed"),
    *("pts", "reb", "ast", "blk", "stl", "jt", "cc", "impact"),
)
STREAK, PLAY = "streak", "play"
NAMED = 10  # of those who share a record


_SpanOf = Callable[[date], tuple[date, date]]


class Holder(NamedTuple):
    player_id: uuid.UUID
    player_name: str
    first: date
    last: date


class Record(NamedTuple):
    span: str  # day, week, month, season, streak or play
    metric: str
    value: int  # as box scores keep it; days, of a streak
    shared_by: int
    holders: list[Holder]  # the earliest first


class Book(NamedTuple):
    made_at: datetime | None  # None: not written yet
    records: list[Record]


def book_of(session: Session, project_id: uuid.UUID, viewer: Viewer = PUBLIC) -> Book:
    """The records as they were written last, under the names that players have now."""
    book = session.get(RecordBook, project_id)
    if book is None:
        return Book(None, [])
    ids = {uuid.UUID(each["player_id"]) for record in book.records for each in record["holders"]}
    names = names_of(session, project_id, ids, viewer)
    return Book(book.made_at, [_read(record, names) for record in book.records])


def find_records(session: Session, project_id: uuid.UUID) -> list[dict[str, Any]]:
    """What the book is to hold."""
    today = today_in(session, project_id)
    books = ledger(session, project_id)
    days = plan(books, date.min, date.max, by=By.DAY)
    found = [
        record
        for period in (Period.DAY, Period.WEEK, Period.MONTH)
        for record in _best(session, (days,), period, partial(_span, period))
    ]
    windows = [window for _, window in opened_seasons(session, project_id)]
    if windows:
        ends = {window.first: (window.first, window.last) for window in windows}
        # Closed ones as they were frozen.
        seasons = tuple(
            plan(ledger_of(session, books, window), window.first, window.last) for window in windows
        )
        found += _best(session, seasons, Period.SEASON, ends.__getitem__)
    return [*found, *_longest(session, days, today), *_biggest(session, project_id)]


def write_book(
    session: Session, project_id: uuid.UUID, records: list[dict[str, Any]], *, found_at: datetime
) -> None:
    """Unless the one that is there was found later: two jobs can write at a time."""
    lock_project(session, project_id)
    book = session.get(RecordBook, project_id)
    if book is None or book.made_at <= found_at:
        session.merge(RecordBook(project_id=project_id, records=records, made_at=found_at))


def _best(
    session: Session,
    of: tuple[Plan, ...],
    period: Period,
    span: Callable[[date], tuple[date, date]],
) -> list[dict[str, Any]]:
    """Of each metric the most, and who did it when; nothing is no record."""
    most = session.execute(*_most(of, period)).one()
    values = {name: value for name, value in zip(METRICS, most, strict=True) if value}
    if not values:
        return []
    rows = session.execute(*_holders(of, period, tuple(values.values()), names=tuple(values))).all()
    return [
        _record(
            period.value,
            name,
            value,
            [(row.player_id, *span(row.day)) for row in rows if getattr(row, name) == value],
        )
        for name, value in values.items()
    ]


@prepared
def _most(of: tuple[Plan, ...], period: Period) -> Select[Any]:
    played = _played(of, period)
    return select(*(func.max(played.c[name]) for name in METRICS))


@prepared
def _holders(
    of: tuple[Plan, ...], period: Period, values: tuple[int, ...], *, names: tuple[str, ...]
) -> Select[Any]:
    """Only the first are named: first in time, and then by a name, which is the same wherever the
    league is kept.
    """
    played = _played(of, period)
    is_best = or_(*(played.c[name] == value for name, value in zip(names, values, strict=True)))
    return (
        select(played)
        .where(is_best)
        .order_by(played.c.day, ByteOrder(played.c.name), played.c.player_id)
    )


def _played(of: tuple[Plan, ...], period: Period) -> Subquery:
    """What each player did in each of the periods: days summed up, or the seasons themselves."""
    project_id = of[0].project_id
    if period is Period.SEASON:
        return _of_people(project_id, union_all(*map(_in_season, of)).subquery())
    days = sums_of(of[0])
    if period is Period.DAY:
        columns = (days.c.player_id, days.c.day, *(days.c[name] for name in METRICS))
        return _of_people(project_id, select(*columns).subquery())
    by = (
        [WeekNumber(days.c.day)]
        if period is Period.WEEK
        else [extract("year", days.c.day), extract("month", days.c.day)]
    )
    sums = (cast(func.sum(days.c[name]), BigInteger).label(name) for name in METRICS)
    each = select(days.c.player_id, func.min(days.c.day).label("day"), *sums)
    return _of_people(project_id, each.group_by(days.c.player_id, *by).subquery())


def _in_season(of: Plan) -> Select[Any]:
    sums = sums_of(of, names=METRICS)
    first = type_coerce(of.pieces[0].first, Date).label("day")
    return select(sums.c.player_id, first, *(sums.c[name] for name in METRICS))


def _longest(session: Session, days: Plan, today: date) -> list[dict[str, Any]]:
    rows = session.execute(*_longest_runs(days, today)).all()
    if not rows:
        return []
    holders = [(row.player_id, row.day - (row.run - 1) * DAY, row.day) for row in rows]
    return [_record(STREAK, "active_days", rows[0].run, holders)]


@prepared
def _longest_runs(of: Plan, today: date) -> Select[Any]:
    days = sums_of(of)
    people = select(days.c.player_id, days.c.day).where(days.c.day <= today)
    runs = in_a_row(_of_people(of.project_id, people.subquery()))
    place = func.rank().over(order_by=runs.c.run.desc()).label("place")
    placed = select(runs, place).subquery()
    return (
        select(placed.c.player_id, placed.c.day, placed.c.run)
        .where(placed.c.place == 1)
        .order_by(placed.c.day, ByteOrder(placed.c.name), placed.c.player_id)
    )


def _biggest(session: Session, project_id: uuid.UUID) -> list[dict[str, Any]]:
    """The commit with most impact."""
    window = window_of(Period.ALL, today=today_in(session, project_id))
    plays, _ = best_plays(session, project_id, window, Paging(limit=200))
    most = [each for each in plays if each.play.working.impact == plays[0].play.working.impact]
    holders = [(each.player_id, each.play.day, each.play.day) for each in most]
    return [_record(PLAY, "impact", most[0].play.working.impact, holders)] if most else []


def _of_people(project_id: uuid.UUID, each: Subquery) -> Subquery:
    """Without bots."""
    return (
        select(each, shown_name(LEAGUE).label("name"))
        .join(Player, Player.id == each.c.player_id)
        .where(Player.project_id == project_id, Player.is_bot.is_(False))
        .subquery()
    )


def _span(period: Period, day: date) -> tuple[date, date]:
    window = around(day, period, day)
    return window.first, window.last


def _record(
    span: str, metric: str, value: int, holders: list[tuple[uuid.UUID, date, date]]
) -> dict[str, Any]:
    return {
        "span": span,
        "metric": metric,
        "value": value,
        "shared_by": len(holders),
        "holders": [
            {"player_id": str(player_id), "first": str(first), "last": str(last)}
            for player_id, first, last in holders[:NAMED]
        ],
    }


def _read(record: dict[str, Any], names: dict[uuid.UUID, str]) -> Record:
    holders = [
        Holder(
            player_id,
            names[player_id],
            date.fromisoformat(each["first"]),
            date.fromisoformat(each["last"]),
        )
        for each in record["holders"]
        if (player_id := uuid.UUID(each["player_id"])) in names
    ]
    return Record(**{**record, "holders": holders})
