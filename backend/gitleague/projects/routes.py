"""Projects, members, invitations, repositories and the audit log, over HTTP."""

import uuid
from functools import partial
from typing import Annotated, TypeAlias

from fastapi import BackgroundTasks, Depends, Path, Query, Request
from fastapi.responses import Response

from gitleague.accounts import audit
from gitleague.accounts.caller import (
    Commissioner,
    InPerson,
    ProjectId,
    RepoReader,
    SignedIn,
    Spectator,
)
from gitleague.accounts.limits import limit_sign_in
from gitleague.accounts.mail import invitation_letter, send
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects import leagues, members, repos, repos_file
from gitleague.projects.jobs import routes as jobs
from gitleague.projects.schemas import (
    AcceptedAnswer,
    AuditAnswer,
    AuditQuery,
    InvitationAnswer,
    InvitationRequest,
    InvitationToken,
    MemberAnswer,
    MemberChange,
    MyProjectAnswer,
    NewInvitationAnswer,
    ProjectAnswer,
    ProjectChange,
    ProjectRequest,
    RepoAnswer,
    RepoChange,
    RepoId,
    RepoRequest,
)
from gitleague.projects.webhooks import routes as webhooks

router = Routes(tags=["projects"])
UserId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the member's account.")]
InvitationId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the invitation.")]
router.include(webhooks.router)
router.include(jobs.router)


@router.get("/projects")
def list_projects(
    caller: SignedIn, session: ReadSession, paging: PagingQuery
) -> Page[MyProjectAnswer]:
    """Returns the projects that the caller belongs to or waits to be let into."""
    rows, total = leagues.projects_of(session, caller, paging)
    return page_of([MyProjectAnswer.model_validate(row) for row in rows], total, paging)


@router.post("/projects", status_code=201)
def create_project(caller: InPerson, session: WriteSession, body: ProjectRequest) -> ProjectAnswer:
    """Creates a project. The caller becomes its first commissioner."""
    row = leagues.create_project(
        session,
        body.name,
        commissioner_id=caller.user_id,
        caller=caller,
        time_zone=body.time_zone,
    )
    return ProjectAnswer.model_validate(row)


@router.get("/projects/{project_id}")
def show_project(member: Spectator, session: ReadSession) -> ProjectAnswer:
    """Returns a project: its name, its time zone, and what of it is public."""
    return ProjectAnswer.model_validate(leagues.get_project(session, member.project_id))


@router.patch("/projects/{project_id}")
def change_project(
    member: Commissioner, session: WriteSession, body: ProjectChange
) -> ProjectAnswer:
    """Changes a project's name, time zone, what of it is public, and who may ask to join.

    In another time zone commits count on other days: the numbers are recomputed in the background,
    and closed seasons stay as they are.
    """
    row = leagues.change_project(session, body.changes(), by=member)
    return ProjectAnswer.model_validate(row)


@router.post("/projects/{project_id}/join", status_code=202)
def join(caller: InPerson, session: WriteSession, project_id: ProjectId) -> MemberAnswer:
    """Asks to join a project. A commissioner approves or declines.

    A project that takes no requests is not found, like one that does not exist. Whoever was removed
    or declined comes in by invitation alone.
    """
    return MemberAnswer.model_validate(members.ask_to_join(session, project_id, caller=caller))


@router.get("/projects/{project_id}/members")
def list_members(
    member: Commissioner, session: ReadSession, paging: PagingQuery
) -> Page[MemberAnswer]:
    """Returns the members of a project, those waiting for approval included."""
    rows, total = members.list_members(session, member.project_id, paging)
    return page_of([MemberAnswer.model_validate(row) for row in rows], total, paging)


@router.patch("/projects/{project_id}/members/{user_id}")
def change_member(
    member: Commissioner, session: WriteSession, user_id: UserId, body: MemberChange
) -> MemberAnswer:
    """Approves a member, or changes their role."""
    row = members.change_member(session, user_id, by=member, role=body.role, status=body.status)
    return MemberAnswer.model_validate(row)


@router.delete("/projects/{project_id}/members/{user_id}", status_code=204)
def remove_member(member: Commissioner, session: WriteSession, user_id: UserId) -> Response:
    """Removes a member. What they played stays."""
    members.remove_member(session, user_id, by=member)
    return Response(status_code=204)


@router.get("/projects/{project_id}/invitations")
def list_invitations(
    member: Commissioner, session: ReadSession, paging: PagingQuery
) -> Page[InvitationAnswer]:
    """Returns the invitations of a project: open, accepted and expired ones."""
    rows, total = members.list_invitations(session, member.project_id, paging)
    return page_of([InvitationAnswer.model_validate(row) for row in rows], total, paging)


