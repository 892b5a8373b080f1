"""SQLite's own way to copy a database that is in use: page by page, as one transaction."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import DatabaseError

from gitleague.core.db import Database
from gitleague.core.errors import BackupError
from gitleague.ops.contents import Content, contents_of

BLOCK = 1 << 20


def dump(database: Database, out: BinaryIO, scratch: Path) -> dict[str, Content]:
    """Writes the file of a copy; what is told of it is read from that copy."""
    copy = scratch / "copy.db"
    _copy(_file_of(database), copy)
    contents = check_copy(copy)
    with copy.open("rb") as whole:
        shutil.copyfileobj(whole, out, BLOCK)
    return contents


def load(database: Database, dumped: Path) -> None:
    """All of the database is replaced in one transaction; servers that have it open see it anew."""
    _copy(dumped, _file_of(database))


def check_copy(path: Path) -> dict[str, Content]:
    """Raises BackupError for a file that SQLite finds faults with."""
    copy = Database(f"sqlite:///{path}")
    try:
        with copy.engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            if found != "ok":
                raise BackupError(f"The database is damaged: {found}")
            return contents_of(connection)
    except DatabaseError as error:
        raise BackupError(f"The database is damaged: {error.orig}") from error
    finally:
        copy.close()  # takes what is left in the log into the file


def _file_of(database: Database) -> Path:
    if not database.url.database:
        raise BackupError("A database in memory cannot be backed up.")
    return Path(database.url.database)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"SQLite could not copy the database: {error}.") from error
