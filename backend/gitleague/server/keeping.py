"""What the processes of the server count is added up in the database, now and then."""

from __future__ import annotations

import asyncio
import logging
import operator
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from gitleague.core.db import Database
from gitleague.core.errors import Unavailable
from gitleague.core.metrics import Metrics
from gitleague.core.sets import Merge, add_to, larger
from gitleague.tables import Table
from gitleague.tables.server import AnswerCount, LifeMinute, PushCount, TimeCount

log = logging.getLogger(__name__)


class Counter(Protocol):
    """Has rows by the names of a table's columns."""

    def take(self) -> Sequence[Any]: ...
    def give_back(self, rows: Any, /) -> None: ...


class Kept(NamedTuple):
    counter: Counter
    table: type[Table]
    merge: Merge = operator.add


class Book(NamedTuple):
    """What is written down in one transaction."""

    every: float  # seconds
    kept: tuple[Kept, ...]


def books_of(metrics: Metrics) -> tuple[Book, Book]:
    """Pushes soon, since they may stop a release; and how the server is."""
    operation = metrics.operation
    return (
        Book(2.0, (Kept(metrics.tally, PushCount),)),
        Book(
            20.0,  # well within a minute: one without any is one in which nobody was there
            (
                Kept(operation.pulse, LifeMinute, larger),
                Kept(operation.answers, AnswerCount),
                Kept(operation.times, TimeCount),
            ),
        ),
    )


def write_down(database: Database, kept: Sequence[Kept]) -> None:
    """What cannot be written now is written the next time."""
    taken = [(each, each.counter.take()) for each in kept]
    if not any(rows for _, rows in taken):
        return
    try:
        with database.writing() as session:
            for each, rows in taken:
                add_to(session, each.table, [row._asdict() for row in rows], each.merge)
    except (Unavailable, DBAPIError):
        for each, rows in taken:
            each.counter.give_back(rows)
        log.warning("the database is away or busy; the figures of the server wait")


async def keep_writing(database: Database, book: Book, stop: asyncio.Event) -> None:
    """Until `stop`, and then once more."""
    while not stop.is_set():
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), book.every)
        await run_in_threadpool(write_down, database, book.kept)
