"""How commits came: the log of syncs, and what the server needs to pull a repository itself."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import Enum

from sqlalchemy import JSON, ForeignKeyConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, Table, Word


class SyncWay(str, Enum):
    PULL = "pull"
    PUSH = "push"


class SyncState(str, Enum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CredentialKind(str, Enum):
    TOKEN = "token"  # noqa: S105 - the word on the wire: a user name with a password or token
    SSH_KEY = "ssh_key"


def _of_repo() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["project_id", "repo_id"], ["repos.project_id", "repos.id"], ondelete="CASCADE"
    )


class RepoPull(Table):
    """When a repository is pulled, and with what."""

    __tablename__ = "repo_pulls"
    __table_args__ = (_of_repo(), Index(None, "next_due"))

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    schedule: Mapped[str | None] = mapped_column(String(100))  # cron; None: when somebody asks
    branches: Mapped[list[str]] = mapped_column(JSON)  # globs; none: the default branch
    credential_kind: Mapped[Word | None]
    sealed_credential: Mapped[str | None]  # by core/sealing.py
    # After a migration it waits so long for a rollback; None: it is in use.
    credential_kept_until: Mapped[datetime | None]
    next_due: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, default=0)  # in a row
    # The sync that is running, and when it is taken for dead without a sign of life.
    running: Mapped[uuid.UUID | None]
    running_until: Mapped[datetime | None]


class RepoSync(Table):
    """One sync of a repository; only so many are kept of each."""

    __tablename__ = "repo_syncs"
    __table_args__ = (_of_repo(), Index(None, "project_id", "repo_id", "started_at"))

    id: Mapped[Id]
    project_id: Mapped[uuid.UUID]
    repo_id: Mapped[uuid.UUID]
    way: Mapped[Word]
    state: Mapped[Word]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # of a push that goes on: its last sign of life
    inserted: Mapped[int] = mapped_column(Integer, default=0)
    skipped: Mapped[int] = mapped_column(Integer, default=0)
    refused: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None]
