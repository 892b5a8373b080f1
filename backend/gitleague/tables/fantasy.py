"""Fantasy leagues: who may be picked, who picks, and every pick that was made."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import Enum

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectRef, Table, Word


class FantasyMode(str, Enum):
    FREE = "free"  # everybody picks whom they like, in secret
    SNAKE = "snake"  # in turns, in public, and nobody is picked twice


class FantasyLeague(Table):
    """A game about a season: who picks the players that will do most."""

    __tablename__ = "fantasy_leagues"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("season_id", "name", "project_id"),
        ForeignKeyConstraint(
            ["project_id", "season_id"], ["seasons.project_id", "seasons.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    season_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(String(255))
    mode: Mapped[Word]
    roster_size: Mapped[int] = mapped_column(Integer)
    salary_cap: Mapped[int | None] = mapped_column(BigInteger)  # ten-thousandths, as prices
    pick_minutes: Mapped[int | None] = mapped_column(Integer)  # of each turn of a snake draft
    locks_on: Mapped[date] = mapped_column(Date)  # no picks from its midnight on, and points
    priced_first: Mapped[date] = mapped_column(Date)  # the days that prices were made of
    priced_last: Mapped[date] = mapped_column(Date)
    started_at: Mapped[datetime | None]
    turn_ends_at: Mapped[datetime | None]  # of the turn that is under way
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]


class FantasyPoolEntry(Table):
    """Somebody who may be picked, at a price that stays."""

    __tablename__ = "fantasy_pool"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "fantasy_id"],
            ["fantasy_leagues.project_id", "fantasy_leagues.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["project_id", "identity_id"], ["identities.project_id", "identities.id"]
        ),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    fantasy_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    # When players are joined, it goes along.
    identity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    price: Mapped[int] = mapped_column(BigInteger)  # ten-thousandths, as impact
    is_estimate: Mapped[bool]  # had no impact of their own to be priced by
    struck_at: Mapped[datetime | None]


class FantasyTeam(Table):
    """A member's place in a fantasy league."""

    __tablename__ = "fantasy_teams"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("fantasy_id", "user_id", "project_id"),
        ForeignKeyConstraint(
            ["project_id", "fantasy_id"],
            ["fantasy_leagues.project_id", "fantasy_leagues.id"],
            ondelete="CASCADE",
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    fantasy_id: Mapped[uuid.UUID]
    # Nobody's, once their account is gone: the turns and picks of the others stay as they were.
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    seat: Mapped[int | None] = mapped_column(Integer)  # in a snake draft that was started, from 0
    joined_at: Mapped[datetime]


class FantasyPick(Table):
    """A pick, kept when it is undone; without an identity a turn that was skipped."""

    __tablename__ = "fantasy_picks"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("fantasy_id", "turn", "project_id"),
        Index(None, "team_id", "project_id"),
        ForeignKeyConstraint(
            ["project_id", "fantasy_id"],
            ["fantasy_leagues.project_id", "fantasy_leagues.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["project_id", "team_id"],
            ["fantasy_teams.project_id", "fantasy_teams.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["project_id", "identity_id"], ["identities.project_id", "identities.id"]
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    fantasy_id: Mapped[uuid.UUID]
    team_id: Mapped[uuid.UUID]
    identity_id: Mapped[uuid.UUID | None]
    price: Mapped[int] = mapped_column(BigInteger)
    turn: Mapped[int | None] = mapped_column(Integer)  # of a snake draft, from 0
    by_clock: Mapped[bool]  # the turn ran out
    picked_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