@router.post("/projects/{project_id}/invitations", status_code=201)
def invite(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    tasks: BackgroundTasks,
    body: InvitationRequest,
) -> NewInvitationAnswer:
    """Invites an address, by mail if the server sends any.

    The link is shown only in this answer.
    """
    settings = request.app.state.settings
    row, token = members.invite(session, body.email, role=body.role, by=member)
    link = f"{settings.public_url}/invitations/{token}"
    project = leagues.get_project(session, member.project_id)
    letter = invitation_letter(row.email, project.name, link)
    tasks.add_task(request.app.state.outbox.put, partial(send, settings, letter))
    return NewInvitationAnswer(**row._asdict(), link=link)


@router.post("/projects/{project_id}/invitations/{invitation_id}/resend")
def resend_invitation(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    tasks: BackgroundTasks,
    invitation_id: InvitationId,
) -> NewInvitationAnswer:
    """Makes and mails a new link for an invitation. The old link stops working."""
    settings = request.app.state.settings
    row, token = members.invite_again(session, invitation_id, by=member)
    link = f"{settings.public_url}/invitations/{token}"
    project = leagues.get_project(session, member.project_id)
    letter = invitation_letter(row.email, project.name, link)
    tasks.add_task(request.app.state.outbox.put, partial(send, settings, letter))
    return NewInvitationAnswer(**row._asdict(), link=link)


@router.delete("/projects/{project_id}/invitations/{invitation_id}", status_code=204)
def revoke_invitation(
    member: Commissioner, session: WriteSession, invitation_id: InvitationId
) -> Response:
    """Revokes an invitation: its link stops working."""
    members.revoke_invitation(session, invitation_id, by=member)
    return Response(status_code=204)


@router.post("/invitations/accept", dependencies=[Depends(limit_sign_in)])
def accept_invitation(
    caller: InPerson, session: WriteSession, body: InvitationToken
) -> AcceptedAnswer:
    """Accepts an invitation with the token of its link, signed in with the invited address."""
    project_id = members.accept_invitation(session, body.token, caller=caller)
    return AcceptedAnswer(project_id=project_id)


@router.get("/projects/{project_id}/repos")
def list_repos(member: Spectator, session: ReadSession, paging: PagingQuery) -> Page[RepoAnswer]:
    """Returns the repositories of a project."""
    rows, total = repos.list_repos(session, member.project_id, paging)
    return page_of([RepoAnswer.model_validate(row) for row in rows], total, paging)


@router.post("/projects/{project_id}/repos", status_code=201)
def create_repo(member: Commissioner, session: WriteSession, body: RepoRequest) -> RepoAnswer:
    """Adds a repository by its git URL. All spellings of one URL are the same repository."""
    row = repos.register_repo(
        session,
        member.project_id,
        body.git_url,
        caller=member.caller,
        name=body.name,
        sync_method=body.sync_method,
    )
    return RepoAnswer.model_validate(row)


@router.get(
    "/projects/{project_id}/repos.yaml",
    response_class=Response,
    responses={
        200: {
            "description": "YAML, with the paths of the clones to be filled in.",
            "content": {repos_file.MEDIA_TYPE: {"example": "api_url: …\nprojects: …\n"}},
        }
    },
)
def download_repos_file(request: Request, member: RepoReader, session: ReadSession) -> Response:
    """Returns a `repos.yaml` for the client: all repositories of the project, and no API key."""
    public_url = request.app.state.settings.public_url
    return Response(
        repos_file.repos_file(session, member.project_id, public_url=public_url),
        media_type=repos_file.MEDIA_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{repos_file.FILE_NAME}"',
            "Cache-Control": "no-store",
        },
    )


@router.get("/projects/{project_id}/repos/{repo_id}")
def show_repo(member: Spectator, session: ReadSession, repo_id: RepoId) -> RepoAnswer:
    """Returns a repository, with when it was last synced and how that went."""
    return RepoAnswer.model_validate(repos.get_repo(session, member.project_id, str(repo_id)))


@router.patch("/projects/{project_id}/repos/{repo_id}")
def change_repo(
    member: Commissioner, session: WriteSession, repo_id: RepoId, body: RepoChange
) -> RepoAnswer:
    """Renames a repository. Its git URL stays."""
    row = repos.rename_repo(session, member.project_id, repo_id, body.name, caller=member.caller)
    return RepoAnswer.model_validate(row)


@router.delete("/projects/{project_id}/repos/{repo_id}", status_code=204)
def remove_repo(member: Commissioner, session: WriteSession, repo_id: RepoId) -> Response:
    """Removes a repository and its commits, which then leave the standings."""
    repos.remove_repo(session, member.project_id, repo_id, caller=member.caller)
    return Response(status_code=204)


@router.get("/projects/{project_id}/audit-log")
def list_audit_log(
    member: Commissioner, session: ReadSession, asked: Annotated[AuditQuery, Query()]
) -> Page[AuditAnswer]:
    """Returns who did what and when, newest first."""
    zone = leagues.zone_of(session, member.project_id)
    rows, total = audit.entries(session, member.project_id, asked, asked.asked(zone))
    return page_of([AuditAnswer.model_validate(row) for row in rows], total, asked)
