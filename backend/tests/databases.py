"""The databases of one process of the tests: the same ones for all tests, empty for each.

An engine knows what it compiled, and a connection to whom it talks: both outlive the test. A test
that changes the schema leaves a database that is dropped, and the next one gets a new copy.
"""

import shutil
from pathlib import Path

import psycopg
from gitleague.core.db import Database
from psycopg import sql

NAME = "league"
TEMPLATE = "template_league"

# As the migrations left it. A file without pages has no rows. Deleted rows would change the order
# in which the next ones are found, so that what was emptied is vacuumed too.
FUNCTIONS = """
CREATE FUNCTION pg_temp.make_empty() RETURNS text[] LANGUAGE plpgsql
SET session_replication_role = replica AS $$
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

CREATE FUNCTION pg_temp.schema_state() RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY[
        (SELECT concat(count(*), ' ', max(xmin::text::bigint)) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace),
        (SELECT concat(count(*), ' ', max(a.xmin::text::bigint)) FROM pg_attribute a
         JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace),
        (SELECT concat(count(*), ' ', max(xmin::text::bigint)) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace),
        (SELECT concat(count(*), ' ', max(d.xmin::text::bigint)) FROM pg_attrdef d
         JOIN pg_class c ON c.oid = adrelid WHERE relnamespace = 'public'::regnamespace),
        (SELECT concat(count(*), ' ', max(xmin::text::bigint)) FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace),
        (SELECT concat(count(*), ' ', max(xmin::text::bigint)) FROM pg_trigger),
        (SELECT string_agg(concat(oid, ' ', xmin), ' ' ORDER BY oid) FROM pg_namespace
         WHERE nspname NOT LIKE 'pg_%')
    ]
$$;
"""
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
VACUUM = sql.SQL("VACUUM (INDEX_CLEANUP ON, TRUNCATE ON, SKIP_DATABASE_STATS) {}")


class Databases:
    """What a session of tests has open."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "league.db"
        self._engines: dict[tuple[str, str, int], Database] = {}
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._schema: object = None

    def sqlite(self, template: Path) -> str:
        """The URL of a copy of the template."""
        url = f"sqlite:///{self._file}"
        self._disconnect(url)
        for name in ("league.db-wal", "league.db-shm", "league.db"):
            self._file.with_name(name).unlink(missing_ok=True)
        shutil.copyfile(template, self._file)
        return url

    def postgresql(self, conninfo: str) -> str:
        """The URL of a database as it was copied from the template."""
        folder = psycopg.conninfo.conninfo_to_dict(conninfo)["host"]
        url = f"postgresql+psycopg://postgres@/{NAME}?host={folder}"
        if not self._make_empty():
            self._disconnect(url)
            self._copy(conninfo)
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
        if self._connection:
            self._connection.close()

    def _disconnect(self, url: str) -> None:
        for (of, *_), database in self._engines.items():
            if of == url:
                database.close()

    def _make_empty(self) -> bool:
        """Whether there is one, with the schema that the migrations made."""
        if self._connection is None:
            return False
        try:
            found = self._connection.execute("SELECT pg_temp.make_empty(), pg_temp.schema_state()")
            emptied, schema = found.fetchone() or ([], None)
        except psycopg.Error:  # dropped, renamed, or without what is needed for it
            return False
        if schema != self._schema:
            return False
        if emptied:
            tables = sql.SQL(", ").join(sql.Identifier("public", name) for name in emptied)
            self._connection.execute(VACUUM.format(tables))
        return True

    def _copy(self, conninfo: str) -> None:
        if self._connection:
            self._connection.close()
        new, template = sql.Identifier(NAME), sql.Identifier(TEMPLATE)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(new))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, template))
        self._connection = psycopg.connect(conninfo, dbname=NAME, autocommit=True)
        self._connection.execute(FUNCTIONS)
        self._connection.execute(KEEP)
        state = self._connection.execute("SELECT pg_temp.schema_state()").fetchone()
        self._schema = state[0] if state else None
