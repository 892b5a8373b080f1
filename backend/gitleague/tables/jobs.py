"""Work that is done beside the requests."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Id, ProjectRef, Table, Word


class JobState(str, Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Table):
    """Asked for in the transaction that makes it needed, and run by one process at a time."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        Index(None, "state", "not_before"),
    )

    id: Mapped[Id]
    project_id: Mapped[ProjectRef]
    kind: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[Word] = mapped_column(default=JobState.QUEUED.value)
    progress: Mapped[int] = mapped_column(Integer, default=0)  # percent
    tries: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None]
    not_before: Mapped[datetime]  # while it runs: when whoever took it is taken for dead
    sent_at: Mapped[datetime | None]  # to the broker; None again when a worker has it
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
