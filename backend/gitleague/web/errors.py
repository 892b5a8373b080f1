"""Errors as pages, in the words that the API says them in."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Caller
from gitleague.core.errors import AwaitingApproval, LeagueError, NotSignedIn
from gitleague.web.render import page

# Who is not signed in, or not yet let in, is told what to do next where they stand.
TEMPLATES = {NotSignedIn: "sign_in.html", AwaitingApproval: "waiting.html"}


def page_of_error(request: Request, error: LeagueError) -> HTMLResponse:
    caller: Caller | None = getattr(request.state, "caller", None)
    return page(
        request,
        TEMPLATES.get(type(error), "error.html"),
        caller=caller,
        status=error.status,
        error=error,
        request_id=getattr(request.state, "request_id", None),
    )
