"""From pull to push, repository by repository, and back. What is stored of commits stays."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action, record
from gitleague.core.errors import NotFound
from gitleague.tables.projects import Project, Repo, SyncMethod


class RepoMethod(NamedTuple):
    """How a repository is synced."""

    repo_id: uuid.UUID
    project_id: uuid.UUID
    project: str
    name: str
    git_url: str
    sync_method: str


def repo_methods(session: Session) -> list[RepoMethod]:
    """Of every repository on the server, in order."""
    rows = session.execute(
        # across projects: the operator moves the whole server
        select(Repo.id, Project.id, Project.name, Repo.name, Repo.git_url, Repo.sync_method)
        .join(Project, Project.id == Repo.project_id)
        .order_by(Project.name, Project.id, Repo.name, Repo.id)
    )
    return [RepoMethod(*row) for row in rows]


def move(
    session: Session, repo_ids: Collection[uuid.UUID] | None, method: SyncMethod
) -> list[RepoMethod]:
    """Lets these repositories (None: all) sync by this method; returns those that did not yet.

    Raises NotFound for an id of no repository, before anything is changed.
    """
    found = repo_methods(session)
    unknown = set(repo_ids or ()) - {repo.repo_id for repo in found}
    if unknown:
        raise NotFound(f"There is no repository {min(unknown)}. `--status` lists them all.")
    moved = [
        repo
        for repo in found
        if (repo_ids is None or repo.repo_id in repo_ids) and repo.sync_method != method.value
    ]
    for repo in moved:
        session.execute(
            update(Repo)
            .where(Repo.project_id == repo.project_id, Repo.id == repo.repo_id)
            .values(sync_method=method.value)
        )
        record(
            session,
            Action.REPO_CHANGED,
            repo.name,
            caller=None,
            project_id=repo.project_id,
            details={"sync_method": [repo.sync_method, method.value]},
        )
    return moved
