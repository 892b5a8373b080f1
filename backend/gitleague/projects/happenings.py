"""What happened, written down in the transaction in which it happened: told if and only if that
commits. Who looks on reads it here; webhooks get it from their outbox.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.projects.webhooks.outbox import put_out
from gitleague.tables.outside import Event, Happening

KEPT = timedelta(days=7)
_TOLD = "leagues whose standings change in this transaction"


def tell(session: Session, project_id: uuid.UUID, event: Event, *told: Mapping[str, Any]) -> None:
    """An event for each. Only under the league's lock: who listens relies on the order."""
    session.add_all(
        Happening(project_id=project_id, event=event.value, data=dict(data), created_at=now())
        for data in told
    )
    put_out(session, project_id, event, told)


def tell_of_standings(session: Session, project_id: uuid.UUID) -> None:
    """Once for each transaction, however much it changes. Only under the league's lock."""
    told: set[uuid.UUID] = session.info.setdefault(_TOLD, set())
    if project_id not in told:
        told.add(project_id)
        tell(session, project_id, Event.STANDINGS_CHANGED, {})


def forget_happenings(session: Session) -> None:
    # across projects: the oldest of all go
    session.execute(delete(Happening).where(Happening.created_at < now() - KEPT))
