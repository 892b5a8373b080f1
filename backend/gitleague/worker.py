"""The jobs under Celery, with the server's settings: each is a task of its own.

`celery -A gitleague.worker worker` does them, on as many machines as there are, `-Q` only those of
some queues; `celery -A gitleague.worker beat` asks for what is due, once. `worker -B` is both.
"""

from __future__ import annotations

import uuid
from functools import cache

from celery import signals
from celery.exceptions import SoftTimeLimitExceeded

from gitleague.core import log
from gitleague.core.db import Database
from gitleague.core.errors import SettingsError
from gitleague.core.locks import Busy, alone
from gitleague.core.private_files import keep_files_private
from gitleague.core.settings import load_settings
from gitleague.core.telemetry import report_errors
from gitleague.jobs import queue
from gitleague.jobs.broker import RUN_JOB, broker, celery_sender
from gitleague.jobs.runner import TIME_LIMIT, NotNow, Runner, Task, TookTooLong, Work, run
from gitleague.jobs.sending import Queue, Send, queue_of, send_due
from gitleague.tasks import CLOCKS, pulls_of, tasks_of

CLOCK = Queue.CLOCK.value
EVERY = 5.0  # seconds: how long a job waits at most whose message was lost, or whose time has come

keep_files_private()
settings = load_settings()
if not settings.redis_url:
    raise SettingsError("Set GITLEAGUE_REDIS_URL; without Redis the server does the jobs itself.")
app = broker(settings.redis_url)
app.conf.update(
    timezone="UTC",
    task_ignore_result=True,
    # What a worker had that died is done by another; the table tells which of two is late.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": settings.pull_minutes * 60 + 4 * int(TIME_LIMIT)
    },
    beat_schedule={
        CLOCK: {
            "task": CLOCK,
            "schedule": EVERY,
            "options": {"queue": CLOCK, "expires": EVERY},
        }
    },
    beat_schedule_filename=str(settings.data_dir / "celerybeat-schedule"),
)
settings.data_dir.mkdir(parents=True, exist_ok=True)


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def set_up_log(**_arguments: object) -> None:
    """The same lines as the server's."""
    log.configure(settings)
    report_errors(settings)


@app.task(name=CLOCK)  # type: ignore[untyped-decorator]
def look_at_clocks() -> None:
    _clocks().look_at_clocks()
    send_due(_database(), _send())


@app.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
def run_job(project_id: str, job_id: str) -> None:
    """Does nothing where the job was taken by another worker, or is done."""
    project = uuid.UUID(project_id)
    with _database().writing() as session:
        job = queue.take_this(session, project, uuid.UUID(job_id))
    if job is not None:
        run(_database(), _limited(_tasks()[job.kind]), job)
    send_due(_database(), _send(), [project])  # what this job asked for, and what waited behind it


def _limited(task: Task) -> Task:
    def limited(work: Work) -> None:
        try:
            if queue_of(work.job.kind) is Queue.PULLS:
                _pull_alone(task, work)
            else:
                task(work)
        except SoftTimeLimitExceeded:
            raise TookTooLong from None

    return limited


def _pull_alone(task: Task, work: Work) -> None:
    """One at a time on a machine: what is quick finds a process that is free."""
    try:
        with alone(settings.data_dir / "pulls.lock"):
            task(work)
    except Busy:
        raise NotNow from None


@cache
def _database() -> Database:
    """One for each process, made after the fork: connections are not shared with the parent."""
    return Database(settings.database, pool_size=2)


@cache
def _tasks() -> dict[str, Task]:
    return {**tasks_of(settings), **pulls_of(settings)}


@cache
def _clocks() -> Runner:
    return Runner(_database(), {}, CLOCKS)


@cache
def _send() -> Send:
    return celery_sender(app, pull_minutes=settings.pull_minutes)
