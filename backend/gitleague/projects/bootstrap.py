"""The first commissioner with a project, repositories and a key; or the same again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.api_keys import issue_key
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Caller
from gitleague.accounts.sign_in import ensure_account, make_link, open_api_session
from gitleague.core.clock import now
from gitleague.core.settings import Settings
from gitleague.projects.leagues import create_project
from gitleague.projects.repos import ensure_repo
from gitleague.tables.accounts import ApiKey, Scope
from gitleague.tables.projects import Member, MemberStatus, Project, Role

KEY_NAME = "bootstrap"


class Made(NamedTuple):
    project_id: uuid.UUID
    repos: list[tuple[uuid.UUID, str]]  # id and git URL
    api_key: str
    jwt: str
    sign_in_url: str


def bootstrap(
    session: Session,
    settings: Settings,
    *,
    email: str,
    project: str,
    git_urls: Sequence[str] = (),
    time_zone: str = "UTC",
) -> Made:
    """Whoever runs this has the server in their hands, so nobody is asked.

    Run again, it finds what it made. The key is always a new one, since a key cannot be shown
    twice: the older ones stay while somebody uses them, and end if nobody ever did.
    """
    account = ensure_account(session, email)
    caller = Caller(
        user_id=account.user_id, email=account.email, name=account.display_name, address="local"
    )
    project_id = _led_project(session, account.user_id, project)
    if project_id is None:
        made = create_project(
            session,
            project,
            commissioner_id=account.user_id,
            caller=caller,
            time_zone=time_zone,
        )
        project_id = made.id
    repos = [ensure_repo(session, project_id, url, caller=caller) for url in git_urls]
    _end_unused_keys(session, account.user_id, project_id)
    key = issue_key(
        session, caller=caller, name=KEY_NAME, scopes=tuple(Scope), project_id=project_id
    )
    for action in (Action.ACCOUNT_SIGNED_IN, Action.SIGN_IN_LINK_PRINTED):
        audit.record(session, action, account.email, caller=None, details={"by": "bootstrap"})
    return Made(
        project_id,
        [(repo.id, repo.git_url) for repo in repos],
        key.full_key,
        open_api_session(session, settings, account.user_id).token,
        make_link(session, settings, account.user_id),
    )


def _led_project(session: Session, user_id: uuid.UUID, name: str) -> uuid.UUID | None:
    """The project of this name that the user is commissioner of; the oldest of several."""
    return session.scalar(
        select(Project.id)
        .join(Member, Member.project_id == Project.id)
        .where(
            Project.name == name,
            Member.user_id == user_id,
            Member.role == Role.COMMISSIONER.value,
            Member.status == MemberStatus.APPROVED.value,
        )
        .order_by(Project.created_at, Project.id)
        .limit(1)
    )


def _end_unused_keys(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> None:
    session.execute(
        update(ApiKey)
        .where(
            ApiKey.user_id == user_id,
            ApiKey.project_id == project_id,
            ApiKey.name == KEY_NAME,
            ApiKey.usage_count == 0,
            ApiKey.revoked_at.is_(None),
        )
        .values(revoked_at=now())
    )
