"""The databases of one process of the tests: the same ones for all tests, empty for each.

An engine knows what it compiled, and a connection to whom it talks: both outlive the test. A test
that changes the schema leaves a database that is dropped, and the next one gets a new copy.
"""

import os
import shutil
import sqlite3
from pathlib import Path

import psycopg
from gitleague.core.db import Database
from psycopg import sql

WISHED = "GITLEAGUE_TEST_DATABASES"
IS_WISHED = WISHED in os.environ
DATABASES = os.environ.get(WISHED, "sqlite,postgresql").split(",")
NAME = "league"
TEMPLATE = "template_league"

# As the migrations left it. A file without pages has no rows. Deleted rows would change the order
# in which the next ones are found, so that what was emptied is vacuumed too.
FUNCTIONS = """
CREATE FUNCTION pg_temp.make_empty() RETURNS text[] LANGUAGE plpgsql
SET session_replication_role = replica SET lock_timeout = '10s' AS $$
DECLARE
    one text;
    is_kept boolean;
    is_same boolean;
    emptied text[] := '{}';
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle';
    FOR one, is_kept IN
        SELECT relname, to_regclass(format('pg_temp.%I', relname)) IS NOT NULL FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    LOOP
        IF is_kept THEN
            EXECUTE format('SELECT NOT EXISTS ('
                '(TABLE public.%1$I EXCEPT ALL TABLE pg_temp.%1$I)'
                ' UNION ALL (TABLE pg_temp.%1$I EXCEPT ALL TABLE public.%1$I))', one) INTO is_same;
            CONTINUE WHEN is_same;
        END IF;
        EXECUTE format('DELETE FROM public.%I', one);
        emptied := emptied || one;
        IF is_kept THEN
            EXECUTE format('INSERT INTO public.%1$I TABLE pg_temp.%1$I', one);
        END IF;
    END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
    RETURN emptied;
END $$;
"""
# How much of it there is, and how much is younger than the copy.
SCHEMA = " UNION ALL ".join(
    f"SELECT count(*), count(*) FILTER (WHERE age(xmin) < age({{since}}::xid)) FROM {catalogue}"
    f" WHERE {identity} >= 16384"
    for catalogue, identity in {
        "pg_class": "oid",
        "pg_attribute": "attrelid",
        "pg_attrdef": "oid",
        "pg_constraint": "oid",
        "pg_proc": "oid",
        "pg_namespace": "oid",
    }.items()
)
KEEP = """
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('CREATE TABLE pg_temp.%1$I AS TABLE public.%1$I', one);
    END LOOP;
END $$
"""
TABLES_OF_SQLITE = """
SELECT name FROM sqlite_master WHERE type = 'table' AND (name NOT LIKE 'sqlite_%')
UNION ALL SELECT 'sqlite_sequence' FROM sqlite_master WHERE name = 'sqlite_sequence'
"""
VACUUM = sql.SQL("VACUUM (INDEX_CLEANUP ON, TRUNCATE ON, SKIP_DATABASE_STATS) {}")


class Databases:
    """What a process of the tests has open."""

    def __init__(self, folder: Path) -> None:
        self._engines: dict[tuple[str, str, int], Database] = {}
        self._sqlite = _Sqlite(folder / "league.db")
        self._postgresql = _Postgresql()

    def sqlite(self, template: Path) -> str:
        """The URL of a database that is as the template."""
        url = f"sqlite:///{self._sqlite.file}"
        if not self._sqlite.make_empty():
            self._disconnect(url)
            self._sqlite.copy(template)
        return url

    def postgresql(self, conninfo: str) -> str:
        """The URL of a database that is as the template."""
        folder = psycopg.conninfo.conninfo_to_dict(conninfo)["host"]
        url = f"postgresql+psycopg://postgres@/{NAME}?host={folder}"
        if not self._postgresql.make_empty():
            self._disconnect(url)
            self._postgresql.copy(conninfo)
        return url

    def lend(self, url: str, borrower: str, *, wait_seconds: int = 10) -> Database:
        """The URL's database on an engine that stays; a borrower shares it with nobody."""
        key = (url, borrower, wait_seconds)
        if key not in self._engines:
            self._engines[key] = Database(url, wait_seconds=wait_seconds)
        return Database(url, engine=self._engines[key].engine)

    def close(self) -> None:
        for database in self._engines.values():
            database.close()
        self._sqlite.close()
        self._postgresql.close()

    def _disconnect(self, url: str) -> None:
        for (of, *_), database in self._engines.items():
            if of == url:
                database.close()


