"""While somebody works on the server, everybody is told when to come back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from gitleague.core import maintenance
from gitleague.core.settings import Settings
from httpx import Client
from remote import Repo

PAGE = {"Accept": "text/html"}


@pytest.fixture
def folder(settings: Settings) -> Iterator[Path]:
    yield settings.data_dir
    maintenance.end(settings.data_dir)


def test_everybody_is_told_why_and_when_to_come_back(http: Client, folder: Path) -> None:
    maintenance.begin(folder, timedelta(minutes=10), "a new version")
    answer = http.get("/api/v1")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert 590 <= int(answer.headers["retry-after"]) <= 600
    assert "a new version" in answer.json()["detail"]
    page = http.get("/", headers=PAGE)
    assert (page.status_code, "a new version" in page.text) == (503, True)


def test_what_watches_the_server_goes_on(http: Client, folder: Path) -> None:
    maintenance.begin(folder, timedelta(minutes=10))
    assert http.get("/health").status_code == 200


def test_who_comes_back_too_early_is_not_sent_in_circles(http: Client, folder: Path) -> None:
    maintenance.begin(folder, timedelta(0))
    assert http.get("/api/v1").headers["retry-after"] == str(maintenance.SOONEST)


def test_a_push_is_taken_when_it_is_over(repo: Repo, folder: Path) -> None:
    maintenance.begin(folder, timedelta(minutes=10))
    assert repo.push().status_code == 503
    assert maintenance.end(folder)
    assert repo.push().status_code == 201


def test_the_notice_is_whole_or_not_there(folder: Path) -> None:
    maintenance.begin(folder, timedelta(minutes=10), 'a "quote" and an umlaut: ü')
    told = json.loads((folder / maintenance.FILE).read_text(encoding="utf-8"))
    assert told["reason"] == 'a "quote" and an umlaut: ü'
    assert [path.name for path in folder.glob("*.part")] == []
