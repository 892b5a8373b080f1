"""The league that callers and ids are tried on: one for all tests of a module."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import servers
from attacks.world import World, make_world
from gitleague.core.db import Database
from httpx import Client
from served import copy_of, served

CASES = int(os.environ.get("LEAGUE_FUZZ_CASES", "20"))  # made requests of each operation
SEED = int(os.environ.get("LEAGUE_FUZZ_SEED", "19"))
IS_LONG = CASES > 100  # `make fuzz`
UNLIMITED = dict.fromkeys(
    ("rate_limit_api", "rate_limit_pages", "rate_limit_sign_in", "rate_limit_mailbox"),
    "1000000/minute",
)


@contextmanager
def world_on(folder: Path, database_url: str) -> Iterator[World]:
    with (
        served(folder, database_url, **UNLIMITED) as settings,
        Client(base_url=settings.public_url, timeout=60) as http,
        closing(Database(settings.database)) as database,
    ):
        yield make_world(database, settings, http)


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("routes")
    with world_on(folder, copy_of(sqlite_template, folder)) as made:
        yield made


@pytest.fixture(scope="module")
def world_on_postgresql(
    postgresql: str, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with (
        servers.postgresql_database(postgresql, "routes", template=postgresql_template) as url,
        world_on(tmp_path_factory.mktemp("routes"), url) as made,
    ):
        yield made
