"""Signing in by mail, and out again. Opening a link changes nothing: mail scanners do it too."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import EmailStr

from gitleague.accounts.caller import COOKIE, MaybeCaller
from gitleague.accounts.limits import limit_sign_in
from gitleague.accounts.origin import check_origin
from gitleague.accounts.routes import mail_link, sign_in_with
from gitleague.accounts.sign_in import close_browser_session
from gitleague.core.session import WriteSession
from gitleague.projects.members import accept_invitation
from gitleague.web.cookies import signed_in_response
from gitleague.web.render import page

router = APIRouter()
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
    session: WriteSession,
    tasks: BackgroundTasks,
    email: Annotated[EmailStr, Form()],
) -> HTMLResponse:
    mail_link(request, session, tasks, email)
    return page(request, "link_sent.html", caller=caller, email=email)


@router.get("/sign-in/{token}")
def show_link(request: Request, caller: MaybeCaller, token: str) -> HTMLResponse:  # noqa: ARG001
    return page(request, "use_link.html", caller=caller)


@router.post("/sign-in/{token}", dependencies=OURS_AND_FEW)
def use_link(request: Request, session: WriteSession, token: str) -> RedirectResponse:
    account = sign_in_with(request, session, token)
    return signed_in_response(request, session, account.user_id, "/")


@router.post("/sign-out", dependencies=OURS)
def sign_out(request: Request, session: WriteSession) -> RedirectResponse:
    close_browser_session(session, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'  # Back must not show what they saw
    return response


@router.get("/invitations/{token}")
def show_invitation(request: Request, caller: MaybeCaller, token: str) -> HTMLResponse:  # noqa: ARG001
    return page(request, "invitation.html", caller=caller)


@router.post("/invitations/{token}", dependencies=OURS_AND_FEW)
def accept(request: Request, session: WriteSession, token: str) -> RedirectResponse:
    accepted = accept_invitation(session, token)
    place = f"/projects/{accepted.project_id}"
    if not accepted.opens_account(request.app.state.settings):
        return RedirectResponse(place, status_code=303)  # which asks to sign in who is not
    return signed_in_response(request, session, accepted.account.user_id, place)
