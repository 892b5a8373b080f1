"""Numbers: the rules they are made by, the box scores per identity and day, and their totals."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import ProjectKey, Sha, Table, Total


class RulesVersion(Table):
    """One version of a project's scoring rules, as decimals in JSON; never changed."""

    __tablename__ = "rules"

    project_id: Mapped[ProjectKey]
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(255), default="", server_default="")
    # Of the copy that a closed season keeps, together with its box scores.
    season_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("seasons.id", ondelete="CASCADE")
    )
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]


class BoxScore(Table):
    """What an identity did in a repo on a day. Stats in hundredths, impact in ten-thousandths."""

    __tablename__ = "box_scores"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "identity_id"], ["identities.project_id", "identities.id"]
        ),
        ForeignKeyConstraint(
            ["project_id", "repo_id"], ["repos.project_id", "repos.id"], ondelete="CASCADE"
        ),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rules_version: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    identity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    credits: Mapped[Total]  # commits authored or co-authored; a row with none is removed
    commits: Mapped[Total]
    # Of the commits, those that an AI assistant had a hand in.
    assisted: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    additions: Mapped[Total]
    deletions: Mapped[Total]
    files_changed: Mapped[Total]
    pts: Mapped[Total]
    reb: Mapped[Total]
    ast: Mapped[Total]
    blk: Mapped[Total]
    stl: Mapped[Total]
    tov: Mapped[Total]
    jt: Mapped[Total]
    cc: Mapped[Total]
    impact: Mapped[Total]


class PlayerTotal(Table):
    """The box scores of a player over a day, month or year, in one repo or (`ALL_REPOS`) in all."""

    __tablename__ = "player_totals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "player_id"], ["players.project_id", "players.id"], ondelete="CASCADE"
        ),
        Index(None, "player_id", "span", "repo_id", "first", "project_id"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rules_version: Mapped[int] = mapped_column(Integer, primary_key=True)
    span: Mapped[str] = mapped_column(String(8), primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first: Mapped[date] = mapped_column(Date, primary_key=True)
    player_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    commits: Mapped[Total]
    assisted: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    additions: Mapped[Total]
    deletions: Mapped[Total]
    files_changed: Mapped[Total]
    pts: Mapped[Total]
    reb: Mapped[Total]
    ast: Mapped[Total]
    blk: Mapped[Total]
    stl: Mapped[Total]
    tov: Mapped[Total]
    jt: Mapped[Total]
    cc: Mapped[Total]
    impact: Mapped[Total]
    active_days: Mapped[Total]
    # Of a day: the days in a row up to it, within its month. Else 0.
    run: Mapped[int] = mapped_column(default=0, server_default="0")


class BestPlay(Table):
    """One of the commits with most impact that a player wrote in a month."""

    __tablename__ = "best_plays"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "player_id"], ["players.project_id", "players.id"], ondelete="CASCADE"
        ),
        Index(None, "player_id", "month", "project_id"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rules_version: Mapped[int] = mapped_column(Integer, primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)  # its first day
    player_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)  # 1 for the best
    repo_id: Mapped[uuid.UUID]
    sha: Mapped[Sha]
    day: Mapped[date] = mapped_column(Date)
    impact: Mapped[Total]


class RecordBook(Table):
    """The records of a league, written anew when its months are summed up."""

    __tablename__ = "record_books"

    project_id: Mapped[ProjectKey]
    records: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_at: Mapped[datetime]


class StaleMonth(Table):
    """A month whose totals are not those of its box scores, or not there yet."""

    __tablename__ = "stale_months"

    project_id: Mapped[ProjectKey]
    rules_version: Mapped[int] = mapped_column(Integer, primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)  # its first day
