"""Leagues: their members, invitations and repositories."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime
from enum import Enum

from sqlalchemy import (
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectKey, ProjectRef, Sha, Table, Total, Word


class Role(str, Enum):
    COMMISSIONER = "commissioner"
    PLAYER = "player"
    SPECTATOR = "spectator"


class MemberStatus(str, Enum):
    PENDING = "pending"
    APPROVED = "approved"


class SyncMethod(str, Enum):
    PULL_CELERY = "pull_celery"
    PUSH_CLIENT = "push_client"


class RepoStatus(str, Enum):
    PENDING = "pending"
    SYNCING = "syncing"
    HEALTHY = "healthy"
    ERROR = "error"


class Project(Table):
    __tablename__ = "projects"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")  # IANA name
    # The box scores that readers see; a recomputation writes the next version beside them.
    rules_version: Mapped[int] = mapped_column(Integer, default=1)
    # The last day whose awards were given; None: no day's yet.
    awards_through: Mapped[date | None] = mapped_column(Date)
    # Clients that keep addresses to themselves send pseudonyms made with it.
    pseudonym_salt: Mapped[str] = mapped_column(String(64), default=lambda: secrets.token_hex(32))
    # And this one the digests that tell copies of a change. It is no more sealed than the salt
    # above: a lost GITLEAGUE_SECRET_KEY would make all copies strangers for good.
    change_salt: Mapped[str] = mapped_column(String(64), default=lambda: secrets.token_hex(32))
    # What erased players are known again by. Told to nobody, unlike the salts, which clients have.
    erasure_secret: Mapped[str] = mapped_column(String(64), default=lambda: secrets.token_hex(32))
    # What anybody may see, signed in or not.
    public_badges: Mapped[bool] = mapped_column(default=False, server_default=false())
    public_feed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Whether people may ask to join; else they come by invitation.
    takes_requests: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]


class Member(Table):
    __tablename__ = "members"

    project_id: Mapped[ProjectKey]
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[Word]
    status: Mapped[Word]
    created_at: Mapped[datetime]


class Invitation(Table):
    __tablename__ = "invitations"
    __table_args__ = (Index(None, "project_id", "created_at"),)

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[Word]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class Repo(Table):
    __tablename__ = "repos"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),  # what tenant-safe foreign keys point at
        UniqueConstraint("url_key", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    name: Mapped[str] = mapped_column(String(255))
    git_url: Mapped[str]  # as it was first given
    url_key: Mapped[str] = mapped_column(String(1024))  # one for all spellings: see git_urls
    sync_method: Mapped[Word] = mapped_column(default=SyncMethod.PUSH_CLIENT.value)
    status: Mapped[Word] = mapped_column(default=RepoStatus.PENDING.value)
    error_message: Mapped[str | None]
    last_sync_at: Mapped[datetime | None]
    last_ingested_sha: Mapped[str | None] = mapped_column(String(64))
    total_commits: Mapped[Total]
    created_at: Mapped[datetime]


class RepoHead(Table):
    """The newest commits of a repo whose whole ancestry is on the server."""

    __tablename__ = "repo_heads"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "repo_id"], ["repos.project_id", "repos.id"], ondelete="CASCADE"
        ),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sha: Mapped[Sha] = mapped_column(primary_key=True)


class RepoTip(Table):
    """Branch tips as the client last told them."""

    __tablename__ = "repo_tips"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "repo_id"], ["repos.project_id", "repos.id"], ondelete="CASCADE"
        ),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(1024), primary_key=True)
    sha: Mapped[Sha]
    seen_at: Mapped[datetime]
