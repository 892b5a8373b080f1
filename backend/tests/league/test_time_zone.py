"""A league moves to another time zone: commits count on their days there."""

import uuid
from datetime import date
from typing import Any

import pytest
from chores import do_now, finish_all_jobs, finish_jobs
from gitleague.core.db import Database
from gitleague.jobs.runner import Work
from gitleague.projects.leagues import MOVE_DAYS
from gitleague.scoring.boxscores import count_off
from gitleague.scoring.time_zones import move_days
from gitleague.tables.jobs import Job
from gitleague.tables.projects import Project
from gitleague.tables.scores import BoxScore
from httpx import Client
from make import Person, make_commit
from pushes import make_pushes
from remote import Repo
from sqlalchemy import select, update
from steps import KilledError, Steps
from who import People

SPRING = {"name": "Spring", "first": "2024-05-01", "last": "2024-05-31"}
LATE = "2024-05-31T23:30:00Z"  # in Berlin it is June, and 01:30


@pytest.fixture
def people(http: Client, ada: Person) -> People:
    return People(http, ada)


def commits_on(people: People, day: str) -> int:
    rows = people.done("GET", f"/standings?period=day&start={day}")["items"]
    return sum(row["stats"]["commits"] for row in rows)


def moved(people: People, zone: str) -> Any:
    answer = people.ask("PATCH", "", time_zone=zone)
    assert answer.status_code == 200, answer.text
    return answer.json()["time_zone"]


@pytest.mark.on_both
def test_commits_go_to_their_days_there(people: People, repo: Repo, database: Database) -> None:
    repo.push(make_commit(author_date=LATE), make_commit(author_date="2024-05-31T12:00:00Z"))
    assert moved(people, "Europe/Berlin") == "Europe/Berlin"
    finish_all_jobs(database)
    assert (commits_on(people, "2024-05-31"), commits_on(people, "2024-06-01")) == (1, 1)
    repo.push(make_commit(author_date=LATE))
    finish_all_jobs(database)
    assert commits_on(people, "2024-06-01") == 2
    moved(people, "UTC")
    finish_all_jobs(database)
    assert (commits_on(people, "2024-05-31"), commits_on(people, "2024-06-01")) == (3, 0)


@pytest.mark.on_both
def test_a_season_that_is_closed_stays(people: People, repo: Repo, database: Database) -> None:
    repo.push(make_commit(author_date=LATE))
    season = people.done("POST", "/seasons", **SPRING)["id"]
    people.done("POST", f"/seasons/{season}/open")
    people.done("POST", f"/seasons/{season}/close")
    moved(people, "Europe/Berlin")
    finish_all_jobs(database)
    rows = people.done("GET", f"/standings?period=season&season_id={season}")["items"]
    assert [row["stats"]["commits"] for row in rows] == [1]
    assert commits_on(people, "2024-06-01") == 1


@pytest.mark.on_both
def test_it_goes_a_few_commits_at_a_time_while_others_push(database: Database, monkeypatch) -> None:
    pushes = make_pushes(database)
    pushes.push(*(make_commit(author_date=LATE) for _ in range(5)))
    steps = Steps(monkeypatch, database, pushes.project_id, MOVE_DAYS)
    off: list[int] = []

    def push() -> None:
        pushes.push(make_commit(author_date=LATE))
        with database.reading() as session:
            off.append(count_off(session, pushes.project_id))

    steps.when(1, push)
    steps.end_after(2)
    change_zone(database, pushes.project_id, "Europe/Berlin")
    with pytest.raises(KilledError):
        do_now(database, pushes.project_id, MOVE_DAYS, task=in_small_steps)
    with database.writing() as session:
        session.execute(update(Job).values(not_before=Job.created_at))
    finish_jobs(database)
    with database.reading() as session:
        assert off == [count_off(session, pushes.project_id)] == [0]
        days = session.execute(
            select(BoxScore.day, BoxScore.commits).where(BoxScore.project_id == pushes.project_id)
        )
        assert [tuple(row) for row in days] == [(date(2024, 6, 1), 6)]


def in_small_steps(work: Work) -> None:
    move_days(work, chunk=2)


def change_zone(database: Database, project_id: uuid.UUID, zone: str) -> None:
    with database.writing() as session:
        session.execute(update(Project).where(Project.id == project_id).values(time_zone=zone))


def test_a_zone_that_is_none_is_refused(people: People, database: Database) -> None:
    refused = people.ask("PATCH", "", time_zone="Mars/Olympus")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "time_zone")
    assert people.done("GET", "")["time_zone"] == "UTC"


def test_it_is_written_down(people: People) -> None:
    moved(people, "Asia/Tokyo")
    entry = people.done("GET", "/audit-log?action=project:project:changed")["items"][0]
    assert entry["details"]["time_zone"] == "Asia/Tokyo"


def test_the_page_moves_it_too(people: People, http: Client) -> None:
    page = f"/projects/{people.person.project_id}/sharing"
    ours = people.person.headers | {"Origin": str(http.base_url).rstrip("/")}
    sent = {"name": "The League", "time_zone": "Asia/Tokyo"}
    assert http.post(page, data=sent, headers=ours).status_code == 303
    assert people.done("GET", "")["time_zone"] == "Asia/Tokyo"
    refused = http.post(page, data=sent | {"time_zone": "Tokio"}, headers=ours)
    assert (refused.status_code, "is no time zone" in refused.text) == (422, True)
