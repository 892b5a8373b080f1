"""From nothing to the first table: a league, a key, a push, people, a season."""

import uuid
from typing import Annotated, Any

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.api_keys import NewKey, create_key
from gitleague.accounts.caller import Commissioner, InPerson, Membership
from gitleague.core.errors import NotAllowed
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.about import about
from gitleague.league.seasons.seasons import active_season
from gitleague.projects.leagues import create_project
from gitleague.projects.members import list_members
from gitleague.projects.schemas import ProjectRequest
from gitleague.tables.accounts import Scope
from gitleague.web.frame import league_page
from gitleague.web.render import page

router = Routes()
ONE = Paging(limit=1)
KEY_NAME, KEY_DAYS = "gitleague-client", 365
KEY_SCOPES = (Scope.SYNC_COMMITS, Scope.WRITE_REPOS, Scope.READ_REPOS)


@router.get("/leagues/new")
def ask_for_league(request: Request, caller: InPerson) -> HTMLResponse:
    return page(request, "new_league.html", caller=caller)


@router.post("/leagues")
def make_league(
    caller: InPerson, session: WriteSession, form: Annotated[ProjectRequest, Form()]
) -> RedirectResponse:
    row = create_project(
        *(session, form.name),
        commissioner_id=caller.user_id,
        caller=caller,
        time_zone=form.time_zone,
    )
    return RedirectResponse(f"/projects/{row.id}/setup", status_code=303)


@router.get("/projects/{project_id}/setup")
def show_setup(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _setup_page(request, session, member)


@router.post("/projects/{project_id}/setup/key")
def make_key(request: Request, member: Commissioner, session: WriteSession) -> HTMLResponse:
    """All that the client needs, for this league alone; shown this once."""
    if member.caller.api_key_id:
        raise NotAllowed("An API key cannot do this. Sign in and do it yourself.")
    new = create_key(
        session,
        caller=member.caller,
        name=KEY_NAME,
        scopes=KEY_SCOPES,
        project_id=member.project_id,
        expires_in_days=KEY_DAYS,
    )
    return _setup_page(request, session, member, new=new)


def _setup_page(
    request: Request, session: Session, member: Membership, *, new: NewKey | None = None
) -> HTMLResponse:
    return league_page(
        *(request, session, "setup.html"),
        member=member,
        here="/setup",
        status=201 if new else 200,
        new=new,
        public_url=request.app.state.settings.public_url,
        **_steps(session, member.project_id),
    )


def _steps(session: Session, project_id: uuid.UUID) -> dict[str, Any]:
    league = about(session, project_id)
    return {
        "new_in": [league],
        "commits": sum(repo.total_commits for repo in league.repos),
        "members": list_members(session, project_id, ONE)[1],
        "season": active_season(session, project_id),
    }
