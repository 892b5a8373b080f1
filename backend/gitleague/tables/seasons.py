"""Seasons, and who is away during them."""

from __future__ import annotations

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectRef, Table, Word


class SeasonState(str, Enum):
    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


class AbsenceKind(str, Enum):
    """Why less is expected of a player; what each takes away: league.seasons.presence."""

    AWAY = "away"
    PART_TIME = "part_time"
    ON_CALL = "on_call"


class Season(Table):
    """Days that are played for a title. Seasons of a project never overlap."""

    __tablename__ = "seasons"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        Index(
            "ix_seasons_active",
            "state",
            "project_id",
            unique=True,
            postgresql_where=text("state = 'active'"),
            sqlite_where=text("state = 'active'"),
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    name: Mapped[str] = mapped_column(String(255))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)  # included
    state: Mapped[Word] = mapped_column(default=SeasonState.DRAFT.value)
    # Once closed: the version that its box scores were frozen in.
    rules_version: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Absence(Table):
    """Days of a season on which a player does not play, or plays less."""

    __tablename__ = "absences"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        ForeignKeyConstraint(
            ["project_id", "season_id"], ["seasons.project_id", "seasons.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["project_id", "player_id"], ["players.project_id", "players.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["project_id", "carried_by"],
            ["identity_changes.project_id", "identity_changes.id"],
            ondelete="CASCADE",
        ),
        Index(None, "season_id", "player_id", "project_id"),
        Index(None, "player_id", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    season_id: Mapped[uuid.UUID]
    player_id: Mapped[uuid.UUID]
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)  # included
    kind: Mapped[Word]
    note: Mapped[str] = mapped_column(String(255), default="")
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    # The change of identities that brought it from another player, and takes it along when undone.
    carried_by: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
