"""The app on a SQLite database of its own, for as long as a module needs it."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import servers
from everything import Everything
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.projects import Role
from make import Person, make_person


class Filled(NamedTuple):
    """A server with a league that has everything, which tests of one module only look at."""

    league: Everything
    ada: Person
    database: Database
    settings: Settings
    made_on: date

    def somebody(self, role: Role = Role.COMMISSIONER) -> Person:
        """Whose keys and other leagues nobody else sees."""
        name = f"Ida-{uuid.uuid4().hex[:8]}"
        return make_person(self.database, self.settings, name, self.league.project, role)


@contextmanager
def served(folder: Path, template: Path, **over: str) -> Iterator[Settings]:
    """Yields the settings of the server; `over` is what they have beside their defaults."""
    shutil.copyfile(template, folder / "league.db")
    with servers.listening() as opened:
        settings = Settings(
            _env_file=None,
            database_url=f"sqlite:///{folder / 'league.db'}",
            data_dir=folder,
            public_url=f"http://127.0.0.1:{opened.getsockname()[1]}",
            operators=("olga@example.org",),
            **over,  # type: ignore[arg-type]
        )
        with servers.serving(create_app(settings), opened):
            yield settings
