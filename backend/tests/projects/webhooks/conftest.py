"""A league with webhooks, and somebody else's server that they are sent to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from hooked import Hooks
from httpx import Client
from make import Person
from receiver import Receiver, receiving


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Of a server whose operator lets webhooks reach this machine."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        data_dir=tmp_path / "data",
        public_url="http://testserver",
        secret_key="s" * 32,
        outbound_http=True,
        outbound_networks="127.0.0.0/8",
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def hooks(
    http: Client, ada: Person, database: Database, settings: Settings, receiver: Receiver
) -> Hooks:
    return Hooks(http, ada, database, settings, receiver)
