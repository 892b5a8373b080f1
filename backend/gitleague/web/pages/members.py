"""Who is in a league, who waits to be let in, and who is invited."""

import uuid
from functools import partial
from typing import Annotated, NamedTuple

from fastapi import BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.accounts.mail import invitation_letter, send
from gitleague.core.clock import now
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects import leagues, members
from gitleague.projects.schemas import InvitationRequest, MemberChange
from gitleague.tables.projects import MemberStatus, Role
from gitleague.web.forms import comes_back
from gitleague.web.frame import league_page
from gitleague.web.texts import gettext_noop

router = Routes(prefix="/projects/{project_id}/members")
EVERYBODY = Paging(limit=200)


class RoleWords(NamedTuple):
    name: str
    choice: str


ROLES = {
    Role.SPECTATOR: RoleWords(gettext_noop("spectator"), gettext_noop("spectator: looks on")),
    Role.PLAYER: RoleWords(
        gettext_noop("player"), gettext_noop("player: plays, and sees addresses")
    ),
    Role.COMMISSIONER: RoleWords(
        gettext_noop("commissioner"), gettext_noop("commissioner: runs the league")
    ),
}


@router.get("")
def show_members(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _members_page(request, session, member)


def _again(request: Request, session: Session, member: Membership) -> HTMLResponse:
    return _members_page(request, session, member)


COMES_BACK = [comes_back(_again)]


@router.post("/{user_id}", dependencies=COMES_BACK)
def change_member(
    member: Commissioner,
    session: WriteSession,
    user_id: uuid.UUID,
    form: Annotated[MemberChange, Form()],
) -> RedirectResponse:
    members.change_member(session, user_id, by=member, role=form.role, status=form.status)
    return _back(member)


@router.post("/{user_id}/remove", dependencies=COMES_BACK)
def remove_member(
    member: Commissioner, session: WriteSession, user_id: uuid.UUID
) -> RedirectResponse:
    members.remove_member(session, user_id, by=member)
    return _back(member)


@router.post("", dependencies=COMES_BACK)
def invite(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    tasks: BackgroundTasks,
    form: Annotated[InvitationRequest, Form()],
) -> HTMLResponse:
    """The link is mailed, and shown this once."""
    made = members.invite(session, form.email, role=form.role, by=member)
    return _invited(request, session, member, tasks, made)


@router.post("/invitations/{invitation_id}/resend", dependencies=COMES_BACK)
def resend_invitation(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    tasks: BackgroundTasks,
    invitation_id: uuid.UUID,
) -> HTMLResponse:
    """Under a new link: the old one opens nothing more."""
    made = members.invite_again(session, invitation_id, by=member)
    return _invited(request, session, member, tasks, made)


def _invited(
    request: Request,
    session: Session,
    member: Membership,
    tasks: BackgroundTasks,
    made: tuple[members.InvitationRow, str],
) -> HTMLResponse:
    settings = request.app.state.settings
    row, token = made
    link = f"{settings.public_url}/invitations/{token}"
    project = leagues.get_project(session, member.project_id)
    letter = invitation_letter(row.email, project.name, link)
    tasks.add_task(request.app.state.outbox.put, partial(send, settings, letter))
    return _members_page(request, session, member, link=link, invited=row.email)


@router.post("/invitations/{invitation_id}/revoke")
def revoke_invitation(
    member: Commissioner, session: WriteSession, invitation_id: uuid.UUID
) -> RedirectResponse:
    members.revoke_invitation(session, invitation_id, by=member)
    return _back(member)


def _members_page(
    request: Request,
    session: Session,
    member: Membership,
    *,
    link: str = "",
    invited: str = "",
) -> HTMLResponse:
    everybody, total = members.list_members(session, member.project_id, EVERYBODY)
    invitations, _ = members.list_invitations(session, member.project_id, EVERYBODY)
    return league_page(
        *(request, session, "members.html"),
        member=member,
        here="/members",
        status=201 if link else 200,
        waiting=[each for each in everybody if each.status != MemberStatus.APPROVED.value],
        members=[each for each in everybody if each.status == MemberStatus.APPROVED.value],
        total=total,
        invitations=[each for each in invitations if not each.accepted_at],
        now=now(),
        roles=ROLES,
        link=link,
        invited=invited,
    )


def _back(member: Membership) -> RedirectResponse:
    return RedirectResponse(f"/projects/{member.project_id}/members", status_code=303)
