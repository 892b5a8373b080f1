"""The front door: to the league, to the choice of leagues, or to sign in."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from gitleague.accounts.caller import MaybeCaller
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.projects.leagues import projects_of
from gitleague.tables.projects import MemberStatus
from gitleague.web.render import page

router = Routes()
EVERY_LEAGUE = Paging(limit=200)


@router.get("/")
def show_home(request: Request, caller: MaybeCaller, session: ReadSession) -> Response:
    if caller is None:
        return RedirectResponse("/sign-in", status_code=303)
    projects, _ = projects_of(session, caller, EVERY_LEAGUE)
    if [project.status for project in projects] == [MemberStatus.APPROVED.value]:
        return RedirectResponse(f"/projects/{projects[0].id}", status_code=303)
    return page(request, "home.html", caller=caller, projects=projects)
