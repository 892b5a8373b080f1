"""The jobs of a league, done now."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from awaited import until
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.jobs import queue
from gitleague.jobs.runner import Clock, Runner, RunnerThread, Task, run
from gitleague.tables.jobs import Job, JobState
from gitleague.tasks import TASKS, pulls_of, tasks_of
from sqlalchemy import func, select, update

DONE = (JobState.DONE.value, JobState.FAILED.value)


def finish_jobs(database: Database) -> None:
    """Those that are due. A server beside the test may have taken one: it is waited for."""
    asked_until = now()

    def are_done() -> bool:
        Runner(database, TASKS).run_all()
        waiting = select(func.count()).where(
            Job.state.not_in(DONE), Job.created_at <= asked_until, Job.tries > 0
        )
        with database.reading() as session:
            return not session.scalar(waiting)

    until(are_done)


def finish_all_jobs(database: Database) -> None:
    """Also those that wait for a while, for what else may come."""
    with database.writing() as session:
        waiting = update(Job).where(Job.state == JobState.QUEUED.value, Job.not_before > now())
        session.execute(waiting.values(not_before=now()))
    finish_jobs(database)


def do_now(
    database: Database,
    project_id: uuid.UUID,
    kind: str,
    *,
    task: Task | None = None,
    **arguments: object,
) -> None:
    """A job that no server beside the test can take; `task` does it in place of the usual one."""
    with database.writing() as session:
        queue.enqueue(session, kind, project_id=project_id, arguments=arguments)
        session.flush()  # it is looked for
        job = queue.take(session, {kind}, project_id)
    assert job
    assert job.arguments == arguments
    run(database, task or TASKS[kind], job)


@contextmanager
def doing_jobs(
    database: Database, settings: Settings, clocks: Sequence[Clock] = ()
) -> Iterator[None]:
    """As the process beside a server does, in threads of this one."""
    runners = (
        Runner(database, tasks_of(settings), clocks),
        Runner(database, pulls_of(settings)),
    )
    threads = [RunnerThread(runner) for runner in runners]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.stop()