class _Sqlite:
    def __init__(self, file: Path) -> None:
        self.file = file
        self._connection: sqlite3.Connection | None = None
        self._state: object = None
        self._kept: dict[str, list[tuple[object, ...]]] = {}
        self._names: list[str] = []
        self._has_rows = ""

    def make_empty(self) -> bool:
        """Whether there is one, with the schema that the migrations made."""
        if self._connection is None:
            return False
        try:
            if self._state != self._state_of(self._connection):
                return False
            with self._connection as transaction:
                transaction.execute("BEGIN IMMEDIATE")
                self._put_back(transaction)
        except (OSError, sqlite3.Error):  # replaced, removed, or locked by what has not ended
            return False
        return True

    def copy(self, template: Path) -> None:
        self.close()
        for ending in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(template, self.file)
        self._connection = opened = sqlite3.connect(self.file, timeout=1, isolation_level=None)
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("PRAGMA synchronous=OFF")
        names = [name for (name,) in opened.execute(TABLES_OF_SQLITE)]
        rows = {name: opened.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        self._kept = {name: kept for name, kept in rows.items() if kept}
        self._has_rows = "SELECT " + ", ".join(
            f'EXISTS (SELECT 1 FROM "{name}")' for name in names if name not in self._kept
        )
        self._names = [name for name in names if name not in self._kept]
        self._state = self._state_of(opened)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _state_of(self, opened: sqlite3.Connection) -> object:
        """Which file it is, and how often its schema has changed."""
        return self.file.stat().st_ino, opened.execute("PRAGMA schema_version").fetchone()

    def _put_back(self, opened: sqlite3.Connection) -> None:
        has_rows = opened.execute(self._has_rows).fetchone()
        for name, has in zip(self._names, has_rows, strict=True):
            if has:
                opened.execute(f'DELETE FROM "{name}"')
        for name, kept in self._kept.items():
            if opened.execute(f'SELECT * FROM "{name}"').fetchall() != kept:
                opened.execute(f'DELETE FROM "{name}"')
                places = ", ".join("?" * len(kept[0]))
                opened.executemany(f'INSERT INTO "{name}" VALUES ({places})', kept)


class _Postgresql:
    def __init__(self) -> None:
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._ask = sql.Composed([])
        self._schema: object = None

    def make_empty(self) -> bool:
        """Whether there is one, with the schema that the migrations made."""
        if self._connection is None:
            return False
        try:
            if self._schema != self._connection.execute(self._ask).fetchall():
                return False
            [emptied] = self._connection.execute("SELECT pg_temp.make_empty()").fetchone() or [[]]
        except psycopg.Error:  # dropped, or locked by what has not ended
            return False
        if isinstance(emptied, list) and emptied:
            tables = sql.SQL(", ").join(sql.Identifier("public", name) for name in emptied)
            self._connection.execute(VACUUM.format(tables))
        return True

    def copy(self, conninfo: str) -> None:
        self.close()
        new, template = sql.Identifier(NAME), sql.Identifier(TEMPLATE)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(new))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, template))
        self._connection = psycopg.connect(conninfo, dbname=NAME, autocommit=True)
        self._connection.execute(FUNCTIONS)
        self._connection.execute(KEEP)
        [since] = self._connection.execute("SELECT pg_current_xact_id()::xid").fetchone() or [0]
        self._ask = sql.SQL(SCHEMA).format(since=sql.Literal(str(since)))
        self._schema = self._connection.execute(self._ask).fetchall()

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None
