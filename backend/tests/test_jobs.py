"""The queue of jobs: each is done, once, and never before what it is asked for is there."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
import servers
from awaited import until
from gitleague.app import create_app
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.jobs import queue
from gitleague.jobs.queue import MOST_TRIES, enqueue, enqueue_once
from gitleague.jobs.runner import Runner, RunnerThread, Work
from gitleague.projects.leagues import lock_project
from gitleague.tables.jobs import Job, JobState
from gitleague.tables.projects import Project
from sqlalchemy import select, update

pytestmark = pytest.mark.on_both

WAIT_SECONDS = 60


@pytest.fixture
def job_id(database: Database, project_id: uuid.UUID) -> uuid.UUID:
    with database.writing() as session:
        return enqueue(session, "test", project_id=project_id)


def state_of(database: Database, job_id: uuid.UUID) -> tuple[str, int, str | None]:
    with database.reading() as session:
        row = session.execute(select(Job.state, Job.tries, Job.error).where(Job.id == job_id)).one()
    return row.state, row.tries, row.error


def hurry(database: Database) -> None:
    """What waits for its time waits no longer."""
    with database.writing() as session:
        session.execute(update(Job).values(not_before=Job.created_at))


def test_a_job_runs_once(database, job_id):
    seen = []
    runner = Runner(database, {"test": lambda work: seen.append(work.job.id)})
    assert (runner.run_all(), runner.run_all(), seen) == (1, 0, [job_id])
    assert state_of(database, job_id) == ("done", 1, None)


def test_a_job_that_goes_wrong_is_tried_again_and_stops_no_other(database, job_id, project_id):
    with database.writing() as session:
        other = enqueue(session, "other", project_id=project_id)
    runner = Runner(database, {"test": lambda _work: 1 / 0, "other": lambda _work: None})
    assert runner.run_all() == 2
    assert state_of(database, other) == ("done", 1, None)
    assert state_of(database, job_id) == ("queued", 1, "ZeroDivisionError")
    for _ in range(MOST_TRIES):
        hurry(database)
        runner.run_all()
    assert state_of(database, job_id) == ("failed", MOST_TRIES, "ZeroDivisionError")


def test_a_clock_that_goes_wrong_stops_no_job(database, job_id):
    done = Event()

    def broken(_session: object) -> None:
        raise ZeroDivisionError

    runner = Runner(database, {"test": lambda _work: done.set()}, [broken])
    thread = RunnerThread(runner)
    thread.start()
    try:
        assert done.wait(WAIT_SECONDS)
    finally:
        thread.stop()


def test_what_a_dead_worker_had_is_taken_up(database, job_id):
    with database.writing() as session:
        assert queue.take(session, {"test"})
    runner = Runner(database, {"test": lambda _work: None})
    assert runner.run_all() == 0  # it may still live
    hurry(database)
    assert runner.run_all() == 1
    assert state_of(database, job_id) == (JobState.DONE.value, 2, None)


def test_a_job_tells_how_far_it_is(database, job_id):
    def look(work: Work) -> None:
        work.report(50)
        with database.reading() as session:
            seen = session.scalar(select(Job.progress).where(Job.id == job_id))
        assert seen == (0 if database.is_sqlite else 50)

    Runner(database, {"test": look}).run_all()
    assert state_of(database, job_id) == ("done", 1, None)


def test_a_job_that_is_counted_on_sees_what_it_is_counted_on_for(
    database, job_id, project_id, queries
):
    """Else a message would wait for the next one, where a runner came in between."""
    seen = []

    def look(work: Work) -> None:
        with work.database.reading() as session:
            seen.append(session.scalar(select(Project.name).where(Project.id == project_id)))

    runner = Runner(database, {"test": look})
    with ThreadPoolExecutor(1) as beside:
        with database.writing() as session:
            lock_project(session, project_id)
            enqueue_once(session, "test", project_id=project_id, wait=timedelta(0))
            queries.clear()
            running = beside.submit(runner.run_all)
            # On SQLite it waits for its turn to write, and on PostgreSQL it leaves the job alone.
            until(lambda: running.done() or queries[-1:] == ["BEGIN IMMEDIATE"])
            session.execute(update(Project).where(Project.id == project_id).values(name="New"))
        running.result()
    runner.run_all()
    assert seen == ["New"]


def test_a_job_waits_anew_when_asked_for_again_but_not_for_ever(database, project_id):
    """The batches of a long push are worked on together."""

    def ask(wait: timedelta) -> timedelta:
        with database.writing() as session:
            lock_project(session, project_id)
            enqueue_once(
                session, "test", project_id=project_id, wait=wait, at_most=timedelta(minutes=5)
            )
        with database.reading() as session:
            [job] = session.scalars(select(Job).where(Job.kind == "test"))
            return job.not_before - job.created_at

    assert ask(timedelta(minutes=1)) == pytest.approx(
        timedelta(minutes=1), abs=timedelta(seconds=5)
    )
    assert ask(timedelta(minutes=2)) > timedelta(minutes=2)
    assert ask(timedelta(minutes=1)) > timedelta(minutes=2), "it is never sooner"
    assert ask(timedelta(minutes=9)) == timedelta(minutes=5)


def test_a_server_looks_for_what_is_due(database, settings, job_id):
    """Here: finished jobs that are old enough to be forgotten."""
    with database.writing() as session:
        session.execute(
            update(Job).values(state=JobState.DONE.value, finished_at=now() - timedelta(days=400))
        )
    with servers.listening() as opened, servers.serving(create_app(settings), opened):

        def is_forgotten() -> bool:
            with database.reading() as session:
                return session.scalar(select(Job.id).where(Job.id == job_id)) is None

        until(is_forgotten)
