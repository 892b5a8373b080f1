"""A pulled repository, as the forms on its page run it: when, with what, now."""

import uuid
from typing import Annotated, Literal

from fastapi import Form, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.forms import WithoutBlanks
from gitleague.core.routing import Routes
from gitleague.core.session import WriteSession
from gitleague.sync.pull import wishes
from gitleague.sync.pull.schemas import PullRequest, SshKeyRequest, TokenRequest
from gitleague.web.done import done
from gitleague.web.forms import comes_back, read
from gitleague.web.pages.repos import repo_page

router = Routes(prefix="/projects/{project_id}/repos/{repo_id}/pull")
COMES_BACK = [comes_back(repo_page)]


class TokenForm(WithoutBlanks, TokenRequest):
    kind: Literal["token"] = "token"


class SshKeyForm(WithoutBlanks, SshKeyRequest):
    kind: Literal["ssh_key"] = "ssh_key"


@router.post("", dependencies=COMES_BACK)
def set_schedule(
    member: Commissioner,
    session: WriteSession,
    repo_id: uuid.UUID,
    schedule: Annotated[str, Form()] = "",
    branches: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """One branch a line; no name of one holds a blank."""
    told = {"schedule": schedule.strip() or None, "branches": branches.split()}
    wish: PullRequest = read(PullRequest, told)
    wishes.set_schedule(session, repo_id, wish.schedule, wish.branches, by=member)
    return _to(member, repo_id, "saved")


@router.post("/now", dependencies=COMES_BACK)
def pull_now(
    request: Request, member: Commissioner, session: WriteSession, repo_id: uuid.UUID
) -> RedirectResponse:
    wishes.sync_now(session, repo_id, settings=request.app.state.settings, by=member)
    return _to(member, repo_id, "asked")


@router.post("/token", dependencies=COMES_BACK)
def set_token(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    repo_id: uuid.UUID,
    form: Annotated[TokenForm, Form()],
) -> RedirectResponse:
    return _keep(request, session, member, repo_id, form)


@router.post("/ssh-key", dependencies=COMES_BACK)
def set_ssh_key(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    repo_id: uuid.UUID,
    form: Annotated[SshKeyForm, Form()],
) -> RedirectResponse:
    return _keep(request, session, member, repo_id, form)


@router.post("/forget", dependencies=COMES_BACK)
def forget(member: Commissioner, session: WriteSession, repo_id: uuid.UUID) -> RedirectResponse:
    wishes.clear_credential(session, repo_id, by=member)
    return _to(member, repo_id, "forgotten")


def _keep(
    request: Request,
    session: Session,
    member: Membership,
    repo_id: uuid.UUID,
    form: TokenRequest | SshKeyRequest,
) -> RedirectResponse:
    wishes.set_credential(
        session, repo_id, form.credential(), settings=request.app.state.settings, by=member
    )
    return _to(member, repo_id, "sealed")


def _to(member: Membership, repo_id: uuid.UUID, what: str) -> RedirectResponse:
    return done(member.project_id, f"/repos/{repo_id}", what)
