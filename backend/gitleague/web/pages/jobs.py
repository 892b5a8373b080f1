"""The jobs of a league: how far each is, what went wrong, and another try."""

import math
import uuid

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from gitleague.accounts.caller import Commissioner
from gitleague.core.paging import PagingQuery
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects.jobs.listing import list_jobs, retry
from gitleague.web.done import done
from gitleague.web.frame import league_page
from gitleague.web.tables import link_to
from gitleague.web.words import JOBS

router = Routes()
ROWS = 50


@router.get("/projects/{project_id}/jobs")
def show_jobs(
    request: Request, member: Commissioner, session: ReadSession, asked: PagingQuery
) -> HTMLResponse:
    wanted = asked.model_copy(update={"limit": ROWS})
    jobs, total = list_jobs(session, member.project_id, wanted)
    return league_page(
        *(request, session, "jobs.html"),
        member=member,
        here="/jobs",
        asked=asked,
        jobs=jobs,
        names=JOBS,
        total=total,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
    )


@router.post("/projects/{project_id}/jobs/{job_id}/retry")
def retry_job(member: Commissioner, session: WriteSession, job_id: uuid.UUID) -> RedirectResponse:
    retry(session, job_id, by=member)
    return done(member.project_id, "/jobs", "queued")
