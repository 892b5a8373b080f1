"""The jobs of all leagues, and another try for one that failed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Caller
from gitleague.core.errors import Conflict
from gitleague.core.paging import Paging
from gitleague.jobs import queue
from gitleague.tables.jobs import Job, JobState
from gitleague.tables.projects import Project


class JobLine(NamedTuple):
    id: uuid.UUID
    project: str
    kind: str
    state: str
    progress: int
    tries: int
    error: str | None
    not_before: datetime
    created_at: datetime
    finished_at: datetime | None


def counts(session: Session) -> dict[JobState, int]:
    # across projects: the operator runs the jobs of all
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    found = dict(rows.tuples().all())
    return {state: found.get(state.value, 0) for state in JobState}


def list_jobs(session: Session, state: JobState, paging: Paging) -> list[JobLine]:
    """The newest first."""
    columns = [getattr(Job, field) for field in JobLine._fields if field != "project"]
    columns.insert(1, Project.name)
    # across projects: the operator runs the jobs of all
    rows = session.execute(
        select(*columns)
        .join(Project, Project.id == Job.project_id)
        .where(Job.state == state.value)
        .order_by(Job.created_at.desc(), Job.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    return [JobLine(*row) for row in rows]


def retry(session: Session, job_id: uuid.UUID, *, caller: Caller) -> None:
    """Raises Conflict where it has not failed, or not any more."""
    # across projects: the operator runs the jobs of all
    project_id = session.scalar(select(Job.project_id).where(Job.id == job_id))
    job = queue.queue_again(session, project_id, job_id) if project_id else None
    if job is None:
        raise Conflict("Only a job that failed can be tried again. Look at the list once more.")
    audit.record(
        *(session, Action.JOB_RETRIED, job.kind),
        caller=caller,
        project_id=job.project_id,
        details={"job": str(job.id)},
    )
