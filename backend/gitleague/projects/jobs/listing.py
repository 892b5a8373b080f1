"""How far the jobs of a league are, what went wrong, and another try for one that failed."""

import uuid

from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.jobs import queue
from gitleague.jobs.queue import JobRow


def list_jobs(session: Session, project_id: uuid.UUID, paging: Paging) -> tuple[list[JobRow], int]:
    """The newest first."""
    return queue.jobs_of(session, project_id, limit=paging.limit, offset=paging.offset)


def get_job(session: Session, project_id: uuid.UUID, job_id: uuid.UUID) -> JobRow:
    job = queue.find(session, project_id, job_id)
    if job is None:
        raise NotFound("There is no such job. One that is done is kept for a week.")
    return job


def retry(session: Session, job_id: uuid.UUID, *, by: Membership) -> JobRow:
    """Raises Conflict where it has not failed, or not any more."""
    get_job(session, by.project_id, job_id)
    job = queue.queue_again(session, by.project_id, job_id)
    if job is None:
        raise Conflict("Only a job that failed can be tried again.")
    audit.record(
        *(session, Action.JOB_RETRIED, job.kind),
        caller=by.caller,
        project_id=by.project_id,
        details={"job": str(job.id)},
    )
    return job
