"""Squads, and who played for them when."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Date, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectRef, Table


class Squad(Table):
    """A team of players within a project."""

    __tablename__ = "squads"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("name_key", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(200))  # one for all cases: no two names alike
    created_at: Mapped[datetime]


class Stint(Table):
    """Days on which a player plays for a squad. A player's stints never overlap."""

    __tablename__ = "stints"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        ForeignKeyConstraint(
            ["project_id", "squad_id"], ["squads.project_id", "squads.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["project_id", "player_id"], ["players.project_id", "players.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["project_id", "carried_by"],
            ["identity_changes.project_id", "identity_changes.id"],
            ondelete="CASCADE",
        ),
        Index(None, "squad_id", "project_id"),
        Index(None, "player_id", "first", "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    squad_id: Mapped[uuid.UUID]
    player_id: Mapped[uuid.UUID]
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)  # included; the last of all days: still there
    # Its whole months, from the first of one to before the first of another, so that a table can
    # take their totals and needs single days at both ends only.
    months_from: Mapped[date] = mapped_column(Date)
    months_until: Mapped[date] = mapped_column(Date)
    # The change of identities that brought it from another player, and takes it along when undone.
    carried_by: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
