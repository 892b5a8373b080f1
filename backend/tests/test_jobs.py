"""The queue of jobs: each is done, once, and never before what it is asked for is there."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from awaited import until
from gitleague.core.db import Database
from gitleague.core.errors import Unavailable
from gitleague.jobs import queue
from gitleague.jobs import runner as running
from gitleague.jobs.queue import MOST_TRIES, enqueue, enqueue_once
from gitleague.jobs.runner import Runner, RunnerThread, Work
from gitleague.projects.leagues import lock_project
from gitleague.tables.jobs import Job, JobState
from gitleague.tables.projects import Project
from make import make_project
from sqlalchemy import select, update
from sqlalchemy.orm import Session

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


def test_a_clock_that_goes_wrong_stops_no_job_and_no_other_clock(database, job_id, project_id):
    done = Event()

    def broken(_session: object) -> None:
        raise ZeroDivisionError

    def ask(session: Session) -> None:
        enqueue(session, "due", project_id=project_id)

    tasks = {"test": lambda _work: None, "due": lambda _work: done.set()}
    runner = Runner(database, tasks, [broken, ask])
    thread = RunnerThread(runner)
    thread.start()
    try:
        assert done.wait(WAIT_SECONDS)
    finally:
        thread.stop()


def test_a_lock_that_is_busy_is_no_try(database, job_id):
    def busy(_work: Work) -> None:
        raise Unavailable

    for _ in range(MOST_TRIES + 1):
        hurry(database)
        Runner(database, {"test": busy}).run_all()
    state, tries, error = state_of(database, job_id)
    assert (state, tries) == ("queued", 0)
    assert "busy" in str(error)


def test_equal_jobs_are_one(database, job_id, project_id):
    """Also when a later one would do more; not once the first has begun."""

    def ask(**arguments: int) -> uuid.UUID:
        def most(one: Any, other: Any) -> dict[str, int] | None:
            return {"n": max(one["n"], other["n"])} if "n" in one else None

        with database.writing() as session:
            return enqueue(session, "test", project_id=project_id, arguments=arguments, fold=most)

    first = ask(n=1)
    assert first != job_id
    assert ask(n=2) == ask(n=1) == first
    seen = []

    def task(work: Work) -> None:
        if work.job.arguments:
            seen.append(work.job.arguments)
            assert ask(n=3) != first

    Runner(database, {"test": task}).run_next()
    Runner(database, {"test": task}).run_next()
    assert seen == [{"n": 2}]


def test_leagues_take_turns(database, project_id):
    """One with many jobs makes no other wait for all of them."""
    with database.writing() as session:
        other = make_project(session, "Other")
        for number in range(10):
            enqueue(session, "test", project_id=project_id, arguments={"number": number})
        session.flush()  # they wait longer than the one of the other league
        enqueue(session, "test", project_id=other)
    seen: list[uuid.UUID] = []
    runner = Runner(database, {"test": lambda work: seen.append(work.job.project_id)})
    assert (runner.run_next(), runner.run_next()) == (True, True)
    assert seen == [project_id, other]


def test_a_long_job_lets_others_have_their_turn_and_goes_on_from_where_it_was(
    database, job_id, project_id, monkeypatch
):
    monkeypatch.setattr(running, "TURN", 0.0)
    seen: list[object] = []

    def long(work: Work) -> None:
        for step in range(work.job.arguments.get("done", 0), 3):
            seen.append(step)
            with database.writing() as session:
                work.keep(session, done=step + 1)
            work.pause(step * 30)

    with database.writing() as session:
        other = make_project(session, "Other")
        enqueue(session, "other", project_id=other)
    tasks = {"test": long, "other": lambda _work: seen.append("other")}
    Runner(database, tasks).run_all()
    assert seen == [0, "other", 1, 2]
    assert state_of(database, job_id) == ("done", 1, None)


def test_a_step_that_takes_too_long_is_the_last(database, job_id, monkeypatch):
    monkeypatch.setattr(running, "TIME_LIMIT", -1.0)
    Runner(database, {"test": lambda work: work.pause()}).run_all()
    state, tries, error = state_of(database, job_id)
    assert (state, tries) == ("failed", 1)
    assert "took longer" in str(error)


def test_a_job_whose_process_dies_each_time_is_given_up(database, job_id, project_id):
    for _ in range(MOST_TRIES):
        hurry(database)
        with database.writing() as session:
            assert queue.take(session, {"test"}, project_id)
    hurry(database)
    Runner(database, {"test": lambda _work: None}).run_all()
    assert state_of(database, job_id) == ("failed", MOST_TRIES + 1, queue.LOST)


def test_what_a_dead_worker_had_is_taken_up(database, job_id, project_id):
    with database.writing() as session:
        assert queue.take(session, {"test"}, project_id)
    runner = Runner(database, {"test": lambda _work: None})
    assert runner.run_all() == 0  # it may still live
    hurry(database)
    assert runner.run_all() == 1
    assert state_of(database, job_id) == (JobState.DONE.value, 2, None)


def test_a_job_tells_how_far_it_is(database, job_id):
    def look(work: Work) -> None:
        work.pause(50)
        with database.reading() as session:
            seen = session.scalar(select(Job.progress).where(Job.id == job_id))
        assert seen == 50

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
