"""One sync of a pulled repository at a time: taken, held with every batch, let go.

All of it happens under the league's lock. A sync that was taken for dead, or whose repository was
migrated meanwhile, finds that out before it writes anything more.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.projects.leagues import lock_project
from gitleague.projects.repos import RepoRow, find_repo
from gitleague.sync import history
from gitleague.sync.pull.schedules import HOURLY, back_off, begin_hourly, next_time
from gitleague.tables.projects import Repo, RepoStatus, SyncMethod
from gitleague.tables.syncs import RepoPull, SyncWay

LEASE = timedelta(minutes=5)  # without a sign of life, after which it is taken for dead


class Taken(NamedTuple):
    """A sync that has begun."""

    sync_id: uuid.UUID
    repo: RepoRow
    branches: list[str]
    sealed_credential: str | None


class Running(Exception):
    """Another sync of the repository is under way, at most for `wait` without a sign of life."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait


class LetGo(Exception):
    """The repository is pulled no longer, or another sync has taken over."""


def take(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> Taken:
    """Raises Running and LetGo."""
    lock_project(session, project_id)
    repo = find_repo(session, project_id, str(repo_id))
    if repo is None or repo.sync_method != SyncMethod.PULL_CELERY.value:
        raise LetGo
    ensure_pull(session, project_id, repo_id)
    pull = session.execute(
        select(
            RepoPull.branches,
            RepoPull.sealed_credential,
            RepoPull.running_until,
        ).where(RepoPull.project_id == project_id, RepoPull.repo_id == repo_id)
    ).one()
    moment = now()
    if pull.running_until and pull.running_until > moment:
        raise Running(pull.running_until - moment)
    sync_id = history.begin(session, project_id, repo_id, SyncWay.PULL)
    _set_pull(session, repo, running=sync_id, running_until=moment + LEASE)
    _set_repo(session, repo, status=RepoStatus.SYNCING.value)
    return Taken(sync_id, repo, list(pull.branches), pull.sealed_credential)


def hold(session: Session, taken: Taken) -> RepoRow:
    """A sign of life; the repository as it is now. Raises LetGo."""
    repo = taken.repo
    lock_project(session, repo.project_id)
    found = find_repo(session, repo.project_id, str(repo.id))
    if found is None or found.sync_method != SyncMethod.PULL_CELERY.value:
        raise LetGo
    held = session.execute(
        update(RepoPull)
        .where(
            RepoPull.project_id == repo.project_id,
            RepoPull.repo_id == repo.id,
            RepoPull.running == taken.sync_id,
        )
        .values(running_until=now() + LEASE)
        .returning(RepoPull.repo_id)
        .execution_options(synchronize_session=False)
    ).all()
    if not held:
        raise LetGo
    return found


def finish(session: Session, taken: Taken) -> None:
    hold(session, taken)
    history.end(session, taken.repo.project_id, taken.sync_id)
    _set_pull(session, taken.repo, running=None, running_until=None, failures=0)


def fail(session: Session, taken: Taken, error: str) -> None:
    """It is tried again by itself, later each time."""
    hold(session, taken)
    repo, moment = taken.repo, now()
    history.end(session, repo.project_id, taken.sync_id, error=error)
    _set_repo(session, repo, status=RepoStatus.ERROR.value, error_message=error)
    row = session.execute(
        select(RepoPull.failures, RepoPull.schedule).where(
            RepoPull.project_id == repo.project_id, RepoPull.repo_id == repo.id
        )
    ).one()
    earliest = moment + back_off(row.failures)
    values: dict[str, object] = {"failures": row.failures + 1}
    if row.schedule:
        zone = lock_project(session, repo.project_id)
        values["next_due"] = max(earliest, _following(row.schedule, zone, moment))
    _set_pull(session, repo, running=None, running_until=None, **values)


def is_running(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> bool:
    until = session.scalar(
        select(RepoPull.running_until).where(
            RepoPull.project_id == project_id, RepoPull.repo_id == repo_id
        )
    )
    return until is not None and until > now()


def ensure_pull(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> None:
    """Due with the next hour. The clock may do the same at the same time."""
    there = session.scalar(
        select(RepoPull.repo_id).where(
            RepoPull.project_id == project_id, RepoPull.repo_id == repo_id
        )
    )
    if there is None:
        zone = lock_project(session, project_id)
        begin_hourly(session, project_id, repo_id, next_due=_following(HOURLY, zone, now()))


def _following(schedule: str, zone: ZoneInfo, moment: datetime) -> datetime:
    return next_time(schedule, zone, after=moment)


def _set_pull(session: Session, repo: RepoRow, **values: object) -> None:
    session.execute(
        update(RepoPull)
        .where(RepoPull.project_id == repo.project_id, RepoPull.repo_id == repo.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _set_repo(session: Session, repo: RepoRow, **values: object) -> None:
    session.execute(
        update(Repo)
        .where(Repo.project_id == repo.project_id, Repo.id == repo.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
