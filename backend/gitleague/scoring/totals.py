"""Totals per player, by day, month and year, so that no table has to add up years of box scores.

They follow from the box scores alone. Whoever changes those marks their months as stale in the
same transaction: readers take a stale month from the box scores, and a job sums it up soon after.
"""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    Select,
    and_,
    cast,
    delete,
    distinct,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from gitleague.core.sets import count_differing, insert_rows, table_of
from gitleague.jobs import queue
from gitleague.projects.happenings import tell_of_standings
from gitleague.projects.leagues import lock_project
from gitleague.scoring import best_plays
from gitleague.scoring.days import Days, in_a_row
from gitleague.scoring.parameters import FIRST, LAST, PROJECT, VERSION, given
from gitleague.scoring.rules import rules_at
from gitleague.tables.commits import Identity
from gitleague.tables.scores import BoxScore, PlayerTotal, StaleMonth

SUM_UP = "sum_up"
# The batches of one push are summed up together, and those of a very long one now and then.
SOON, AT_MOST = timedelta(seconds=2), timedelta(minutes=1)
ALL_REPOS = uuid.UUID(int=0)
SUMS = (
    *("commits", "assisted", "additions", "deletions", "files_changed"),
    *("pts", "reb", "ast", "blk", "stl", "tov", "jt", "cc", "impact"),
)
_KEY = ("project_id", "rules_version", "span", "repo_id", "first", "player_id")
_COLUMNS = [*_KEY, *SUMS, "active_days", "run"]


class Span(str, Enum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class _Book(NamedTuple):
    project_id: uuid.UUID
    version: int  # of the rules


def month_of(day: date) -> date:
    return day.replace(day=1)


def year_of(day: date) -> date:
    return day.replace(month=1, day=1)


def end_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def end_of_year(day: date) -> date:
    return day.replace(month=12, day=31)


def mark(session: Session, project_id: uuid.UUID, version: int, days: Iterable[date]) -> None:
    """The totals of these days hold no longer. Only under the league's lock."""
    _mark(session, project_id, {(version, month_of(day)) for day in days})


def mark_players(session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]) -> None:
    """What was summed up of these players holds no longer, in closed seasons neither."""
    summed_up = select(PlayerTotal.rules_version, PlayerTotal.first).where(
        PlayerTotal.project_id == project_id,
        PlayerTotal.player_id.in_(players),
        PlayerTotal.span == Span.MONTH.value,
        PlayerTotal.repo_id == ALL_REPOS,
    )
    _mark(session, project_id, set(session.execute(summed_up.distinct()).tuples()))
    tell_of_standings(session, project_id)  # also where nothing is summed up yet


def ask_again(session: Session, project_id: uuid.UUID) -> None:
    """For what is written once the months are summed up. Only under the league's lock."""
    queue.enqueue_once(session, SUM_UP, project_id=project_id, wait=SOON, at_most=AT_MOST)


def forget(session: Session, project_id: uuid.UUID, version: int, days: Days | None = None) -> None:
    """The box scores of this version are gone, or those of a month."""
    best_plays.forget(session, project_id, version, days)
    for table, first in ((PlayerTotal, PlayerTotal.first), (StaleMonth, StaleMonth.month)):
        gone = [table.project_id == project_id, table.rules_version == version]
        if days:
            gone.append(first.between(*days))
        session.execute(delete(table).where(*gone))


def ask_for_totals(session: Session) -> None:
    """A job for each league whose months wait, though none is asked for: its job failed."""
    # across projects: every league has its months
    waiting = set(session.scalars(select(StaleMonth.project_id).distinct()))
    for project_id in sorted(waiting - queue.unfinished(session, SUM_UP)):
        queue.enqueue(session, SUM_UP, project_id=project_id)


def sum_up_next(session: Session, project_id: uuid.UUID) -> bool:
    """Sums up one stale month, the newest first; False where there is none."""
    lock_project(session, project_id)
    stale = session.execute(
        select(StaleMonth.rules_version, StaleMonth.month)
        .where(StaleMonth.project_id == project_id)
        .order_by(StaleMonth.month.desc(), StaleMonth.rules_version.desc())
        .limit(1)
    ).one_or_none()
    if stale is None:
        return False
    version, month = stale
    session.execute(
        delete(StaleMonth).where(
            StaleMonth.project_id == project_id,
            StaleMonth.rules_version == version,
            StaleMonth.month == month,
        )
    )
    book, days = _Book(project_id, version), Days(month, end_of(month))
    _clear(session, book, (Span.DAY, Span.MONTH), days)
    for statement in _of_month():
        session.execute(statement, given(*book, days))
    _sum_up_year(session, book, Days(year_of(month), end_of_year(month)))
    best_plays.keep(session, project_id, version, days, rules_at(session, project_id, version))
    return True


def count_off(session: Session, project_id: uuid.UUID) -> int:
    """How many totals, of months that are summed up, are not what the box scores add up to."""
    months = set(
        session.execute(
            select(BoxScore.rules_version, BoxScore.day)
            .where(BoxScore.project_id == project_id)
            .distinct()
        ).tuples()
    ) | set(
        session.execute(
            select(PlayerTotal.rules_version, PlayerTotal.first)
            .where(PlayerTotal.project_id == project_id)
            .distinct()
        ).tuples()
    )
    summed_up = {(version, month_of(day)) for version, day in months}
    stale = set(
        session.execute(
            select(StaleMonth.rules_version, StaleMonth.month).where(
                StaleMonth.project_id == project_id
            )
        ).tuples()
    )
    unsettled = {(version, year_of(month)) for version, month in stale}
    years = {(version, year_of(month)) for version, month in summed_up} - unsettled
    off = 0
    for version, month in sorted(summed_up - stale):
        book, days = _Book(project_id, version), Days(month, end_of(month))
        of_month = select(union_all(_repos(), _added_up(Span.DAY)).subquery())
        off += _count_off(session, book, days, (_days(), Span.DAY))
        off += _count_off(session, book, days, (of_month, Span.MONTH))
    for version, year in sorted(years):
        days = Days(year, end_of_year(year))
        off += _count_off(
            session, _Book(project_id, version), days, (_added_up(Span.MONTH), Span.YEAR)
        )
    return off


