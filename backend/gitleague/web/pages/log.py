"""The audit log of a league: who did what, and when."""

import math
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Commissioner
from gitleague.core.forms import WithoutBlanks
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.projects import leagues
from gitleague.projects.schemas import AuditQuery
from gitleague.web.frame import league_page
from gitleague.web.tables import link_to

router = Routes()
ROWS = 50


class LogAsked(WithoutBlanks, AuditQuery):
    pass


@router.get("/projects/{project_id}/log")
def show_log(
    request: Request,
    member: Commissioner,
    session: ReadSession,
    asked: Annotated[LogAsked, Query()],
) -> HTMLResponse:
    wanted = asked.model_copy(update={"limit": ROWS})
    zone = leagues.zone_of(session, member.project_id)
    rows, total = audit.entries(session, member.project_id, wanted, asked.asked(zone))
    return league_page(
        *(request, session, "log.html"),
        member=member,
        here="/log",
        asked=asked,
        rows=rows,
        total=total,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
        csv_query=link_to(asked, page=1),
        actions=sorted(Action, key=lambda action: action.value.partition(":")[2]),
        users=audit.users_in(session, member.project_id),
        said=_said,
    )


def _said(action: str) -> str:
    """league:season:opened: season opened."""
    return action.partition(":")[2].replace(":", " ").replace("_", " ")
