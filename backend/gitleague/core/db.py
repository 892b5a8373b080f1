"""The database: an engine for SQLite or PostgreSQL, and the only two ways to a session.

`reading()` never writes; `writing()` is one transaction that commits at its end and nowhere else.
What a statement was given is no part of its error: it can be a secret, and errors are logged.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from gitleague.core.away import is_away
from gitleague.core.errors import Invalid, SchemaError, Unavailable

log = logging.getLogger(__name__)
NUL = "A text holds the character NUL, which cannot be kept. Take it out."
# Most questions take a few milliseconds: starting workers and compiling would take longer. What
# they read is in memory or on a disk without arms, where an index may jump as it likes.
QUICK = "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1"
# Threads of a process that wait for the one writer that SQLite has: one more is told so at once.
MOST_WAITING_TO_WRITE = 8
BEGIN_WRITING = "BEGIN IMMEDIATE"
AT_THE_END = "at_the_end"


SEEN = "seen"


def seen(session: Session) -> dict[Hashable, Any]:
    """What this session has read and may be asked again; of one that writes nothing is kept."""
    kept: dict[Hashable, Any] = session.info.get(SEEN, {})
    return kept


def at_the_end(session: Session, deed: Callable[[Session], None]) -> None:
    """Done once, as the last thing before the commit: for what others must not wait for long."""
    session.info.setdefault(AT_THE_END, {})[deed] = None


class Database:
    """One engine for the life of a process."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 20,
        wait_seconds: int = 10,
        engine: Engine | None = None,
    ) -> None:
        """`engine` is that of another Database of this URL, which outlives this one."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.when_committed: Callable[[Session], None] | None = None  # must not raise
        self._owns_engine = engine is None
        if engine is not None:
            self.engine: Engine = engine.execution_options()  # who listens hears this one only
        elif self.is_sqlite:
            self.engine = _sqlite_engine(url, wait_seconds)
        else:
            self.engine = _postgres_engine(url, pool_size, wait_seconds)
        # All that a page reads is of one moment, as it is on SQLite anyhow.
        reading = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._read_engine = self.engine.execution_options(**reading)
        self._write_engine = self.engine.execution_options(sqlite_begin=BEGIN_WRITING)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session of one moment, whose changes, if any, are thrown away."""
        info: dict[str, Any] = {SEEN: {}}
        with _told_apart(), Session(self._read_engine, autoflush=False, info=info) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits when the block ends well. On SQLite it is the only writer."""
        session = Session(self._write_engine, expire_on_commit=False)
        with _told_apart(), session, session.begin():
            yield session
            for deed in session.info.pop(AT_THE_END, {}):
                deed(session)
        if self.when_committed:
            self.when_committed(session)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """One transaction in which tables may change. On SQLite it is the only writer.

        SQLite changes a table by making it anew, and with the old one would go all that points at
        it: keys are looked after at the end instead. Raises SchemaError where one leads nowhere.
        """
        with self._write_engine.connect() as connection:
            keys = _keys_at_the_end(connection) if self.is_sqlite else nullcontext()
            with keys, connection.begin():
                yield connection
                if self.is_sqlite:
                    _check_keys(connection)

    def close(self) -> None:
        if self._owns_engine:
            self.engine.dispose()


@contextmanager
def _told_apart() -> Iterator[None]:
    """A database that is busy or away is no defect of the request: 503, and come back."""
    try:
        yield
    except (PoolTimeout, DBAPIError) as error:
        if is_away(error):
            cause = getattr(error, "orig", None) or error
            said = str(cause).partition("\n")[0]
            log.warning("the database is away or busy: %s: %s", type(cause).__name__, said)
            raise Unavailable from error
        raise


def _postgres_engine(url: str, pool_size: int, wait_seconds: int) -> Engine:
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=wait_seconds,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": wait_seconds,
            "options": f"-c lock_timeout={wait_seconds}s -c timezone=UTC {QUICK}",
        },
    )


def _sqlite_engine(url: str, wait_seconds: int) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    in_file = {"pool_timeout": wait_seconds} if database and database != ":memory:" else {}
    waiting = {"timeout": wait_seconds, "check_same_thread": False}
    engine = create_engine(url, hide_parameters=True, connect_args=waiting, **in_file)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _beginning_sqlite())
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN comes too late to make a transaction the only writer: we say it.
    connection.isolation_level = None
    pragmas = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-65536")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _beginning_sqlite() -> Callable[[Connection], None]:
    places = BoundedSemaphore(MOST_WAITING_TO_WRITE)

    def begin(connection: Connection) -> None:
        how = connection.get_execution_options().get("sqlite_begin", "BEGIN")
        if how != BEGIN_WRITING:  # which waits for nobody, and is no statement that is counted
            connection.connection.cursor().execute(how)
            return
        if not places.acquire(blocking=False):
            raise Unavailable
        try:
            connection.exec_driver_sql(how)
        finally:
            places.release()

    return begin


def _refuse_nul(*call: Any) -> None:
    """PostgreSQL keeps no NUL, and what one database refuses the other does."""
    *_, parameters, _context, executemany = call
    if not executemany and any(type(value) is str and "\0" in value for value in parameters):
        raise Invalid(NUL)


@contextmanager
def _keys_at_the_end(connection: Connection) -> Iterator[None]:
    cursor = connection.connection.cursor()  # within a transaction the pragma would do nothing
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


def _check_keys(connection: Connection) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost:
        raise SchemaError(
            f"After the migration a row of {lost[0]} would point at nothing in {lost[2]}. "
            "Nothing was changed. Please report this."
        )
