"""The app on a database of its own, for as long as a module needs it."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import servers
from everything import Everything, fill
from gitleague.app import create_app
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.projects import Role
from make import Person, make_person, make_project


class Filled(NamedTuple):
    """A server with a league that has everything, which tests of one module only look at."""

    league: Everything
    ada: Person
    database: Database
    settings: Settings
    made_on: date

    def somebody(self, role: Role = Role.SPECTATOR) -> Person:
        """Whose keys and other leagues nobody else sees."""
        name = f"Ida-{uuid.uuid4().hex[:8]}"
        return make_person(self.database, self.settings, name, self.league.project, role)


def copy_of(template: Path, folder: Path) -> str:
    """The URL of a SQLite database that is made from the template."""
    shutil.copyfile(template, folder / "league.db")
    return f"sqlite:///{folder / 'league.db'}"


@contextmanager
def served(folder: Path, database_url: str, **over: str) -> Iterator[Settings]:
    """Yields the settings of the server; `over` is what they have beside their defaults."""
    with servers.listening() as opened:
        settings = Settings(
            _env_file=None,
            database_url=database_url,
            data_dir=folder,
            public_url=f"http://127.0.0.1:{opened.getsockname()[1]}",
            operators=("olga@example.org",),
            **over,  # type: ignore[arg-type]
        )
        with servers.serving(create_app(settings), opened):
            yield settings


@contextmanager
def filled_league(folder: Path, template: Path) -> Iterator[Filled]:
    with served(folder, copy_of(template, folder)) as settings:
        database = Database(settings.database)
        with database.writing() as session:
            project_id = make_project(session)
        ada = make_person(database, settings, "Ada", project_id, Role.COMMISSIONER)
        today = now().date()
        yield Filled(fill(database, ada), ada, database, settings, today)
        database.close()
