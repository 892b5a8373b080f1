"""The frame of a league's pages: its name, its parts, and where the reader stands."""

from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership
from gitleague.league.about import about
from gitleague.tables.projects import Role
from gitleague.web.render import page


class Part(NamedTuple):
    """One entry of the navigation: `path` is what follows the league's own."""

    name: str
    path: str


TO_WATCH = (
    Part("Home", ""),
    Part("Standings", "/standings"),
    Part("Seasons", "/seasons"),
    Part("Awards", "/awards"),
    Part("Hall of Fame", "/hall-of-fame"),
    Part("Records", "/records"),
    Part("Rules", "/rules"),
)
TO_RUN = (
    Part("Set up", "/setup"),
    Part("Repositories", "/repos"),
    Part("Members", "/members"),
    Part("Log", "/log"),
)


def league_page(
    request: Request,
    session: Session,
    template: str,
    *,
    member: Membership,
    here: str,
    status: int = 200,
    **shown: Any,
) -> HTMLResponse:
    """A whole page of a league; `here` is the path of its entry in the navigation."""
    runs = member.role is Role.COMMISSIONER
    return page(
        request,
        template,
        caller=member.caller,
        status=status,
        project=about(session, member.project_id),
        league=f"/projects/{member.project_id}",
        here=here,
        to_watch=TO_WATCH,
        to_run=TO_RUN if runs else (),
        is_running=any(here == each.path for each in TO_RUN),
        runs=runs,
        **shown,
    )
