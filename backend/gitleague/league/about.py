"""What a page about a league begins with: its name, its time zone, its repositories."""

import uuid
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from gitleague.tables.projects import Project, Repo


class RepoName(NamedTuple):
    id: uuid.UUID
    name: str
    total_commits: int


class About(NamedTuple):
    id: uuid.UUID
    name: str
    time_zone: str
    repos: list[RepoName]

    @property
    def has_commits(self) -> bool:
        return any(repo.total_commits for repo in self.repos)


def about(session: Session, project_id: uuid.UUID) -> About:
    """The project, which exists: the caller is a member of it."""
    rows = session.execute(
        select(Project.name, Project.time_zone, Repo.id, Repo.name, Repo.total_commits)
        .outerjoin(Repo, Repo.project_id == Project.id)
        .where(Project.id == project_id)
        .order_by(Repo.name, Repo.id)
    ).all()
    repos = [RepoName(*repo) for _, _, *repo in rows if repo[0]]
    return About(project_id, rows[0][0], rows[0][1], repos)
