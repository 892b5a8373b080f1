"""The database: an engine for SQLite or PostgreSQL, and the only two ways to a session.

`reading()` never writes; `writing()` is one transaction that commits at its end and nowhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from gitleague.core.errors import Unavailable

AWAY = (OperationalError, PoolTimeout)


class Database:
    """One engine for the life of a process."""

    def __init__(self, url: str, *, pool_size: int = 20, wait_seconds: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _sqlite_engine(url, wait_seconds)
        else:
            self.engine = _postgres_engine(url, pool_size, wait_seconds)
        # All that a page reads is of one moment, as it is on SQLite anyhow.
        reading = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._read_engine = self.engine.execution_options(**reading)
        self._write_engine = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose changes, if any, are thrown away."""
        with _told_apart(), Session(self._read_engine, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits when the block ends well. On SQLite it is the only writer."""
        session = Session(self._write_engine, expire_on_commit=False)
        with _told_apart(), session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _told_apart() -> Iterator[None]:
    """A database that is locked or gone is no defect of the request: 503, and come back."""
    try:
        yield
    except AWAY as error:
        raise Unavailable from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable from error
        raise


def _postgres_engine(url: str, pool_size: int, wait_seconds: int) -> Engine:
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=wait_seconds,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": wait_seconds,
            "options": f"-c lock_timeout={wait_seconds}s -c timezone=UTC",
        },
    )


def _sqlite_engine(url: str, wait_seconds: int) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": wait_seconds, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN comes too late to make a transaction the only writer: we say it.
    connection.isolation_level = None
    pragmas = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-65536")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
