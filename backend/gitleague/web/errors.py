"""Errors as pages, in the words that the API says them in."""

from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Caller
from gitleague.core.errors import AwaitingApproval, LeagueError, NotSignedIn
from gitleague.web.forms import form_again
from gitleague.web.render import page

# Who is not signed in, or not yet let in, is told what to do next where they stand.
TEMPLATES = {NotSignedIn: "sign_in.html", AwaitingApproval: "waiting.html"}


def page_of_error(request: Request, error: LeagueError) -> HTMLResponse:
    again = form_again(request, error)
    if again:
        return again
    caller: Caller | None = getattr(request.state, "caller", None)
    return page(
        request,
        TEMPLATES.get(type(error), "error.html"),
        caller=caller,
        status=error.status,
        error=error,
        back=_back(request),
        request_id=getattr(request.state, "request_id", None),
    )


def _back(request: Request) -> str | None:
    """The page of ours that somebody came from."""
    came_from = urlsplit(request.headers.get("referer", ""))
    is_ours = came_from.netloc == request.url.netloc and came_from.path != request.url.path
    # A browser takes // and /\ for the beginning of another host.
    return came_from.path if is_ours and came_from.path[1:2] not in {"/", "\\"} else None
