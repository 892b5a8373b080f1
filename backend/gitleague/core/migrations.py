"""The state of the schema: where the database stands, and where this version wants it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from gitleague.core.db import Database
from gitleague.core.errors import SchemaError

PACKAGE = Path(__file__).parents[1]
# In a wheel the migrations lie inside of the package, in a clone beside it.
FOLDERS = (PACKAGE / "alembic", PACKAGE.parent / "alembic")


def upgrade(database: Database, target: str = "head") -> None:
    _run(database, command.upgrade, target)


def downgrade(database: Database, target: str) -> None:
    _run(database, command.downgrade, target)


def current(database: Database) -> str | None:
    """The revision that the database is at; None where it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this version needs."""
    return str(_script().get_current_head())


def is_known(revision: str) -> bool:
    """Whether this version can migrate from there."""
    return any(step.revision == revision for step in _script().walk_revisions())


def check(database: Database) -> None:
    """Raises SchemaError where the database is not what this version needs."""
    found = current(database)
    if found != newest():
        raise SchemaError(
            f"The database is at {found or 'nothing yet'}, and this version needs {newest()}. "
            "Run: gitleague db upgrade"
        )


def _run(database: Database, migrate: Callable[[Config, str], None], target: str) -> None:
    config = _config()
    with database.migrating() as connection:
        config.attributes["connection"] = connection
        try:
            migrate(config, target)
        except CommandError as error:
            raise SchemaError(f"{error}. `gitleague db current` tells where it is.") from None


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(next(filter(Path.exists, FOLDERS))))
    return config
