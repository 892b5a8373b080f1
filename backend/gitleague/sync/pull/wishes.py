"""What a commissioner says of a pulled repository: when to pull it, with what, and now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, FieldError, Invalid
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.projects.leagues import lock_project
from gitleague.projects.repos import RepoRow, get_repo
from gitleague.sync.pull.credentials import Credential, check_credential, seal
from gitleague.sync.pull.remotes import read_remote
from gitleague.sync.pull.running import ensure_pull, is_running
from gitleague.sync.pull.schedules import HOURLY, ask_for_pull, check_schedule, next_time
from gitleague.sync.pull.words import CannotPull
from gitleague.tables.projects import SyncMethod
from gitleague.tables.syncs import RepoPull


class PullRow(NamedTuple):
    schedule: str | None = HOURLY
    branches: Sequence[str] = ()
    credential_kind: str | None = None
    credential_kept_until: datetime | None = None
    next_due: datetime | None = None
    failures: int = 0
    running_until: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.running_until is not None and self.running_until > now()


_COLUMNS = tuple(getattr(RepoPull, field) for field in PullRow._fields)


def get_pull(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> PullRow:
    get_repo(session, project_id, str(repo_id))
    row = session.execute(
        select(*_COLUMNS).where(RepoPull.project_id == project_id, RepoPull.repo_id == repo_id)
    ).one_or_none()
    return PullRow(*row) if row else PullRow()


def set_schedule(
    session: Session,
    repo_id: uuid.UUID,
    schedule: str | None,
    branches: Sequence[str],
    *,
    by: Membership,
) -> PullRow:
    """Cron in the league's time zone; None: when somebody asks."""
    zone = lock_project(session, by.project_id)
    repo = _pulled(session, by, repo_id)
    text = check_schedule(schedule) if schedule else None
    due = next_time(text, zone, after=now()) if text else None
    _set(session, repo, schedule=text, branches=list(branches), next_due=due)
    _record(session, Action.PULL_CHANGED, repo, by, schedule=text, branches=list(branches))
    return get_pull(session, by.project_id, repo_id)


def set_credential(
    session: Session,
    repo_id: uuid.UUID,
    credential: Credential,
    *,
    settings: Settings,
    by: Membership,
) -> PullRow:
    """Whoever has set it cannot read it back."""
    lock_project(session, by.project_id)
    repo = _pulled(session, by, repo_id)
    _check_address(repo, settings)
    sealed = seal(Sealer(settings), check_credential(credential), repo_id)
    kind = credential.kind.value
    _set(
        session,
        repo,
        credential_kind=kind,
        sealed_credential=sealed,
        credential_kept_until=None,
        failures=0,
    )
    _record(session, Action.CREDENTIAL_SET, repo, by, kind=kind)
    return get_pull(session, by.project_id, repo_id)


def clear_credential(session: Session, repo_id: uuid.UUID, *, by: Membership) -> None:
    """Also one that is kept after a migration."""
    lock_project(session, by.project_id)
    repo = get_repo(session, by.project_id, str(repo_id))
    if get_pull(session, by.project_id, repo_id).credential_kind is None:
        return
    wipe_credential(session, by.project_id, repo_id)
    _record(session, Action.CREDENTIAL_CLEARED, repo, by)


def wipe_credential(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> None:
    session.execute(
        update(RepoPull)
        .where(RepoPull.project_id == project_id, RepoPull.repo_id == repo_id)
        .values(credential_kind=None, sealed_credential=None, credential_kept_until=None)
        .execution_options(synchronize_session=False)
    )


def wipe_kept_credentials(session: Session) -> None:
    """Of repositories that were migrated, when the time for a rollback is over."""
    # across projects: every league has its migrations
    over = session.execute(
        select(RepoPull.project_id, RepoPull.repo_id).where(RepoPull.credential_kept_until < now())
    ).all()
    for project_id, repo_id in over:
        wipe_credential(session, project_id, repo_id)
        repo = get_repo(session, project_id, str(repo_id))
        audit.record(
            session,
            Action.CREDENTIAL_CLEARED,
            repo.name,
            caller=None,
            project_id=project_id,
            details={"repo_id": str(repo_id), "because": "the time for a rollback is over"},
        )


def sync_now(
    session: Session, repo_id: uuid.UUID, *, settings: Settings, by: Membership
) -> PullRow:
    lock_project(session, by.project_id)
    repo = _pulled(session, by, repo_id)
    _check_address(repo, settings)
    if is_running(session, by.project_id, repo_id):
        raise Conflict(f"A sync of {repo.name} is running. Wait for it to end.")
    ensure_pull(session, by.project_id, repo_id)
    ask_for_pull(session, by.project_id, repo_id, created_by=by.caller.user_id)
    _record(session, Action.PULL_ASKED, repo, by)
    return get_pull(session, by.project_id, repo_id)


def _pulled(session: Session, by: Membership, repo_id: uuid.UUID) -> RepoRow:
    repo = get_repo(session, by.project_id, str(repo_id))
    if repo.sync_method != SyncMethod.PULL_CELERY.value:
        raise Conflict(
            f"{repo.name} is pushed by the client, so the server does not pull it. To sync it, run "
            "`gitleague-client sync` where its clone is."
        )
    return repo


def _check_address(repo: RepoRow, settings: Settings) -> None:
    try:
        read_remote(repo.git_url, settings)
    except CannotPull as error:
        raise Invalid(
            str(error), errors=[FieldError(field="git_url", message=str(error))]
        ) from None


def _set(session: Session, repo: RepoRow, **values: Any) -> None:
    ensure_pull(session, repo.project_id, repo.id)
    session.execute(
        update(RepoPull)
        .where(RepoPull.project_id == repo.project_id, RepoPull.repo_id == repo.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _record(
    session: Session, action: Action, repo: RepoRow, by: Membership, **details: object
) -> None:
    audit.record(
        session,
        action,
        repo.name,
        caller=by.caller,
        project_id=by.project_id,
        details={"repo_id": str(repo.id), **details},
    )
