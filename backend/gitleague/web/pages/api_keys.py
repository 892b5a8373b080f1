"""API keys: made here, shown once with a ready repos.yaml, revoked and rotated."""

import math
import uuid
from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.api_keys import NewKey, create_key, keys_seen_by, revoke_key, rotate_key
from gitleague.accounts.caller import Caller, InPerson
from gitleague.accounts.schemas import KeyRequest
from gitleague.core.forms import WithoutBlanks
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects.leagues import MyProject, projects_of
from gitleague.tables.accounts import Scope
from gitleague.tables.projects import MemberStatus, Role
from gitleague.web.forms import comes_back_in_person
from gitleague.web.render import page
from gitleague.web.texts import gettext_noop

router = Routes()
FIRST_PAGE = Paging()
EVERY_LEAGUE = Paging(limit=200)
SCOPES = {
    Scope.SYNC_COMMITS: gettext_noop("send commits"),
    Scope.WRITE_REPOS: gettext_noop("add repositories on their first push"),
    Scope.READ_REPOS: gettext_noop("read standings and repositories"),
}
LIFETIMES = (
    (30, gettext_noop("30 days")),
    (90, gettext_noop("90 days")),
    (365, gettext_noop("1 year")),
)


class KeyForm(WithoutBlanks, KeyRequest):
    pass


@router.get("/api-keys")
def show_keys(
    request: Request, caller: InPerson, session: ReadSession, paging: Annotated[Paging, Query()]
) -> HTMLResponse:
    return _keys_page(request, session, caller, paging)


def _again(request: Request, session: Session, caller: Caller) -> HTMLResponse:
    return _keys_page(request, session, caller)


COMES_BACK = [comes_back_in_person(_again)]


@router.post("/api-keys", dependencies=COMES_BACK)
def make_key(
    request: Request, caller: InPerson, session: WriteSession, form: Annotated[KeyForm, Form()]
) -> HTMLResponse:
    new = create_key(
        session,
        caller=caller,
        name=form.name,
        scopes=form.scopes,
        project_id=form.project_id,
        expires_in_days=form.expires_in_days,
    )
    return _keys_page(request, session, caller, new=new)


@router.post("/api-keys/{key_id}/revoke")
def revoke(caller: InPerson, session: WriteSession, key_id: uuid.UUID) -> RedirectResponse:
    revoke_key(session, key_id, caller=caller)
    return RedirectResponse("/api-keys", status_code=303)


@router.post("/api-keys/{key_id}/rotate", dependencies=COMES_BACK)
def rotate(
    request: Request, caller: InPerson, session: WriteSession, key_id: uuid.UUID
) -> HTMLResponse:
    new = rotate_key(session, key_id, caller=caller)
    return _keys_page(request, session, caller, new=new)


def _keys_page(
    request: Request,
    session: Session,
    caller: Caller,
    paging: Paging = FIRST_PAGE,
    *,
    new: NewKey | None = None,
) -> HTMLResponse:
    keys, total = keys_seen_by(session, caller.user_id, paging)
    mine, _ = projects_of(session, caller, EVERY_LEAGUE)
    approved = [project for project in mine if project.status == MemberStatus.APPROVED.value]
    # The first is chosen unless one says otherwise: where one may do most.
    projects = sorted(approved, key=lambda project: not _leads(project))
    bound = [project for project in projects if new and project.id == new.key.project_id]
    return page(
        request,
        "api_keys.html",
        caller=caller,
        status=201 if new else 200,
        keys=keys,
        page=paging.page,
        pages=math.ceil(total / paging.limit),
        page_link="/api-keys?page={}".format,
        projects=projects,
        project_names={project.id: project.name for project in mine},
        new=new,
        new_in=bound or projects,
        scopes=SCOPES,
        is_commissioner=any(map(_leads, projects)),
        lifetimes=LIFETIMES,
        public_url=request.app.state.settings.public_url,
    )


def _leads(project: MyProject) -> bool:
    return project.role == Role.COMMISSIONER.value
