"""PostgreSQL's own programs, which know best how to take a database out and put it back.

Passwords reach them in a file that only this user can read, never as an argument.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, inspect, text
from sqlalchemy.exc import DBAPIError

from gitleague.core.db import Database
from gitleague.core.errors import BackupError, SettingsError
from gitleague.core.settings import Settings
from gitleague.ops.contents import Content, contents_of

BLOCK = 1 << 20
LOCK_SECONDS = 30


def dump(database: Database, settings: Settings, out: BinaryIO) -> dict[str, Content]:
    """Writes SQL; what it holds is of the same moment as what is told of it."""
    pg_dump = _program(settings, "pg_dump")
    reading = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with _conninfo(database) as conninfo, reading.connect() as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        argv = [pg_dump, "--dbname", conninfo, "--snapshot", str(snapshot), "--no-password"]
        argv += ["--no-owner", "--no-privileges", "--format=plain"]
        with (
            tempfile.TemporaryFile() as said,
            subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=said) as process,
        ):
            assert process.stdout  # noqa: S101 - it was asked for
            shutil.copyfileobj(process.stdout, out, BLOCK)
            _check("pg_dump", process, said)
        return contents_of(connection)


def load(database: Database, settings: Settings, dumped: Path) -> None:
    """All tables are replaced by those of the dump in one transaction, or none is."""
    psql = _program(settings, "psql")
    with database.engine.connect() as connection:
        seen = inspect(connection)
        schema = seen.default_schema_name or "public"
        named = [f'"{schema}"."{name}"' for name in seen.get_table_names()]
    argv = [psql, "--no-psqlrc", "--quiet", "--no-password", "--single-transaction"]
    argv += ["--set", "ON_ERROR_STOP=1", "--output", "/dev/null"]
    with (
        _conninfo(database) as conninfo,
        tempfile.TemporaryFile() as said,
        dumped.open("rb") as sql,
        subprocess.Popen(
            [*argv, "--dbname", conninfo], stdin=subprocess.PIPE, stderr=said
        ) as process,
    ):
        assert process.stdin  # noqa: S101 - it was asked for
        try:
            if named:
                process.stdin.write(f"DROP TABLE {', '.join(named)} CASCADE;\n".encode())
            shutil.copyfileobj(sql, process.stdin, BLOCK)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended early, and says why
        _check("psql", process, said)


@contextmanager
def scratch_database(database: Database) -> Iterator[Database]:
    """An empty database beside this one, which is dropped afterwards."""
    name = f"gitleague_drill_{uuid.uuid4().hex}"
    alone = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with alone.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    except DBAPIError as error:
        raise BackupError(
            "The restore drill needs a database of its own, which this user may not make. Let it: "
            f"ALTER ROLE {database.url.username or '…'} CREATEDB. Or pass --no-drill."
        ) from error
    scratch = Database(_url(database.url.set(database=name)), pool_size=1)
    try:
        yield scratch
    finally:
        scratch.close()
        with alone.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _url(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@contextmanager
def _conninfo(database: Database) -> Iterator[str]:
    _, options = database.engine.dialect.create_connect_args(database.url)
    password = options.pop("password", None)
    options.pop("context", None)  # the driver's own, for Python
    options["options"] = f"-c lock_timeout={LOCK_SECONDS}s"  # whoever holds a table is not awaited
    with tempfile.NamedTemporaryFile("w", prefix="gitleague-", encoding="utf-8") as file:
        if password:
            escaped = str(password).replace("\\", "\\\\").replace(":", "\\:")
            file.write(f"*:*:*:*:{escaped}\n")
            file.flush()
            options["passfile"] = file.name
        yield make_conninfo(**options)


def _program(settings: Settings, name: str) -> str:
    folder = settings.postgresql_programs
    found = shutil.which(name, path=str(folder) if folder else None)
    if not found:
        raise SettingsError(
            f"{name} is not there. Install PostgreSQL's client programs, or say in "
            "GITLEAGUE_POSTGRESQL_PROGRAMS which folder they are in."
        )
    return found


def _check(name: str, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    if process.wait():
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
        raise BackupError(f"{name} failed: {lines[-1] if lines else 'it said nothing'}")
