"""What a referee saw, what became of it, and what members say is wrong."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectKey, ProjectRef, Sha, Table, Word


class FairPlayRule(str, Enum):
    COMMIT_SPLITTING = "commit_splitting"
    REVERT_PING_PONG = "revert_ping_pong"
    LOCK_FILE_DUMP = "lock_file_dump"
    HUGE_COMMIT = "huge_commit"
    BULK_EDIT = "bulk_edit"
    FUTURE_DATE = "future_date"
    DISTANT_DATES = "distant_dates"
    IMPOSSIBLE_DAY = "impossible_day"


class RulingState(str, Enum):
    OPEN = "open"
    CONTESTED = "contested"
    UPHELD = "upheld"
    LIFTED = "lifted"


class ReportSubject(str, Enum):
    COMMIT = "commit"
    PLAYER = "player"
    STANDING = "standing"
    AWARD = "award"
    RULING = "ruling"


class ReportState(str, Enum):
    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class Referee(Table):
    """What a project's referee goes by, and what has been looked at."""

    __tablename__ = "referees"

    project_id: Mapped[ProjectKey]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Commits that were received before have been looked at; None: none have.
    looked_at: Mapped[datetime | None]


class Ruling(Table):
    """Commits of a player on a day that look like a breach of a rule."""

    __tablename__ = "rulings"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        ForeignKeyConstraint(
            ["project_id", "identity_id"], ["identities.project_id", "identities.id"]
        ),
        Index(None, "state", "project_id"),
        Index(None, "identity_id", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    rule: Mapped[Word]
    identity_id: Mapped[uuid.UUID]  # of the player: when players are joined, it goes along
    day: Mapped[date] = mapped_column(Date)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)  # what was counted, and the limits
    state: Mapped[Word] = mapped_column(default=RulingState.OPEN.value)
    made_at: Mapped[datetime]
    contest: Mapped[str | None] = mapped_column(String(1000))  # in the player's words
    contested_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(1000))  # in a commissioner's words
    decided_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    decided_at: Mapped[datetime | None]


class RulingCommit(Table):
    """A commit that a ruling names. No rule names a commit twice.

    It stays when the commit goes, so that a commit that comes back is still known.
    """

    __tablename__ = "ruling_commits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "ruling_id"], ["rulings.project_id", "rulings.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("sha", "rule", "project_id"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    ruling_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sha: Mapped[Sha] = mapped_column(primary_key=True)
    rule: Mapped[Word]
    place: Mapped[int] = mapped_column(Integer)  # in the ruling, from 1
    is_penalized: Mapped[bool]  # counts for nothing once the ruling is upheld
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)


class Report(Table):
    """A member says that something is wrong."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        Index(None, "user_id", "state", "project_id"),
        Index(None, "created_at", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    subject: Mapped[Word]
    subject_id: Mapped[Sha]  # of a commit its sha
    sentence: Mapped[str] = mapped_column(String(1000))
    state: Mapped[Word] = mapped_column(default=ReportState.OPEN.value)
    reply: Mapped[str | None] = mapped_column(String(1000))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