def _count_off(session: Session, book: _Book, days: Days, of: tuple[Select[Any], Span]) -> int:
    expected, span = of
    kept = select(*(getattr(PlayerTotal, name) for name in _COLUMNS)).where(
        PlayerTotal.project_id == PROJECT, *_part_of(span)
    )
    return count_differing(session, *(each.params(given(*book, days)) for each in (expected, kept)))


def _mark(session: Session, project_id: uuid.UUID, months: set[tuple[int, date]]) -> None:
    if not months:
        return
    known = session.execute(
        select(StaleMonth.rules_version, StaleMonth.month).where(
            StaleMonth.project_id == project_id,
            StaleMonth.rules_version.in_({version for version, _ in months}),
        )
    )
    new = months.difference(known.tuples())
    write_stale(session, project_id, new)
    tell_of_standings(session, project_id)
    if new:
        ask_again(session, project_id)


def write_stale(session: Session, project_id: uuid.UUID, months: set[tuple[int, date]]) -> None:
    """Readers take these months of a version from the box scores."""
    columns = ("project_id", "rules_version", "month")
    rows = [(project_id, version, month) for version, month in sorted(months)]
    insert_rows(session, StaleMonth, columns, rows)


@cache
def _of_month() -> tuple[Insert, ...]:
    return tuple(_insert(part) for part in (_days(), _repos(), _added_up(Span.DAY)))


@cache
def _of_year() -> Insert:
    return _insert(_added_up(Span.MONTH))


def _days() -> Select[Any]:
    """Of all repos together, with the days in a row."""
    days = in_a_row(_played(BoxScore.day.label("day")).subquery())
    return _owned(
        select(
            literal(Span.DAY.value),
            literal(ALL_REPOS),
            days.c.day,
            days.c.player_id,
            *(days.c[name] for name in SUMS),
            literal(1),
            days.c.run,
        ),
    )


def _repos() -> Select[Any]:
    repos = _played(BoxScore.repo_id.label("repo_id")).subquery()
    return _owned(
        select(
            literal(Span.MONTH.value),
            repos.c.repo_id,
            FIRST,
            repos.c.player_id,
            *(repos.c[name] for name in (*SUMS, "active_days")),
            literal(0),
        ),
    )


def _sum_up_year(session: Session, book: _Book, year: Days) -> None:
    """Once none of its months is stale: before that, readers take the months."""
    waiting = session.scalar(
        select(func.count()).where(
            StaleMonth.project_id == book.project_id,
            StaleMonth.rules_version == book.version,
            StaleMonth.month.between(*year),
        )
    )
    if not waiting:
        _clear(session, book, (Span.YEAR,), year)
        session.execute(_of_year(), given(*book, year))


def _added_up(parts: Span) -> Select[Any]:
    """The days of a month to the month, the months of a year to the year."""
    whole = Span.MONTH if parts is Span.DAY else Span.YEAR
    return _owned(
        select(
            literal(whole.value),
            PlayerTotal.repo_id,
            FIRST,
            PlayerTotal.player_id,
            *(_whole(getattr(PlayerTotal, name)) for name in (*SUMS, "active_days")),
            literal(0),
        )
        .where(PlayerTotal.project_id == PROJECT, *_part_of(parts))
        .group_by(PlayerTotal.repo_id, PlayerTotal.player_id),
    )


def _played(each: Any) -> Select[Any]:
    """The box scores of a month, summed up by player and by `each`: the day or the repo."""
    return (
        select(
            Identity.player_id,
            each,
            *(_whole(getattr(BoxScore, name)).label(name) for name in SUMS),
            func.count(distinct(BoxScore.day)).label("active_days"),
        )
        .join(
            Identity,
            and_(Identity.project_id == BoxScore.project_id, Identity.id == BoxScore.identity_id),
        )
        .where(
            BoxScore.project_id == PROJECT,
            BoxScore.rules_version == VERSION,
            BoxScore.day.between(FIRST, LAST),
        )
        .group_by(Identity.player_id, each)
    )


def _owned(rows: Select[Any]) -> Select[Any]:
    """In the order of _COLUMNS."""
    return select(PROJECT, VERSION, *rows.subquery().c)


def _insert(rows: Select[Any]) -> Insert:
    return insert(table_of(PlayerTotal)).from_select(_COLUMNS, rows)


def _part_of(span: Span) -> list[ColumnElement[bool]]:
    return [
        PlayerTotal.rules_version == VERSION,
        PlayerTotal.span == span.value,
        PlayerTotal.first.between(FIRST, LAST),
    ]


def _clear(session: Session, book: _Book, spans: Collection[Span], days: Days) -> None:
    session.execute(
        delete(PlayerTotal).where(
            PlayerTotal.project_id == book.project_id,
            PlayerTotal.rules_version == book.version,
            PlayerTotal.span.in_([span.value for span in spans]),
            PlayerTotal.first.between(*days),
        )
    )


def _whole(column: InstrumentedAttribute[int]) -> Any:
    # PostgreSQL makes a numeric of a sum of bigint, and nothing here is that large.
    return cast(func.sum(column), BigInteger)
