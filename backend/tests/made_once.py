"""What takes seconds to make is made once in a process of the tests, and copied for each."""

import sqlite3
import tempfile
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.tables import Table
from make import make_project
from season import seed_season

T = TypeVar("T")
# A season is pushed into a league that is there already, under a name of its own.
KEPT = {"id", "name", "slug", "time_zone", "created_at"}


class Copy(NamedTuple, Generic[T]):
    file: Path
    made_at: datetime
    league: T


class MadeOnce(Generic[T]):
    """A SQLite database with a league in it, as it is on the day that a test runs."""

    def __init__(self, make: Callable[[Database], T]) -> None:
        self._make = make
        self._made: Copy[T] | None = None

    def on(self, template: Path) -> Copy[T]:
        """Made from a migrated and empty database, if there is none of today."""
        made = self._made
        if made is None or made.made_at > now() or made.made_at.date() != now().date():
            file = Path(_folder.name) / f"{uuid.uuid4()}.db"
            file.write_bytes(template.read_bytes())
            database = Database(f"sqlite:///{file}")
            made_at = now()
            self._made = made = Copy(file, made_at, self._make(database))
            database.close()
            with closing(sqlite3.connect(file)) as opened:  # all of it in this file
                opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return made


def copy_season(database: Database, project_id: uuid.UUID, template: Path) -> None:
    """What `seed_season` pushes, into a league of this SQLite database that has no rows yet."""
    season = _seasons.on(template)
    with closing(sqlite3.connect(str(database.url.database), timeout=60)) as opened:
        opened.execute("ATTACH DATABASE ? AS season", [str(season.file)])
        with opened:
            _copy_rows(opened, season.league.hex, project_id.hex)


def _copy_rows(opened: sqlite3.Connection, old: str, new: str) -> None:
    league = Table.metadata.tables["projects"]
    names = ", ".join(set(league.c.keys()) - KEPT)
    there = f"(SELECT {names} FROM season.projects WHERE id = ?)"
    opened.execute(f"UPDATE main.projects SET ({names}) = {there} WHERE id = ?", [old, new])
    for table in Table.metadata.sorted_tables:
        if table is not league and ("project_id" in table.c or table.name == "users"):
            columns = [f'"{column.name}"' for column in table.c]
            values = [":new" if name == '"project_id"' else name for name in columns]
            rows = f'SELECT {", ".join(values)} FROM season."{table.name}"'
            into = f'main."{table.name}" ({", ".join(columns)})'
            opened.execute(f"INSERT INTO {into} {rows}", {"new": new})


def _make_season(database: Database) -> uuid.UUID:
    with database.writing() as session:
        project_id = make_project(session)
    seed_season(database, project_id)
    return project_id


_folder = tempfile.TemporaryDirectory()
_seasons = MadeOnce(_make_season)
