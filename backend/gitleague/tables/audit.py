"""Who did what, when: written in the same transaction as the deed, never changed.

Each entry is chained to the one before it, so that a change, a gap or a forged entry shows: see
accounts/audit.py.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Table, Total

SERVER = uuid.UUID(int=0)


class AuditEntry(Table):
    __tablename__ = "audit_logs"
    __table_args__ = (Index(None, "project_id", "id"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    # Set to NULL, not deleted: what was done outlives the project it was done to.
    project_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("projects.id", ondelete="SET NULL")
    )
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    api_key_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(String(100))  # subject:thing:verb
    subject: Mapped[str] = mapped_column(String(255))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    # The project that it was written for, which stays when the project goes; `SERVER` for none.
    chain: Mapped[uuid.UUID] = mapped_column(index=True)
    # Without it nobody can try what was said by `digest`: an erased person is taken out with it.
    salt: Mapped[str | None] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))  # of who and what
    hash: Mapped[str] = mapped_column(String(64))  # of this and the entry before


class AuditChain(Table):
    """Where the log of a project ends: entries cannot be cut off unseen either."""

    __tablename__ = "audit_chains"

    chain: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entries: Mapped[Total]
    hash: Mapped[str] = mapped_column(String(64))  # of the last entry
