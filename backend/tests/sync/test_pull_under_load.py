"""A pull by Celery, with a real Redis, that is killed in the middle while others push."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from awaited import until
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.sync.migrate import Outcome, Wish, move, repo_methods
from gitleague.sync.pull import pulling
from gitleague.tables.commits import CommitRow
from gitleague.tables.jobs import Job
from gitleague.tables.projects import Repo, SyncMethod
from gitleague.tables.syncs import RepoPull, RepoSync
from make import make_line, make_repo
from pushes import Pushes, make_pushes
from remotes import add_commits, git_over_ssh, make_origin, rev_list
from sqlalchemy import func, select, update

pytestmark = pytest.mark.timeout(360)  # each starts a handful of programs

COMMITS = 2 * pulling.BATCH + 50


@contextmanager
def celery(environment: dict[str, str], *arguments: str, log: Path) -> Iterator[int]:
    """As its unit starts it. Gives the id of its process group."""
    command = [sys.executable, "-m", "celery", "-A", "gitleague.worker", *arguments]
    with (
        log.open("ab") as output,
        subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**os.environ, **environment},
        ) as process,
    ):
        try:
            yield process.pid
        finally:
            _kill(process.pid)


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:  # killed before
        return


def wait_for(met: Callable[[], bool], log: Path) -> None:
    until(met, otherwise=lambda: log.read_text()[-3000:])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nothing_is_lost(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    pushes = make_pushes(database)
    origin = make_origin(tmp_path / "forge" / "site.git", COMMITS)
    log = tmp_path / "log"
    environment = {
        "GITLEAGUE_DATABASE_URL": database_url,
        "GITLEAGUE_DATA_DIR": str(tmp_path / "data"),
        "GITLEAGUE_OUTBOUND_NETWORKS": "127.0.0.0/8,::1/128",
        "GITLEAGUE_REDIS_URL": redis_url,
        "GITLEAGUE_SECRET_KEY": "k" * 32,
    }
    worker = ("worker", "--concurrency", "2", "--loglevel", "INFO")
    with git_over_ssh(origin.parent, anybody=True) as forge:
        with database.writing() as session:
            pulled = make_repo(
                session,
                pushes.project_id,
                forge.ssh("site.git"),
                sync_method=SyncMethod.PULL_CELERY,
            )
        with celery(environment, "beat", log=log):
            with celery(environment, *worker, log=log) as first:
                wait_for(lambda: count(database, pulled) > 0, log)
                _kill(first)
            # Whose worker is dead is not yet known: a migration waits.
            assert migrate(database, pushes, pulled) is Outcome.RUNNING
            assert 0 < count(database, pulled) < COMMITS
            pushes.push(*make_line(20))
            add_commits(origin, 10)
            take_for_dead(database)
            with celery(environment, *worker, log=log):
                for _ in range(5):
                    pushes.push(*make_line(20))
                wait_for(lambda: count(database, pulled) == COMMITS + 10, log)
                wait_for(lambda: migrate(database, pushes, pulled) is Outcome.DONE, log)
    assert shas(database, pulled) == rev_list(origin)
    assert count(database, pushes.repo_id) == 120
    with database.reading() as session:
        ended = session.scalars(
            select(RepoSync.state).where(RepoSync.repo_id == pulled).order_by(RepoSync.started_at)
        ).all()
        assert session.get_one(Repo, pulled).total_commits == COMMITS + 10
    assert (ended[0], ended[-1]) == ("failed", "done")


def migrate(database: Database, pushes: Pushes, repo_id: uuid.UUID) -> Outcome:
    with database.writing() as session:
        every = repo_methods(session, pushes.project_id)
        repo = next(each for each in every if each.repo_id == repo_id)
        return move(session, repo, Wish(SyncMethod.PUSH_CLIENT))


def take_for_dead(database: Database) -> None:
    """As it is after some minutes without a sign of life."""
    past = now() - timedelta(seconds=1)
    with database.writing() as session:
        session.execute(update(RepoPull).values(running_until=past))
        session.execute(update(Job).where(Job.state == "running").values(not_before=past))


def count(database: Database, repo_id: uuid.UUID) -> int:
    with database.reading() as session:
        wanted = select(func.count()).where(CommitRow.repo_id == repo_id)
        return session.scalar(wanted) or 0


def shas(database: Database, repo_id: uuid.UUID) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(CommitRow.sha).where(CommitRow.repo_id == repo_id)))
