"""What went wrong by our own fault: the newest, for the operator. No address, no value, no text of
an error, since each of them can hold a secret.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import NamedTuple

from fastapi import Request
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.errors import Unavailable
from gitleague.core.session import database_of
from gitleague.tables.server import Defect

log = logging.getLogger(__name__)
KEPT = 200


class DefectRow(NamedTuple):
    request_id: str | None
    method: str
    route: str
    error: str
    created_at: datetime


def note(request: Request, error: Exception) -> None:
    """What is noted must not make it worse: it is in the log in any case."""
    try:
        with database_of(request).writing() as session:
            keep(
                session,
                DefectRow(
                    getattr(request.state, "request_id", None),
                    request.method,
                    getattr(request.scope.get("route"), "path", "outside of any route"),
                    f"{type(error).__module__}.{type(error).__qualname__}",
                    now(),
                ),
            )
    except (Unavailable, DBAPIError):
        log.warning("the database cannot be written; the error is kept in this log alone")


def keep(session: Session, row: DefectRow) -> None:
    defect = Defect(**row._asdict())
    session.add(defect)
    session.flush()  # its number tells which are too old by now
    session.execute(delete(Defect).where(Defect.id <= defect.id - KEPT))


def recent(session: Session) -> list[DefectRow]:
    """The newest first."""
    columns = (getattr(Defect, field) for field in DefectRow._fields)
    return [DefectRow(*row) for row in session.execute(select(*columns).order_by(Defect.id.desc()))]
