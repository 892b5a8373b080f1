"""How far each league is on the way from pull to push."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.tables.projects import Project, Repo, SyncMethod


class WaysIn(NamedTuple):
    """Of the repositories of a league."""

    id: uuid.UUID
    name: str
    pulled: int
    pushed: int
    silent: int  # of the pushed, those that nobody has pushed yet
    last_sync_at: datetime | None


def ways_in(session: Session, paging: Paging) -> tuple[list[WaysIn], int]:
    """The leagues that pull most first, and how many leagues have repositories."""
    is_pulled = Repo.sync_method == SyncMethod.PULL_CELERY.value
    pulled = func.sum(case((is_pulled, 1), else_=0))
    silent = func.sum(case((~is_pulled & Repo.last_sync_at.is_(None), 1), else_=0))
    # across projects: the operator moves all
    rows = session.execute(
        select(
            *(Project.id, Project.name, pulled, func.count() - pulled, silent),
            *(func.max(Repo.last_sync_at), func.count().over()),
        )
        .join(Repo, Repo.project_id == Project.id)
        .group_by(Project.id, Project.name)
        .order_by(pulled.desc(), Project.name, Project.id)
        .limit(paging.limit)
        .offset(paging.offset)
    ).all()
    return [WaysIn(*row[:-1]) for row in rows], rows[0][-1] if rows else 0
