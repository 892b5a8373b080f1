"""People and the ways they prove who they are."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, Table, Total, UserRef


class Scope(str, Enum):
    """What an API key may do."""

    SYNC_COMMITS = "sync:commits"
    READ_REPOS = "read:repos"
    WRITE_REPOS = "write:repos"


class User(Table):
    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(320), unique=True)  # lower case
    display_name: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]


class SignInLink(Table):
    """A magic link: mailed, good for 15 minutes, once."""

    __tablename__ = "sign_in_links"

    id: Mapped[Id]
    user_id: Mapped[UserRef] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BrowserSession(Table):
    """Somebody who is signed in, with a cookie or a token for the API; signing out deletes it."""

    __tablename__ = "browser_sessions"

    id: Mapped[Id]
    user_id: Mapped[UserRef] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiKey(Table):
    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "user_id", "created_at"),)

    id: Mapped[Id]
    user_id: Mapped[UserRef]
    # A key bound to a project may be used in that project only.
    project_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE")
    )
    name: Mapped[str] = mapped_column(String(255))
    prefix: Mapped[str] = mapped_column(String(12), unique=True)  # tgl_ and the 8 that follow
    key_hash: Mapped[str] = mapped_column(String(255))  # Argon2id
    # Of its signatures under bundles; keys of the original system have none.
    public_key: Mapped[str | None] = mapped_column(String(44))
    scopes: Mapped[str] = mapped_column(String(255))  # comma-separated `Scope` words
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_used_ip: Mapped[str | None] = mapped_column(String(45))
    usage_count: Mapped[Total]
