"""Who is in a league, who waits to be let in, and who is invited."""

import uuid
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.accounts.mail import invitation_letter, send
from gitleague.core.clock import now
from gitleague.core.paging import Paging
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects import leagues, members
from gitleague.projects.schemas import InvitationRequest, MemberChange
from gitleague.tables.projects import MemberStatus, Role
from gitleague.web.frame import league_page

router = APIRouter(prefix="/projects/{project_id}/members")
EVERYBODY = Paging(limit=200)
ROLES = {
    Role.SPECTATOR: "looks on",
    Role.PLAYER: "plays, and sees addresses",
    Role.COMMISSIONER: "runs the league",
}


@router.get("")
def show_members(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _members_page(request, session, member)


@router.post("/{user_id}")
def change_member(
    member: Commissioner,
    session: WriteSession,
    user_id: uuid.UUID,
    form: Annotated[MemberChange, Form()],
) -> RedirectResponse:
    members.change_member(session, user_id, by=member, role=form.role, status=form.status)
    return _back(member)


@router.post("/{user_id}/remove")
def remove_member(
    member: Commissioner, session: WriteSession, user_id: uuid.UUID
) -> RedirectResponse:
    members.remove_member(session, user_id, by=member)
    return _back(member)


@router.post("")
def invite(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    tasks: BackgroundTasks,
    form: Annotated[InvitationRequest, Form()],
) -> HTMLResponse:
    """The link is mailed, and shown this once."""
    settings = request.app.state.settings
    row, token = members.invite(session, form.email, role=form.role, by=member)
    link = f"{settings.public_url}/invitations/{token}"
    project = leagues.get_project(session, member.project_id)
    tasks.add_task(send, settings, invitation_letter(row.email, project.name, link))
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
        invitations=[
            each for each in invitations if not each.accepted_at and each.expires_at > now()
        ],
        roles=ROLES,
        link=link,
        invited=invited,
    )


def _back(member: Membership) -> RedirectResponse:
    return RedirectResponse(f"/projects/{member.project_id}/members", status_code=303)
