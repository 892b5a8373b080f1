"""The app on a database of its own, for as long as a module needs it."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import servers
from chores import doing_jobs
from everything import Everything, fill
from gitleague.accounts.sign_in import open_api_session
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.projects import Role
from gitleague.tasks import CLOCKS
from made_once import Copy, MadeOnce
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
        app = create_app(settings)
        jobs = doing_jobs(app.state.database, settings, CLOCKS)
        # Jobs end first: the server closes its database, and they would open it once more.
        with servers.serving(app, opened), jobs:
            yield settings


@contextmanager
def filled_league(folder: Path, template: Path) -> Iterator[Filled]:
    """A copy of the league that is filled once, which may be changed."""
    made = everything_on(template)
    with served(folder, copy_of(made.file, folder)) as settings:
        database = Database(settings.database)
        league, user_id, email = made.league
        with database.writing() as session:
            token = open_api_session(session, settings, user_id).token
        ada = Person(user_id, email, league.project, token)
        yield Filled(league, ada, database, settings, made.made_at.date())
        database.close()


def everything_on(template: Path) -> Copy[tuple[Everything, uuid.UUID, str]]:
    """The file of the league that is filled once, which is not to be changed."""
    return _filled.on(template)


def _fill(database: Database) -> tuple[Everything, uuid.UUID, str]:
    with database.writing() as session:
        project_id = make_project(session)
    keyless = Settings(_env_file=None, secret_key="s" * 32)
    ada = make_person(database, keyless, "Ada", project_id, Role.COMMISSIONER)
    return fill(database, ada), ada.user_id, ada.email


_filled = MadeOnce(_fill)
