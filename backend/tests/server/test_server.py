"""What the operator sees of the server, and what everybody may know of it."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import servers
from fastapi import FastAPI
from gitleague.app import create_app
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.paging import Paging
from gitleague.core.settings import Settings
from gitleague.jobs.queue import enqueue, take
from gitleague.jobs.runner import Runner
from gitleague.server.condition import LATE, Pulse, condition, pulse
from gitleague.server.defects import KEPT, DefectRow, keep, recent
from gitleague.server.ways_in import ways_in
from gitleague.server.work import JobState, counts, list_jobs
from gitleague.tables.jobs import Job
from gitleague.tables.projects import SyncMethod
from gitleague.tables.server import Heartbeat
from httpx import Client
from make import Person, make_project, make_repo
from sqlalchemy import update

ALL = Paging()


def test_jobs_run_while_somebody_says_so(database: Database) -> None:
    assert pulse(database) == Pulse(database=True, jobs=False)
    Runner(database, {}).look_at_clocks()
    assert pulse(database) == Pulse(database=True, jobs=True)
    with database.writing() as session:
        session.execute(update(Heartbeat).values(seen_at=now() - LATE))
    assert pulse(database) == Pulse(database=True, jobs=False)


def test_whoever_is_at_a_long_job_is_there(database: Database, project_id: uuid.UUID) -> None:
    with database.writing() as session:
        enqueue(session, "long", project_id=project_id)
        session.flush()  # to be taken
        take(session, {"long", "first", "second"}, project_id)
    assert pulse(database).jobs
    with database.writing() as session:
        session.execute(update(Job).values(not_before=now() - timedelta(minutes=1)))
    assert not pulse(database).jobs


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_status_page_tells_everybody_and_no_secrets(
    http: Client, database: Database, tmp_path: Path
) -> None:
    Runner(database, {}).look_at_clocks()
    answer = http.get("/status")
    assert (answer.status_code, "All is well" in answer.text) == (200, True)
    for word in ("SQLite", "PostgreSQL", "sqlite", str(tmp_path), "0020"):
        assert word not in answer.text


@pytest.fixture
def without_database(settings: Settings, tmp_path: Path) -> FastAPI:
    away = f"sqlite:///{tmp_path}"  # a folder
    return create_app(settings.model_copy(update={"database_url": away}))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_status_page_stands_without_a_database(without_database: FastAPI) -> None:
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        with servers.serving(without_database, opened), Client(base_url=url, timeout=60) as http:
            answer = http.get("/status")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_the_condition_is_that_of_this_server(database: Database, settings: Settings) -> None:
    with database.reading() as session:
        found = condition(session, database, settings)
    assert found.database == ("SQLite" if database.is_sqlite else "PostgreSQL")
    assert found.revision == found.needed
    assert 0 < found.disk_free < found.disk_total
    assert found.memory_most > 1_000_000
    assert found.redis is None
    with database.reading() as session:
        lost = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
        assert condition(session, database, lost).redis is False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_redis_is_asked(database: Database, settings: Settings, redis_url: str) -> None:
    with database.reading() as session:
        with_redis = settings.model_copy(update={"redis_url": redis_url})
        assert condition(session, database, with_redis).redis is True


def test_a_job_that_failed_gets_another_try(
    http: Client, database: Database, project_id: uuid.UUID, olga: Person, ada: Person
) -> None:
    with database.writing() as session:
        job_id = enqueue(session, "unheard_of", project_id=project_id, wait=timedelta(days=1))
        session.flush()  # it is there, to be changed
        failed = {"state": "failed", "tries": 5, "error": "KeyError"}
        session.execute(update(Job).where(Job.id == job_id).values(**failed))
    shown = http.get("/operator/jobs", headers=olga.headers).text
    assert "KeyError" in shown
    retry = f"/operator/jobs/{job_id}/retry"
    assert http.post(retry, headers=ada.headers).status_code == 403
    assert http.post(retry, headers=olga.headers).status_code == 303
    assert http.post(retry, headers=olga.headers).status_code == 409
    log = http.get(f"/api/v1/projects/{project_id}/audit-log", headers=ada.headers).json()
    assert log["items"][0]["action"] == "league:job:retried"


def test_jobs_are_counted_and_listed_by_state(database: Database, project_id: uuid.UUID) -> None:
    with database.writing() as session:
        for kind in ("first", "second"):
            enqueue(session, kind, project_id=project_id)
            session.flush()  # one is asked for after the other
        take(session, {"long", "first", "second"}, project_id)
    with database.reading() as session:
        assert counts(session)[JobState.QUEUED] == counts(session)[JobState.RUNNING] == 1
        (running,) = list_jobs(session, JobState.RUNNING, ALL)
        assert (running.kind, running.project) == ("first", "The League")
        assert list_jobs(session, JobState.FAILED, ALL) == []


@pytest.mark.on_both
def test_only_the_newest_errors_are_kept(database: Database) -> None:
    with database.writing() as session:
        for number in range(KEPT + 3):
            keep(session, DefectRow(str(number), "GET", "/", "builtins.KeyError", now()))
    with database.reading() as session:
        kept = [row.request_id for row in recent(session)]
    assert kept == [str(number) for number in reversed(range(3, KEPT + 3))]


def test_the_way_from_pull_to_push_is_counted_for_each_league(
    database: Database, project_id: uuid.UUID
) -> None:
    with database.writing() as session:
        elsewhere = make_project(session, "Elsewhere")
        make_project(session, "Without any")
        for name in ("a", "b"):
            make_repo(session, project_id, f"git@example.org:x/{name}")
        make_repo(session, elsewhere, "git@example.org:x/c", sync_method=SyncMethod.PULL_CELERY)
        make_repo(session, elsewhere, "git@example.org:x/d")
    with database.reading() as session:
        leagues, total = ways_in(session, ALL)
    assert total == 2
    assert [(each.name, each.pulled, each.pushed, each.silent) for each in leagues] == [
        ("Elsewhere", 1, 1, 1),
        ("The League", 0, 2, 2),
    ]
