"""The migrations, as the tests run them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from sqlalchemy import Connection

BACKEND = Path(__file__).parents[1]
SETTINGS = Settings(_env_file=None, secret_key="k" * 32)  # what seals, where rows are sealed
STEPS = sorted((BACKEND / "alembic" / "versions").glob("[0-9]*.py"))


def config_for(connection: Connection) -> Config:
    config = Config(BACKEND / "alembic.ini")
    config.attributes["connection"] = connection
    config.attributes["settings"] = SETTINGS
    return config


def migrate(url: str) -> None:
    database = Database(url)
    with database.migrating() as connection:
        command.upgrade(config_for(connection), "head")
    database.close()
