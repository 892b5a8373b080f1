"""From pull to push, repository by repository, and back. What is stored of commits stays."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action, record
from gitleague.core.clock import now
from gitleague.projects.leagues import lock_project
from gitleague.sync import history
from gitleague.sync.pull.running import ensure_pull
from gitleague.sync.pull.schedules import ask_for_pull
from gitleague.tables.projects import Project, Repo, RepoStatus, SyncMethod
from gitleague.tables.syncs import RepoPull

ACTIVE = timedelta(days=7)  # synced within it


class RepoMethod(NamedTuple):
    """How a repository is synced."""

    repo_id: uuid.UUID
    project_id: uuid.UUID
    project: str
    name: str
    git_url: str
    sync_method: str
    status: str
    last_sync_at: datetime | None
    last_ingested_sha: str | None
    credential_kind: str | None
    credential_kept_until: datetime | None
    running_until: datetime | None

    @property
    def is_running(self) -> bool:
        return self.running_until is not None and self.running_until > now()


class Outcome(str, Enum):
    DONE = "done"
    ALREADY = "already"  # nothing to do
    ACTIVE = "active"  # left out, as asked
    RUNNING = "running"  # refused: a sync is under way
    UNKNOWN = "unknown"  # no such repository
    FAILED = "failed"


class Wish(NamedTuple):
    """What shall become of repositories."""

    method: SyncMethod
    keep_credentials: timedelta | None = None  # sealed, so that a rollback needs no new one
    leave_active: bool = False


class League(NamedTuple):
    """How far a league is."""

    project_id: uuid.UUID
    project: str
    total: int
    pushed: int
    repos: Sequence[RepoMethod]

    @property
    def percent(self) -> int:
        """Rounded down: 100 is all of them."""
        return 100 * self.pushed // self.total


def repo_methods(session: Session, project_id: uuid.UUID | None = None) -> list[RepoMethod]:
    """Of every repository on the server, or of one league, in order."""
    wanted = (
        # across projects: the operator moves the whole server
        select(
            Repo.id,
            Project.id,
            Project.name,
            *(getattr(Repo, field) for field in RepoMethod._fields[3:9]),
            *(getattr(RepoPull, field) for field in RepoMethod._fields[9:]),
        )
        .join(Project, Project.id == Repo.project_id)
        .outerjoin(
            RepoPull, and_(RepoPull.project_id == Repo.project_id, RepoPull.repo_id == Repo.id)
        )
        .order_by(Project.name, Project.id, Repo.name, Repo.id)
    )
    if project_id:
        wanted = wanted.where(Repo.project_id == project_id)
    return [RepoMethod(*row) for row in session.execute(wanted)]


def leagues_of(repos: Sequence[RepoMethod]) -> list[League]:
    by_league: dict[uuid.UUID, list[RepoMethod]] = {}
    for repo in repos:
        by_league.setdefault(repo.project_id, []).append(repo)
    return [
        League(project_id, members[0].project, len(members), _pushed(members), members)
        for project_id, members in by_league.items()
    ]


def outcome_of(repo: RepoMethod, wish: Wish) -> Outcome:
    """What asking for it would do now."""
    if repo.sync_method == wish.method.value:
        return Outcome.ALREADY
    if wish.leave_active and repo.last_sync_at and repo.last_sync_at > now() - ACTIVE:
        return Outcome.ACTIVE
    return Outcome.RUNNING if repo.is_running else Outcome.DONE


def move(session: Session, repo: RepoMethod, wish: Wish) -> Outcome:
    """One repository, in one transaction. Heads and what was ingested last stay as they are."""
    lock_project(session, repo.project_id)
    here = [each for each in repo_methods(session, repo.project_id) if each.repo_id == repo.repo_id]
    if not here:
        return Outcome.UNKNOWN
    outcome = outcome_of(here[0], wish)
    if outcome is Outcome.DONE:
        ensure_pull(session, repo.project_id, repo.repo_id)
        to_push = wish.method is SyncMethod.PUSH_CLIENT
        _set_pull(session, repo, **(_retired(repo, wish) if to_push else _back(repo)))
        _set_method(session, here[0], wish.method)
        # Of one that is pushed now, the job only removes the clone.
        ask_for_pull(session, repo.project_id, repo.repo_id)
    return outcome


def _retired(repo: RepoMethod, wish: Wish) -> dict[str, Any]:
    """A worker that is taken for dead, and is not, finds out that it holds nothing any more."""
    nothing = {"running": None, "running_until": None, "next_due": None, "failures": 0}
    if repo.credential_kind and wish.keep_credentials:
        return {**nothing, "credential_kept_until": now() + wish.keep_credentials}
    wiped = ("credential_kind", "sealed_credential", "credential_kept_until")
    return nothing | dict.fromkeys(wiped)


def _back(_repo: RepoMethod) -> dict[str, Any]:
    return {"credential_kept_until": None, "next_due": now(), "failures": 0}


def _set_method(session: Session, repo: RepoMethod, method: SyncMethod) -> None:
    history.cut_off(session, repo.project_id, repo.repo_id)
    values: dict[str, object] = {"sync_method": method.value}
    if repo.status in {RepoStatus.SYNCING.value, RepoStatus.ERROR.value}:  # of the old way
        values |= {"status": RepoStatus.PENDING.value, "error_message": None}
    session.execute(
        update(Repo)
        .where(Repo.project_id == repo.project_id, Repo.id == repo.repo_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    to_push = method is SyncMethod.PUSH_CLIENT
    record(
        session,
        Action.REPO_MIGRATED if to_push else Action.REPO_ROLLED_BACK,
        repo.name,
        caller=None,
        project_id=repo.project_id,
        details={
            "repo_id": str(repo.repo_id),
            "sync_method": [repo.sync_method, method.value],
            "last_ingested_sha": repo.last_ingested_sha,
        },
    )


def _set_pull(session: Session, repo: RepoMethod, **values: Any) -> None:
    session.execute(
        update(RepoPull)
        .where(RepoPull.project_id == repo.project_id, RepoPull.repo_id == repo.repo_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _pushed(repos: Sequence[RepoMethod]) -> int:
    return sum(repo.sync_method == SyncMethod.PUSH_CLIENT.value for repo in repos)
