"""Errors as pages, in the words that the API says them in."""

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Caller
from gitleague.core.errors import FieldError
from gitleague.web.render import page


def error_page(
    request: Request,
    *,
    status: int,
    title: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    request_id: str | None = None,
) -> HTMLResponse:
    """Somebody who is not signed in is shown how to, where they are."""
    caller: Caller | None = getattr(request.state, "caller", None)
    template = "sign_in.html" if status == 401 else "error.html"
    return page(
        request,
        template,
        caller=caller,
        status=status,
        code=status,
        title=title,
        detail=detail,
        errors=errors,
        request_id=request_id,
    )
