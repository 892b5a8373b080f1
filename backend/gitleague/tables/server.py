"""What the server keeps about itself."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import Enum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Sha, Table, Total, Word


class NoticeKind(str, Enum):
    DEPLOYMENT = "deployment"
    REMINDER = "reminder"
    ROLLBACK = "rollback"
    ALL_CLEAR = "all-clear"


class Channel(str, Enum):
    MAIL = "mail"
    SLACK = "slack"


class DeployResult(str, Enum):
    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"


class Defect(Table):
    """A request that went wrong by our fault: which, and never what it carried."""

    __tablename__ = "defects"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    request_id: Mapped[str | None] = mapped_column(String(64))
    method: Mapped[Word]
    route: Mapped[str] = mapped_column(String(200))  # as it is declared, without what filled it
    error: Mapped[str] = mapped_column(String(200))  # its class
    created_at: Mapped[datetime]


class Heartbeat(Table):
    """When a part of the server was last there."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime]


class NoticeSent(Table):
    """One try to tell somebody. Whom is said by the account alone, so that erasing it is enough."""

    __tablename__ = "notices_sent"
    __table_args__ = (Index(None, "kind", "about"), Index(None, "user_id"))

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    kind: Mapped[Word]
    about: Mapped[str] = mapped_column(String(16))  # the day or the time that it is about
    channel: Mapped[Word]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    error: Mapped[str | None] = mapped_column(String(200))  # None: it was sent
    created_at: Mapped[datetime]


class Deployment(Table):
    """Who brought what version, as they say."""

    __tablename__ = "deployments"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    deployed_by: Mapped[str] = mapped_column(String(255))
    sha: Mapped[Sha | None]  # none where the server is no checkout
    version: Mapped[str] = mapped_column(String(64))
    revision: Mapped[Word]  # of the schema
    result: Mapped[Word]
    sign_offs: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    notes: Mapped[str]
    created_at: Mapped[datetime]


class Rollout(Table):
    """How far a release has come. Without a row everybody is in, and nobody watches."""

    __tablename__ = "rollouts"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    percent: Mapped[int] = mapped_column(Integer)  # of the commissioners
    threshold: Mapped[int] = mapped_column(Integer)  # percent of failed pushes that are borne
    watched_since: Mapped[datetime]  # what failed before was seen to
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str | None]


class RolloutException(Table):
    """Who is in, or is not, wherever their place is."""

    __tablename__ = "rollout_exceptions"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    is_in: Mapped[bool]


class PushCount(Table):
    """How the pushes of a minute went, apart for each cohort."""

    __tablename__ = "push_counts"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    cohort: Mapped[str] = mapped_column(String(32), primary_key=True)
    pushes: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)  # 4xx: the client's mistakes
    failed: Mapped[int] = mapped_column(Integer)  # 5xx: ours
    milliseconds: Mapped[Total]


class LifeMinute(Table):
    """A minute in which some process of the server was there, and could write so."""

    __tablename__ = "life_minutes"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    memory: Mapped[Total]  # bytes, of the largest process; 0 where it is not known


class AnswerCount(Table):
    """How requests were answered: in a minute, after a while in an hour, apart for each area."""

    __tablename__ = "answer_counts"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(String(32), primary_key=True)
    requests: Mapped[Total]
    succeeded: Mapped[Total]
    errors: Mapped[Total]
    turned_away: Mapped[Total]
    limited: Mapped[Total]
    refused: Mapped[Total]
    by_key: Mapped[Total]
    by_token: Mapped[Total]


class TimeCount(Table):
    """How many requests and statements took at most so long, and longer than the bound below."""

    __tablename__ = "time_counts"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(32), primary_key=True)
    milliseconds: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[Total]
