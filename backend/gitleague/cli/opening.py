"""The database, as a command opens it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.engine import make_url

from gitleague.core import migrations
from gitleague.core.db import Database
from gitleague.core.errors import StartError
from gitleague.core.settings import Settings, load_settings
from gitleague.tables.projects import Project


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database, pool_size=1)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def there(settings: Settings) -> Iterator[Database]:
    """One that is not made by opening it. Raises StartError."""
    file = make_url(settings.database).database
    with opened(settings) as database:
        if database.is_sqlite and file and not Path(file).exists():
            raise StartError(f"There is no database at {file}. Is GITLEAGUE_DATA_DIR right?")
        yield database


@contextmanager
def whole_database() -> Iterator[Database]:
    """One that is there, and at the version that is needed. Raises StartError."""
    with there(load_settings()) as database:
        migrations.check(database)
        yield database


def find_leagues(database: Database, only: uuid.UUID | None) -> list[tuple[uuid.UUID, str]]:
    wanted = select(Project.id, Project.name).order_by(Project.created_at, Project.id)
    if only:
        wanted = wanted.where(Project.id == only)
    with database.reading() as session:
        found = [(row.id, row.name) for row in session.execute(wanted)]
    if only and not found:
        raise click.BadParameter("There is no such project.", param_hint="--project")
    return found
