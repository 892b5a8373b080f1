"""The original database, read and never written."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import Column, MetaData, Table, asc, create_engine, event, func, select
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from gitleague.core.clock import as_utc
from gitleague.core.errors import StartError
from gitleague.core.settings import with_driver

Row: TypeAlias = dict[str, Any]

TABLES = (
    *("users", "magic_link_tokens", "projects", "project_configs", "repos", "commits"),
    *("git_identities", "seasons", "absences", "awards", "plays_of_day", "player_period_stats"),
    *("fantasy_leagues", "fantasy_participants", "fantasy_rosters", "fantasy_roster_picks"),
    *("api_keys", "audit_logs"),
)
NEEDED = {"users", "git_identities", "projects", "repos", "commits"}
STREAM = 1000
_NAMES = uuid.UUID("6f0d6d3c-5a0e-4d4b-9d0c-3a4d1c8f2b11")  # for ids that are no UUIDs


class Source:
    """Rows of its tables, in an order that stays, as plain dictionaries."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = MetaData()
        self._tables.reflect(connection, resolve_fks=False)
        missing = NEEDED - self._tables.tables.keys()
        if missing:
            raise StartError(
                f"This is no database of the original deployment: it has no {min(missing)}."
            )

    def has(self, name: str) -> bool:
        return name in self._tables.tables

    def count(self, name: str) -> int:
        table = self._tables.tables[name]
        return self._connection.scalar(select(func.count()).select_from(table)) or 0

    def rows(self, name: str, *order: str) -> Iterator[Row]:
        """None of a table that an older deployment did not have yet."""
        if not self.has(name):
            return
        table = self._tables.tables[name]
        by = [asc(table.c[each]) for each in order] + [asc(key) for key in _keys(table)]
        streamed = {"yield_per": STREAM}
        wanted = select(table).order_by(*by)
        with self._connection.execute(wanted, execution_options=streamed) as found:
            for row in found.mappings():
                yield dict(row)


@contextmanager
def opened_source(url: str) -> Iterator[Source]:
    """Read-only by the database's own means, and of one moment. Raises StartError."""
    try:
        parsed = make_url(with_driver(url))
    except ArgumentError:
        raise StartError("Name the original database as sqlite:///… or postgresql://…") from None
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite:  # mode=ro: it is not even made where it is missing
        parsed = parsed.set(database=f"file:{parsed.database}", query={"mode": "ro", "uri": "true"})
    engine = create_engine(parsed, hide_parameters=True)
    if not is_sqlite:
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    else:
        event.listen(engine, "begin", lambda each: each.exec_driver_sql("BEGIN"))
    try:
        with engine.connect() as connection:
            yield Source(connection)
    except DBAPIError as error:
        if error.connection_invalidated or "open database" in str(error.orig):
            raise StartError("The original database cannot be opened. Is its address right?") from (
                error
            )
        raise
    finally:
        engine.dispose()


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == STREAM:
            yield batch
            batch = []
    if batch:
        yield batch


def id_of(text: object) -> uuid.UUID:
    """The same id here as there; always the same one for what is no UUID."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return uuid.uuid5(_NAMES, str(text))


def id_from(*parts: object) -> uuid.UUID:
    """An id for what has none of its own there, the same each time."""
    return uuid.uuid5(_NAMES, "\0".join(map(str, parts)))


def word(value: object) -> str:
    """Of an enumeration, stored by name or by value, in either case."""
    return str(value or "").rpartition(".")[2].strip().lower()


def moment(value: object) -> datetime | None:
    """Naive times there are UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return as_utc(value) if isinstance(value, datetime) else None


def day_of(value: object) -> date | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _keys(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns) or list(table.columns)[:1]
