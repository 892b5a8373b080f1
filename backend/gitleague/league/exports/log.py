"""The rows of the audit log as a file, in chunks of a question each."""

import json
import uuid
from collections.abc import Iterator

from gitleague.accounts.audit import Asked, entries_before
from gitleague.core.db import Database
from gitleague.league.exports.rows import Row

CHUNK = 1000
LOG_COLUMNS = (
    *("id", "at", "action", "subject", "user", "api_key_id", "ip_address", "request_id"),
    "details",
)


def log_rows(database: Database, project_id: uuid.UUID, asked: Asked) -> Iterator[Row]:
    """The newest first; no connection is held while somebody reads slowly."""
    last: int | None = None
    while True:
        with database.reading() as session:
            found = entries_before(session, project_id, last, CHUNK, asked)
        for each in found:
            yield (
                *(each.id, each.created_at.isoformat(), each.action, each.subject),
                each.user_email,
                str(each.api_key_id) if each.api_key_id else None,
                *(each.ip_address, each.request_id),
                json.dumps(each.details),
            )
        if len(found) < CHUNK:
            return
        last = found[-1].id
