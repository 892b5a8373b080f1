"""The jobs under Celery, with the server's settings.

`celery -A gitleague.worker worker` does them, on as many machines as there are;
`celery -A gitleague.worker beat` wakes them, once. `worker -B` is both.
"""

from __future__ import annotations

from functools import cache

from celery import Celery, signals

from gitleague.core import log
from gitleague.core.db import Database
from gitleague.core.errors import SettingsError
from gitleague.core.locks import Busy, alone
from gitleague.core.private_files import keep_files_private
from gitleague.core.settings import load_settings
from gitleague.core.telemetry import report_errors
from gitleague.jobs.runner import Runner
from gitleague.tasks import CLOCKS, pulls_of, tasks_of

JOBS, PULLS = "gitleague.jobs", "gitleague.pulls"
EVERY = 5.0  # seconds: how long a job waits at most before it is seen

keep_files_private()
settings = load_settings()
if not settings.redis_url:
    raise SettingsError("Set GITLEAGUE_REDIS_URL; without Redis the server does the jobs itself.")
app = Celery("gitleague", broker=settings.redis_url)
app.conf.update(
    timezone="UTC",
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    # The queue is in the database: what a dead worker had is taken up from there.
    beat_schedule={
        task: {"task": task, "schedule": EVERY, "options": {"expires": EVERY}}
        for task in (JOBS, PULLS)
    },
    beat_schedule_filename=str(settings.data_dir / "celerybeat-schedule"),
)
settings.data_dir.mkdir(parents=True, exist_ok=True)


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def set_up_log(**_arguments: object) -> None:
    """The same lines as the server's."""
    log.configure(settings)
    report_errors(settings)


@app.task(name=JOBS)  # type: ignore[untyped-decorator]
def run_jobs() -> None:
    runner = _jobs()
    runner.look_at_clocks()
    runner.run_all()


@app.task(name=PULLS)  # type: ignore[untyped-decorator]
def run_pulls() -> None:
    """One at a time on a machine: what is quick shall find a process that is free."""
    try:
        with alone(settings.data_dir / "pulls.lock"):
            _pulls().run_next()
    except Busy:
        return


@cache
def _database() -> Database:
    """One for each process, made after the fork: connections are not shared with the parent."""
    return Database(settings.database, pool_size=2)


@cache
def _jobs() -> Runner:
    return Runner(_database(), tasks_of(settings), CLOCKS)


@cache
def _pulls() -> Runner:
    return Runner(_database(), pulls_of(settings))
