"""A league with a season in it, and windows on it."""

import uuid
from collections.abc import Iterator

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from playwright.sync_api import Browser
from season import seed_season
from windows import Windows


@pytest.fixture
def season(database: Database, project_id: uuid.UUID) -> str:
    """The path of the standings of a league with 18 weeks of play."""
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
