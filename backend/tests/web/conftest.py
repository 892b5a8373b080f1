"""A league with a season in it, and windows on it."""

import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from httpx import Client
from made_once import copy_season
from playwright.sync_api import Browser
from season import seed_season
from served import Filled, filled_league
from windows import Windows


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with filled_league(tmp_path_factory.mktemp("filled"), sqlite_template) as made:
        yield made


@pytest.fixture(scope="module")
def filled_http(filled: Filled, trust: ssl.SSLContext) -> Iterator[Client]:
    with Client(base_url=filled.settings.public_url, timeout=60, verify=trust) as client:
        yield client


@pytest.fixture
def filled_windows(browser: Browser, filled: Filled) -> Iterator[Windows]:
    opened = Windows(browser, filled.settings.public_url, filled.database, filled.settings)
    yield opened
    opened.close()
    assert opened.complaints == []


@pytest.fixture
def season(database: Database, project_id: uuid.UUID, sqlite_template: Path) -> str:
    """The path of the standings of a league with 18 weeks of play."""
    if database.is_sqlite:
        copy_season(database, project_id, sqlite_template)
    else:
        seed_season(database, project_id)
    return f"/projects/{project_id}/standings"


@pytest.fixture
def windows(
    browser: Browser, live_server: str, database: Database, settings: Settings
) -> Iterator[Windows]:
    """Whatever a test does in them: no page may ask another host, or log an error."""
    opened = Windows(browser, live_server, database, settings)
    yield opened
    opened.close()
    assert opened.complaints == []
