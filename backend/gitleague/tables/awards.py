"""Awards, once given."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectRef, Sha, Table, Word


class AwardKind(str, Enum):
    PLAY_OF_THE_DAY = "play_of_the_day"
    PLAYER_OF_THE_WEEK = "player_of_the_week"
    PLAYER_OF_THE_MONTH = "player_of_the_month"
    MOST_IMPROVED = "most_improved"
    ROOKIE_OF_THE_MONTH = "rookie_of_the_month"
    MVP = "mvp"
    ROOKIE_OF_THE_YEAR = "rookie_of_the_year"


class Award(Table):
    """One of each kind for the days from `first` to `last`."""

    __tablename__ = "awards"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("kind", "first", "project_id"),
        Index(None, "identity_id", "project_id"),
        ForeignKeyConstraint(
            ["project_id", "identity_id"], ["identities.project_id", "identities.id"]
        ),
        ForeignKeyConstraint(
            ["project_id", "season_id"], ["seasons.project_id", "seasons.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    kind: Mapped[Word]
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    season_id: Mapped[uuid.UUID | None]  # of those that a season's end gives
    identity_id: Mapped[uuid.UUID]  # of the winner: when players are joined, it goes along
    score: Mapped[int] = mapped_column(BigInteger)  # ten-thousandths, as impact
    working: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the score was made of
    sha: Mapped[Sha | None]  # of a play
    given_at: Mapped[datetime]
