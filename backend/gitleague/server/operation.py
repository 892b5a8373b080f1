"""How the server was, from what its processes wrote down minute by minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from statistics import linear_regression
from typing import NamedTuple

from sqlalchemy import delete, extract, func, select
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.operation import Area, Measure
from gitleague.core.sets import add_to
from gitleague.tables.server import AnswerCount, LifeMinute, TimeCount

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BY_MINUTE = timedelta(days=8)  # then answers and times are kept by the hour
KEPT = timedelta(days=100)
LEAST_FOR_SLOPE = timedelta(hours=6)  # a process grows while it begins


class Answered(NamedTuple):
    requests: int = 0
    succeeded: int = 0
    errors: int = 0
    turned_away: int = 0
    limited: int = 0
    refused: int = 0
    by_key: int = 0
    by_token: int = 0


class Presence(NamedTuple):
    """In how many of the minutes that have passed somebody was there."""

    since: datetime
    minutes: int
    there: int


class Memory(NamedTuple):
    largest: int  # bytes
    grows: float | None  # bytes an hour; None: it was not watched for long enough


class Day(NamedTuple):
    day: str
    answered: Answered
    times: dict[int, int]  # of requests
    memory: int


_SUMS = [func.sum(getattr(AnswerCount, field)) for field in Answered._fields]
_COUNT = func.sum(TimeCount.number)


def total(areas: Iterable[Answered]) -> Answered:
    return Answered(*(sum(each) for each in zip(Answered(), *areas, strict=True)))


def percentile(counts: Mapping[int, int], percent: int) -> int | None:
    """The bound, in milliseconds, that so many percent kept; None where nothing was counted.

    What is counted are buckets, so the true figure may be smaller, and is never larger.
    """
    counted, reached = sum(counts.values()), 0
    for bound in sorted(counts):
        reached += counts[bound]
        if counted and reached * 100 >= percent * counted:
            return bound
    return None


def presence(session: Session, since: datetime) -> Presence | None:
    """Until the last whole minute, and not from before anybody was ever there."""
    first = session.scalar(select(func.min(LifeMinute.minute)))
    end = now().replace(second=0, microsecond=0)
    if first is None or max(first, since) >= end:
        return None
    begin = max(first, since)
    if begin.second or begin.microsecond:
        begin = begin.replace(second=0, microsecond=0) + MINUTE
    there = session.scalar(
        select(func.count()).where(LifeMinute.minute >= begin, LifeMinute.minute < end)
    )
    minutes = (end - begin) // MINUTE
    return Presence(begin, minutes, there or 0) if minutes else None


def answered(session: Session, since: datetime) -> dict[Area, Answered]:
    rows = session.execute(
        select(AnswerCount.area, *_SUMS)
        .where(AnswerCount.minute >= since)
        .group_by(AnswerCount.area)
    )
    found = {area: Answered(*map(int, sums)) for area, *sums in rows}
    return {area: found.get(area.value, Answered()) for area in Area}


def broken_under_load(session: Session, since: datetime) -> int:
    """Errors in minutes in which others were told to come back later."""
    loaded = select(AnswerCount.minute).where(
        AnswerCount.minute >= since, AnswerCount.turned_away > 0
    )
    found = session.scalar(
        select(func.sum(AnswerCount.errors - AnswerCount.turned_away)).where(
            AnswerCount.minute.in_(loaded)
        )
    )
    return int(found or 0)


def times(session: Session, measure: Measure, since: datetime) -> dict[int, int]:
    rows = session.execute(
        select(TimeCount.milliseconds, _COUNT)
        .where(TimeCount.minute >= since, TimeCount.measure == measure.value)
        .group_by(TimeCount.milliseconds)
    )
    return {bound: int(count) for bound, count in rows}


def memory(session: Session, since: datetime) -> Memory | None:
    rows = session.execute(
        select(LifeMinute.minute, LifeMinute.memory)
        .where(LifeMinute.minute >= since, LifeMinute.memory > 0)
        .order_by(LifeMinute.minute)
    )
    known = list(rows.tuples())
    if not known:
        return None
    first, last = known[0][0], known[-1][0]
    hours = [(minute - first) / HOUR for minute, _ in known]
    sizes = [float(size) for _, size in known]
    is_long = last - first >= LEAST_FOR_SLOPE
    slope = linear_regression(hours, sizes).slope if is_long else None
    return Memory(int(max(sizes)), slope)


def days(session: Session, since: datetime) -> list[Day]:
    """Each in UTC, the first one first."""
    by_day = func.date(AnswerCount.minute)
    sums = {
        _told(day): Answered(*map(int, counted))
        for day, *counted in session.execute(
            select(by_day, *_SUMS).where(AnswerCount.minute >= since).group_by(by_day)
        )
    }
    by_day = func.date(LifeMinute.minute)
    largest = {
        _told(day): int(size)
        for day, size in session.execute(
            select(by_day, func.max(LifeMinute.memory))
            .where(LifeMinute.minute >= since)
            .group_by(by_day)
        )
    }
    by_day = func.date(TimeCount.minute)
    took: dict[str, dict[int, int]] = {}
    for day, bound, count in session.execute(
        select(by_day, TimeCount.milliseconds, _COUNT)
        .where(TimeCount.minute >= since, TimeCount.measure == Measure.REQUEST.value)
        .group_by(by_day, TimeCount.milliseconds)
    ):
        took.setdefault(_told(day), {})[bound] = int(count)
    return [
        Day(day, sums.get(day, Answered()), took.get(day, {}), largest.get(day, 0))
        for day in sorted(sums.keys() | largest.keys())
    ]


def _told(day: date | str) -> str:
    """SQLite has no dates of its own."""
    return str(day)


def thin_out(session: Session) -> None:
    """The oldest hour that is still kept by the minute, once it is old enough; then the next."""
    _thin(session, AnswerCount, ("area",), Answered._fields)
    _thin(session, TimeCount, ("measure", "milliseconds"), ("number",))


def _thin(
    session: Session,
    table: type[AnswerCount | TimeCount],
    keys: tuple[str, ...],
    sums: tuple[str, ...],
) -> None:
    oldest = session.scalar(
        select(func.min(table.minute)).where(
            table.minute < now() - BY_MINUTE, extract("minute", table.minute) != 0
        )
    )
    if oldest is None:
        return
    hour = oldest.replace(minute=0)
    within = (table.minute > hour, table.minute < hour + HOUR)
    columns = [getattr(table, key) for key in keys]
    added = [func.sum(getattr(table, name)) for name in sums]
    rows = session.execute(select(*columns, *added).where(*within).group_by(*columns))
    whole = [
        {"minute": hour}
        | dict(zip(keys, row[: len(keys)], strict=True))
        | dict(zip(sums, map(int, row[len(keys) :]), strict=True))
        for row in rows
    ]
    session.execute(delete(table).where(*within).execution_options(synchronize_session=False))
    add_to(session, table, whole)


def forget_operation(session: Session) -> None:
    for table in (LifeMinute, AnswerCount, TimeCount):
        session.execute(
            delete(table)
            .where(table.minute < now() - KEPT)
            .execution_options(synchronize_session=False)
        )
