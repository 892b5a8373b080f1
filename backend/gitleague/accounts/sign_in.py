"""Signing in: a link by mail, good for 15 minutes and once; then a browser session or a JWT."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gitleague.accounts.tokens import AccessToken, Claims, digest, issue_jwt, new_token
from gitleague.core.clock import as_utc, now
from gitleague.core.errors import Gone
from gitleague.core.settings import Settings
from gitleague.tables.accounts import BrowserSession, SignInLink, User
from gitleague.tables.projects import Invitation

LINK_LIFETIME = timedelta(minutes=15)


class Account(NamedTuple):
    user_id: uuid.UUID
    email: str
    display_name: str


def normal_email(email: str) -> str:
    return email.strip().lower()


def find_account(session: Session, email: str) -> Account | None:
    row = session.execute(
        select(User.id, User.email, User.display_name).where(User.email == normal_email(email))
    ).one_or_none()
    return Account(*row) if row else None


def ensure_account(session: Session, email: str, *, name: str = "") -> Account:
    """The account of this address; made where there is none."""
    found = find_account(session, email)
    if found:
        return found
    address = normal_email(email)
    user = User(
        id=uuid.uuid4(),
        email=address,
        display_name=name or address.partition("@")[0],
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:  # made by somebody else at this moment
        return ensure_account(session, email)
    return Account(user.id, user.email, user.display_name)


def find_or_admit(session: Session, settings: Settings, email: str) -> Account | None:
    """Who may be sent a sign-in link: None for an address that nothing here is for.

    An operator and the holder of an open invitation get their account now, the first time.
    """
    address = normal_email(email)
    is_invited = (
        select(Invitation.id)
        .where(  # across projects: any league may invite
            Invitation.email == address,
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > now(),
        )
        .limit(1)
    )
    if address in settings.operators or session.scalar(is_invited):
        return ensure_account(session, address)
    return find_account(session, address)


def make_link(
    session: Session, settings: Settings, user_id: uuid.UUID, *, invitation: str = ""
) -> str:
    """The address to open, built from PUBLIC_URL and never from a request.

    It signs in, so that it goes to the mailbox of the account, or to an operator's terminal, and
    nowhere else. Only the newest of an account works. `invitation` is the token of the one to go
    on to.
    """
    token = new_token()
    session.execute(delete(SignInLink).where(SignInLink.user_id == user_id))
    session.add(
        SignInLink(
            user_id=user_id,
            token_hash=digest(token),
            created_at=now(),
            expires_at=now() + LINK_LIFETIME,
        )
    )
    then = f"?{urlencode({'invitation': invitation})}" if invitation else ""
    return f"{settings.public_url}/sign-in/{token}{then}"


def use_link(session: Session, token: str) -> Account:
    """Whose link it is. It opens once: of two at the same time, one. Raises Gone."""
    user_id = session.scalar(
        update(SignInLink)
        .where(
            SignInLink.token_hash == digest(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now(),
        )
        .values(used_at=now())
        .returning(SignInLink.user_id)
    )
    row = session.execute(
        select(User.id, User.email, User.display_name).where(User.id == user_id)
    ).one_or_none()
    if row is None:
        raise Gone("This sign-in link was used already or has expired. Ask for a new one.")
    return Account(*row)


def open_browser_session(session: Session, settings: Settings, user_id: uuid.UUID) -> str:
    """What goes into the cookie."""
    return _open(session, user_id, timedelta(days=settings.session_days)).token


def open_api_session(session: Session, settings: Settings, user_id: uuid.UUID) -> AccessToken:
    """A token for the API, which ends with its session."""
    opened = _open(session, user_id, timedelta(minutes=settings.jwt_minutes))
    return issue_jwt(settings, Claims(user_id, opened.id))


def close_session(session: Session, user_id: uuid.UUID, session_id: uuid.UUID) -> None:
    session.execute(
        delete(BrowserSession).where(
            BrowserSession.user_id == user_id, BrowserSession.id == session_id
        )
    )


def close_all_sessions(session: Session, user_id: uuid.UUID) -> int:
    """Of browsers and of the API, with the links that would open new ones; how many were open."""
    session.execute(delete(SignInLink).where(SignInLink.user_id == user_id))
    closed = session.execute(
        delete(BrowserSession)
        .where(BrowserSession.user_id == user_id)
        .returning(BrowserSession.expires_at)
    )
    return sum(as_utc(expires_at) > now() for (expires_at,) in closed)


class _Opened(NamedTuple):
    id: uuid.UUID
    token: str


def _open(session: Session, user_id: uuid.UUID, lifetime: timedelta) -> _Opened:
    opened = _Opened(uuid.uuid4(), new_token())
    session.execute(
        delete(BrowserSession).where(
            BrowserSession.user_id == user_id, BrowserSession.expires_at < now()
        )
    )
    session.add(
        BrowserSession(
            id=opened.id,
            user_id=user_id,
            token_hash=digest(opened.token),
            created_at=now(),
            expires_at=now() + lifetime,
        )
    )
    return opened
