"""What leaves a league by itself: what happened, who is told of it, and what became of that."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import Enum
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
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectRef, Table, Word


class Event(str, Enum):
    AWARD_GIVEN = "award.given"
    SEASON_OPENED = "season.opened"
    SEASON_CLOSED = "season.closed"
    SYNC_DONE = "sync.done"
    RULING_MADE = "ruling.made"  # one for each look of the referee
    RULING_CHANGED = "ruling.changed"
    STANDINGS_CHANGED = "standings.changed"  # for those who look on: too often for a webhook
    FANTASY_CHANGED = "fantasy.changed"  # for them too: it only says which one to ask for again
    PING = "ping"  # on demand


class DeliveryState(str, Enum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class DigestKind(str, Enum):
    SLACK = "slack"
    DISCORD = "discord"
    EMAIL = "email"


class Happening(Table):
    """Written in the transaction of what happened; kept for a week, for those who listen."""

    __tablename__ = "happenings"
    __table_args__ = (Index(None, "project_id", "id"), Index(None, "created_at"))

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    project_id: Mapped[ProjectRef]
    event: Mapped[Word]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)  # of players their ids
    created_at: Mapped[datetime]


class Webhook(Table):
    """An address that is told of events."""

    __tablename__ = "webhooks"
    __table_args__ = (UniqueConstraint("project_id", "id"),)

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    host: Mapped[str] = mapped_column(String(255))  # which may be told; the rest can be a secret
    sealed_url: Mapped[str]  # by core/sealing.py
    events: Mapped[list[str]] = mapped_column(JSON)
    sealed_secret: Mapped[str]  # by core/sealing.py
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(Integer, default=0)  # in a row
    failing_since: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]  # nothing is sent before that
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[str | None]


class Delivery(Table):
    """One event for one webhook: the outbox, and afterwards the log."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        Index(None, "webhook_id", "created_at"),
        Index(None, "state", "not_before"),
        ForeignKeyConstraint(
            ["project_id", "webhook_id"], ["webhooks.project_id", "webhooks.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    webhook_id: Mapped[uuid.UUID]
    message_id: Mapped[str] = mapped_column(String(64))  # the same when it is sent again
    event: Mapped[Word]
    body: Mapped[str]  # of players their ids: what they are called is put in when it is sent
    state: Mapped[Word]
    tries: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime]  # while it is being sent: when that is taken for lost
    status: Mapped[int | None] = mapped_column(Integer)  # of the last answer
    error: Mapped[str | None]  # why there was none
    took_ms: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Digest(Table):
    """Where the recap of each week goes."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("project_id", "id"),)

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[Word]
    sealed_destination: Mapped[str]  # by core/sealing.py
    sent_through: Mapped[date] = mapped_column(Date)  # the last day of the last week that was told
    tries: Mapped[int] = mapped_column(Integer, default=0)  # of the week that is due
    not_before: Mapped[datetime | None]
    tested_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]  # of the last try
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
