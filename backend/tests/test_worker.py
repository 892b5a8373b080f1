"""The jobs under Celery, with a real Redis."""

import os
import subprocess
import sys
import uuid

import pytest
from awaited import until
from gitleague.core.db import Database
from gitleague.jobs.broker import broker, celery_sender
from gitleague.jobs.queue import enqueue
from gitleague.jobs.sending import Sender
from gitleague.scoring.rules import rules_in_force, save_rules
from gitleague_client.rules.defaults import Rules

pytestmark = [
    pytest.mark.timeout(360),  # each starts a handful of programs
    pytest.mark.real_clock,
]

WORKER = ["-m", "celery", "-A", "gitleague.worker", "worker", "--concurrency", "1"]


def test_celery_does_each_job_that_is_asked_for_as_a_task(
    database: Database, database_url: str, project_id: uuid.UUID, redis_url: str, tmp_path
):
    """Sent after the commit; without the clock, which sends what was lost."""
    sender = Sender(database, celery_sender(broker(redis_url), pull_minutes=1))
    sender.start()
    with database.writing() as session:
        version = save_rules(session, project_id, Rules(steal_points=1), created_by=None)
        arguments = {"version": version}
        enqueue(session, "rules:apply", project_id=project_id, arguments=arguments)
    environment = {"GITLEAGUE_DATABASE_URL": database_url, "GITLEAGUE_REDIS_URL": redis_url}
    command = [sys.executable, *WORKER]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            command,
            env={**os.environ, **environment},
            cwd=tmp_path,
            stdout=log,
            stderr=log,
        ) as worker,
    ):
        try:
            assert_in_force(database, project_id, version)
        finally:
            worker.terminate()
            worker.wait(180)
            sender.stop()


def assert_in_force(database: Database, project_id: uuid.UUID, version: int) -> None:
    def are() -> bool:
        with database.reading() as session:
            return rules_in_force(session, project_id).version == version

    until(are, seconds=180)  # it starts twice: the worker, and its child


def test_without_redis_it_says_what_to_do(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import gitleague.worker"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert "Set GITLEAGUE_REDIS_URL" in done.stderr
