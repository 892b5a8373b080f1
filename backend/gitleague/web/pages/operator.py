"""The server, as its operator sees it."""

import math
import uuid
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from gitleague.accounts.caller import Caller, Operator
from gitleague.core.clock import now
from gitleague.core.paging import Paging, PagingQuery
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession, database_of
from gitleague.core.settings import Settings
from gitleague.server import defects, rollout, work
from gitleague.server.condition import condition, pulse
from gitleague.server.pushes import figures
from gitleague.server.ways_in import ways_in
from gitleague.tables.jobs import JobState
from gitleague.web.frame import Part
from gitleague.web.render import page
from gitleague.web.tables import link_to
from gitleague.web.texts import gettext_noop
from gitleague.web.words import JOBS

router = Routes()
ROWS = 50
A_DAY = timedelta(days=1)
PARTS = (
    Part(gettext_noop("Health"), ""),
    Part(gettext_noop("Jobs"), "/jobs"),
    Part(gettext_noop("Errors"), "/errors"),
    Part(gettext_noop("Pull to push"), "/pull-to-push"),
    Part(gettext_noop("Rollout"), "/rollout"),
)


class JobsAsked(Paging):
    state: JobState = JobState.FAILED


@router.get("/operator")
def show_health(request: Request, caller: Operator, session: ReadSession) -> HTMLResponse:
    settings: Settings = request.app.state.settings
    database = database_of(request)
    return operator_page(
        *(request, "operator.html"),
        caller=caller,
        here="",
        pulse=pulse(database),
        condition=condition(session, database, settings),
        started_at=request.app.state.started_at,
        counts=work.counts(session),
    )


@router.get("/operator/jobs")
def show_jobs(
    request: Request,
    caller: Operator,
    session: ReadSession,
    asked: Annotated[JobsAsked, Query()],
) -> HTMLResponse:
    counts = work.counts(session)
    return operator_page(
        *(request, "operator_jobs.html"),
        caller=caller,
        here="/jobs",
        asked=asked,
        counts=counts,
        names=JOBS,
        jobs=work.list_jobs(session, asked.state, asked.model_copy(update={"limit": ROWS})),
        pages=math.ceil(counts[asked.state] / ROWS),
        page_link=lambda number: link_to(asked, page=number),
    )


@router.post("/operator/jobs/{job_id}/retry")
def retry(caller: Operator, session: WriteSession, job_id: uuid.UUID) -> RedirectResponse:
    work.retry(session, job_id, caller=caller)
    return RedirectResponse("/operator/jobs?state=queued", status_code=303)


@router.get("/operator/errors")
def show_errors(request: Request, caller: Operator, session: ReadSession) -> HTMLResponse:
    return operator_page(
        *(request, "operator_errors.html"),
        caller=caller,
        here="/errors",
        kept=defects.KEPT,
        errors=defects.recent(session),
    )


@router.get("/operator/pull-to-push")
def show_ways_in(
    request: Request, caller: Operator, session: ReadSession, asked: PagingQuery
) -> HTMLResponse:
    leagues, total = ways_in(session, asked.model_copy(update={"limit": ROWS}))
    return operator_page(
        *(request, "operator_ways_in.html"),
        caller=caller,
        here="/pull-to-push",
        leagues=leagues,
        total=total,
        asked=asked,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
    )


@router.get("/operator/rollout")
def show_rollout(request: Request, caller: Operator, session: ReadSession) -> HTMLResponse:
    return operator_page(
        *(request, "operator_rollout.html"),
        caller=caller,
        here="/rollout",
        state=rollout.state_of(session),
        reach=rollout.reach_of(session),
        figures=figures(session, now() - A_DAY),
    )


def operator_page(
    request: Request, template: str, *, caller: Caller, here: str, **shown: Any
) -> HTMLResponse:
    """A whole page of the operator's; `here` is the path of its entry in the navigation."""
    return page(request, template, caller=caller, parts=PARTS, here=here, **shown)
