"""The jobs under Celery: `celery -A gitleague.worker worker -B`, with the server's settings."""

from __future__ import annotations

from functools import cache

from celery import Celery

from gitleague.core.db import Database
from gitleague.core.errors import SettingsError
from gitleague.core.settings import load_settings
from gitleague.jobs.runner import Runner
from gitleague.tasks import CLOCKS, tasks_of

EVERY = 5.0  # seconds: how long a job waits at most before it is seen

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
        "jobs": {"task": "gitleague.jobs", "schedule": EVERY, "options": {"expires": EVERY}}
    },
)


@app.task(name="gitleague.jobs")  # type: ignore[untyped-decorator]
def run_jobs() -> None:
    runner = _runner()
    runner.look_at_clocks()
    runner.run_all()


@cache
def _runner() -> Runner:
    """One for each process, made after the fork: connections are not shared with the parent."""
    return Runner(Database(settings.database, pool_size=2), tasks_of(settings), CLOCKS)
