"""Signing in by mail, and out again. Opening a link changes nothing: mail scanners do it too."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import EmailStr

from gitleague.accounts.caller import COOKIE, InPerson, MaybeCaller
from gitleague.accounts.limits import limit_sign_in
from gitleague.accounts.origin import check_origin
from gitleague.accounts.routes import leave, leave_everywhere, mail_link, sign_in_with
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects.members import accept_invitation, invited_address
from gitleague.web.cookies import signed_in_response
from gitleague.web.render import page

router = Routes()
OURS = [Depends(check_origin)]
OURS_AND_FEW = [*OURS, Depends(limit_sign_in)]


@router.get("/sign-in")
def show_sign_in(request: Request, caller: MaybeCaller) -> Response:
    if caller:
        return RedirectResponse("/", status_code=303)
    return page(request, "sign_in.html", caller=None, error=None)


@router.post("/sign-in", dependencies=OURS_AND_FEW)
def ask_for_link(
    request: Request,
    caller: MaybeCaller,
    email: Annotated[EmailStr, Form()],
) -> HTMLResponse:
    mail_link(request, email)
    return page(request, "link_sent.html", caller=caller, email=email)


@router.get("/sign-in/{token}")
def show_link(
    request: Request,
    caller: MaybeCaller,
    token: str,  # noqa: ARG001 - in the path that the form posts to
    invitation: str = "",
) -> HTMLResponse:
    return page(request, "use_link.html", caller=caller, invitation=invitation)


@router.post("/sign-in/{token}", dependencies=OURS_AND_FEW)
def use_link(
    request: Request,
    session: WriteSession,
    token: str,
    invitation: Annotated[str, Form()] = "",
) -> RedirectResponse:
    account = sign_in_with(request, session, token)
    place = f"/invitations/{quote(invitation, safe='')}" if invitation else "/"
    return signed_in_response(request, session, account.user_id, place)


@router.post("/sign-out", dependencies=OURS)
def sign_out(caller: MaybeCaller, session: WriteSession) -> RedirectResponse:
    if caller:
        leave(session, caller)
    return _signed_out()


@router.post("/sign-out-everywhere", dependencies=OURS)
def sign_out_everywhere(caller: InPerson, session: WriteSession) -> RedirectResponse:
    leave_everywhere(session, caller)
    return _signed_out()


def _signed_out() -> RedirectResponse:
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'  # Back must not show what they saw
    return response


@router.get("/invitations/{token}")
def show_invitation(request: Request, caller: MaybeCaller, token: str) -> HTMLResponse:  # noqa: ARG001
    return page(request, "invitation.html", caller=caller)


@router.post("/invitations/{token}", dependencies=OURS_AND_FEW)
def accept(caller: InPerson, session: WriteSession, token: str) -> RedirectResponse:
    project_id = accept_invitation(session, token, caller=caller)
    return RedirectResponse(f"/projects/{project_id}", status_code=303)


@router.post("/invitations/{token}/sign-in", dependencies=OURS_AND_FEW)
def ask_for_link_of_invited(
    request: Request,
    caller: MaybeCaller,
    session: ReadSession,
    token: str,
) -> HTMLResponse:
    """The link goes to the invited address, which whoever holds the token is not told."""
    mail_link(request, invited_address(session, token), invitation=token)
    return page(request, "link_sent.html", caller=caller, email=None)
