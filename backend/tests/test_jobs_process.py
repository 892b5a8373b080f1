"""Without Redis a process beside the server does the jobs, and ends with it, however it ends."""

import os
import signal
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from awaited import until
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.jobs import queue
from gitleague.scoring.totals import SUM_UP
from gitleague.tables.jobs import Job, JobState
from preloaded import SERVER, Run, loaded
from sqlalchemy import select, update

pytestmark = pytest.mark.timeout(360)  # each starts a handful of programs
SECONDS = 180  # a slow machine is no defect


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Run]:
    environment = os.environ | {
        "GITLEAGUE_DATA_DIR": str(tmp_path / "data"),
        "GITLEAGUE_DATABASE_URL": database_url,
    }
    started = loaded(SERVER).start(
        ["gitleague", "serve", "--port", "0"],
        folder=tmp_path,
        environment=environment,
        log=tmp_path / "log",
    )
    yield started
    started.kill()
    started.wait(SECONDS)


def jobs_of(server: Run) -> set[int]:
    """The processes of jobs that it started: each is the child of a supervisor."""
    return {pid for supervisor in children_of(server.pid) for pid in children_of(supervisor)}


def children_of(pid: int) -> set[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()}


def is_there(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())  # a zombie has none
    except OSError:
        return False


def state_of(database: Database, job_id: uuid.UUID) -> str | None:
    with database.reading() as session:
        return session.scalar(select(Job.state).where(Job.id == job_id))


def test_it_does_the_jobs_and_ends_with_a_server_that_is_killed(
    server: Run, database: Database, project_id: uuid.UUID
) -> None:
    with database.writing() as session:
        asked = queue.enqueue(session, SUM_UP, project_id=project_id)
        old = queue.enqueue(session, "old", project_id=project_id)
        session.flush()  # it was done long ago
        values = {"state": JobState.DONE.value, "finished_at": now() - timedelta(days=400)}
        session.execute(update(Job).where(Job.id == old).values(**values))
    until(lambda: state_of(database, asked) == "done", seconds=SECONDS)
    until(lambda: state_of(database, old) is None, seconds=SECONDS)  # a clock of it
    (child,) = jobs_of(server)
    # A job is cut off: whoever comes next takes it up at once, and not when its lease is over.
    with database.writing() as session:
        session.execute(
            update(Job)
            .where(Job.id == asked)
            .values(state=JobState.RUNNING.value, not_before=now() + timedelta(days=1))
        )
    os.kill(child, signal.SIGKILL)
    until(lambda: state_of(database, asked) == "done", seconds=SECONDS)
    (other,) = until(lambda: jobs_of(server) - {child}, seconds=SECONDS)
    server.kill()
    until(lambda: not is_there(other), seconds=SECONDS)


def test_it_ends_with_a_server_that_is_asked_to(
    server: Run, database: Database, project_id: uuid.UUID
) -> None:
    with database.writing() as session:
        asked = queue.enqueue(session, SUM_UP, project_id=project_id)
    until(lambda: state_of(database, asked) == "done", seconds=SECONDS)
    (child,) = jobs_of(server)
    server.terminate()
    assert server.wait(SECONDS) == -signal.SIGTERM
    assert not is_there(child), "it ended first"
