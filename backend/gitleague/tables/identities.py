"""Who said that identities belong together, so that it can be taken back."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectRef, Table, Word


class ChangeKind(str, Enum):
    MERGE = "merge"
    SPLIT = "split"
    MAILMAP = "mailmap"
    CLAIM = "claim"


class ClaimState(str, Enum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class IdentityChange(Table):
    """Identities that went from one player to another."""

    __tablename__ = "identity_changes"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        Index(None, "created_at", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    kind: Mapped[Word]
    # A list of {identity, name, email, before, after}: the last two are players.
    moves: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # What it set of players, too: {player, column, before, after, giver}, in the order it was done.
    states: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Claim(Table):
    """A member says that an address is theirs."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        Index(None, "state", "created_at", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(512))
    state: Mapped[Word]
    created_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    decided_at: Mapped[datetime | None]


class DismissedSuggestion(Table):
    """A commissioner said of two players that they are two people."""

    __tablename__ = "dismissed_suggestions"
    __table_args__ = (
        UniqueConstraint("project_id", "one", "other"),
        *(
            ForeignKeyConstraint(
                ["project_id", column],
                ["players.project_id", "players.id"],
                ondelete="CASCADE",
            )
            for column in ("one", "other")
        ),
        Index(None, "one", "project_id"),
        Index(None, "other", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    one: Mapped[uuid.UUID]  # the smaller of the two
    other: Mapped[uuid.UUID]
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
