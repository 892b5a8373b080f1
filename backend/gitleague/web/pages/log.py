"""The audit log of a league: who did what, and when."""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import model_validator

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Commissioner
from gitleague.core.session import ReadSession
from gitleague.projects.schemas import AuditQuery
from gitleague.web.frame import league_page
from gitleague.web.tables import link_to

router = APIRouter()
ROWS = 50


class LogAsked(AuditQuery):
    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        """A form sends its empty fields too: they ask for nothing."""
        return {name: value for name, value in dict(values).items() if value != ""}


@router.get("/projects/{project_id}/log")
def show_log(
    request: Request,
    member: Commissioner,
    session: ReadSession,
    asked: Annotated[LogAsked, Query()],
) -> HTMLResponse:
    wanted = asked.model_copy(update={"limit": ROWS})
    rows, total = audit.entries(session, member.project_id, wanted, action=asked.action)
    return league_page(
        *(request, session, "log.html"),
        member=member,
        here="/log",
        asked=asked,
        rows=rows,
        total=total,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
        actions=sorted(Action, key=lambda action: action.value),
        said=_said,
    )


def _said(action: str) -> str:
    """league:season:opened: season opened."""
    return action.partition(":")[2].replace(":", " ").replace("_", " ")
