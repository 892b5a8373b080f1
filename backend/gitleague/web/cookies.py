"""The cookie that keeps a browser signed in."""

import uuid

from fastapi import Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import COOKIE
from gitleague.accounts.sign_in import open_browser_session
from gitleague.core.settings import Settings

DAY_SECONDS = 24 * 60 * 60


def signed_in_response(
    request: Request, session: Session, user_id: uuid.UUID, place: str
) -> RedirectResponse:
    settings: Settings = request.app.state.settings
    response = RedirectResponse(place, status_code=303)
    response.set_cookie(
        COOKIE,
        open_browser_session(session, settings, user_id),
        max_age=settings.session_days * DAY_SECONDS,
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )
    return response
