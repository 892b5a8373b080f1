"""The repositories of a project: found by id or by any spelling of their URL, and registered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Caller
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, Invalid, NotFound
from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.projects.git_urls import name_of, url_key, without_credentials
from gitleague.projects.leagues import lock_project
from gitleague.tables.commits import RefusedCommit
from gitleague.tables.projects import Repo, RepoStatus, SyncMethod


class RepoRow(NamedTuple):
    id: uuid.UUID
    project_id: uuid.UUID
    name: str
    git_url: str
    sync_method: str
    status: str
    error_message: str | None
    last_sync_at: datetime | None
    last_ingested_sha: str | None
    total_commits: int
    created_at: datetime


_COLUMNS = tuple(getattr(Repo, field) for field in RepoRow._fields)


def find_repo(session: Session, project_id: uuid.UUID, id_or_url: str) -> RepoRow | None:
    """The repo of this project with this id, or whose URL this is in any spelling."""
    same = uuid.UUID(id_or_url) if is_repo_id(id_or_url) else _key(id_or_url)
    column = "id" if isinstance(same, uuid.UUID) else "url_key"
    row = session.execute(*_repo(project_id, same, column=column)).one_or_none()
    return RepoRow(*row) if row else None


@prepared
def _repo(project_id: uuid.UUID, same: uuid.UUID | str, *, column: str) -> Select[Any]:
    return select(*_COLUMNS).where(Repo.project_id == project_id, getattr(Repo, column) == same)


def is_repo_id(id_or_url: str) -> bool:
    try:
        uuid.UUID(id_or_url)
    except ValueError:
        return False
    return True


def get_repo(session: Session, project_id: uuid.UUID, id_or_url: str) -> RepoRow:
    found = find_repo(session, project_id, id_or_url)
    if found is None:
        raise NotFound("There is no such repository in this project.")
    return found


def register_repo(
    session: Session,
    project_id: uuid.UUID,
    git_url: str,
    *,
    caller: Caller | None,
    name: str | None = None,
    sync_method: SyncMethod = SyncMethod.PUSH_CLIENT,
) -> RepoRow:
    """A new repo. Raises Conflict where the project has it already, in whatever spelling."""
    repo = Repo(
        id=uuid.uuid4(),
        project_id=project_id,
        url_key=_key(git_url),
        git_url=without_credentials(git_url),
        name=name or name_of(git_url),
        sync_method=sync_method.value,
        status=RepoStatus.PENDING.value,
        total_commits=0,
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(repo)
    except IntegrityError:
        raise Conflict("This repository is in the project already.") from None
    audit.record(
        session,
        Action.REPO_REGISTERED,
        repo.name,
        caller=caller,
        project_id=project_id,
        details={"git_url": repo.git_url, "sync_method": repo.sync_method},
    )
    return RepoRow(*(getattr(repo, field) for field in RepoRow._fields))


def ensure_repo(
    session: Session, project_id: uuid.UUID, git_url: str, *, caller: Caller | None
) -> RepoRow:
    """The repo with this URL; registered where it is new, also by two pushes at once."""
    found = find_repo(session, project_id, git_url)
    if found:
        return found
    try:
        return register_repo(session, project_id, git_url, caller=caller)
    except Conflict:
        return get_repo(session, project_id, git_url)


def list_repos(
    session: Session, project_id: uuid.UUID, paging: Paging
) -> tuple[list[RepoRow], int]:
    rows = session.execute(
        select(*_COLUMNS)
        .where(Repo.project_id == project_id)
        .order_by(func.lower(Repo.name), Repo.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).where(Repo.project_id == project_id)) or 0
    return [RepoRow(*row) for row in rows], total


def rename_repo(
    session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, name: str, *, caller: Caller
) -> RepoRow:
    old = get_repo(session, project_id, str(repo_id))
    session.execute(
        update(Repo).where(Repo.project_id == project_id, Repo.id == repo_id).values(name=name)
    )
    audit.record(
        session,
        Action.REPO_CHANGED,
        name,
        caller=caller,
        project_id=project_id,
        details={"was": old.name},
    )
    return old._replace(name=name)


def remove_repo(
    session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, *, caller: Caller
) -> None:
    """An empty repo goes; one with commits would tear holes into closed standings."""
    lock_project(session, project_id)  # a push that is under way comes first
    old = get_repo(session, project_id, str(repo_id))
    if old.total_commits:
        raise Conflict("This repository has commits in the league, so it stays.")
    session.execute(delete(Repo).where(Repo.project_id == project_id, Repo.id == repo_id))
    audit.record(session, Action.REPO_REMOVED, old.name, caller=caller, project_id=project_id)


class Refused(NamedTuple):
    """A commit that was not taken, and why."""

    sha: str
    field: str
    reason: str
    refused_at: datetime


def count_refused(session: Session, project_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many commits of each repo were not taken; of repos that have any."""
    rows = session.execute(
        select(RefusedCommit.repo_id, func.count())
        .where(RefusedCommit.project_id == project_id)
        .group_by(RefusedCommit.repo_id)
    )
    return dict(rows.tuples().all())


def list_refused(
    session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, paging: Paging
) -> list[Refused]:
    """The newest first."""
    rows = session.execute(
        select(*(getattr(RefusedCommit, field) for field in Refused._fields))
        .where(RefusedCommit.project_id == project_id, RefusedCommit.repo_id == repo_id)
        .order_by(RefusedCommit.refused_at.desc(), RefusedCommit.sha)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    return [Refused(*row) for row in rows]


def _key(git_url: str) -> str:
    try:
        return url_key(git_url)
    except ValueError as error:
        message = str(error)
        raise Invalid(
            f"{message[0].upper()}{message[1:]}.",
            errors=[{"field": "git_url", "message": message}],
        ) from None
