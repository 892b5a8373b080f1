"""The jobs of a league over HTTP."""

import uuid
from typing import Annotated, TypeAlias

from fastapi import Path

from gitleague.accounts.caller import Commissioner
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects.jobs import listing
from gitleague.projects.jobs.schemas import JobOut

router = Routes(prefix="/projects/{project_id}/jobs", tags=["jobs"])
JobId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the job.")]


@router.get("")
def list_jobs(member: Commissioner, session: ReadSession, paging: PagingQuery) -> Page[JobOut]:
    """Returns the jobs of a league, newest first: waiting, running, done and failed ones."""
    rows, total = listing.list_jobs(session, member.project_id, paging)
    return page_of([JobOut.model_validate(row) for row in rows], total, paging)


@router.get("/{job_id}")
def get_job(member: Commissioner, session: ReadSession, job_id: JobId) -> JobOut:
    """Returns how far a job is, and what went wrong."""
    return JobOut.model_validate(listing.get_job(session, member.project_id, job_id))


@router.post("/{job_id}/retry", status_code=202)
def retry_job(member: Commissioner, session: WriteSession, job_id: JobId) -> JobOut:
    """Queues a job that failed again. Answers 409 for any other."""
    return JobOut.model_validate(listing.retry(session, job_id, by=member))
