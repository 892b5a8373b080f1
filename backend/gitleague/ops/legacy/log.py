"""The audit log of the original, as the oldest entries of ours."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from gitleague.accounts.audit import append
from gitleague.core.clock import now
from gitleague.core.sets import among
from gitleague.ops.legacy.source import Row, batches, id_of, moment
from gitleague.ops.legacy.taking import Taking
from gitleague.tables.audit import AuditEntry

MARK = "original:"  # of the request that an entry is of: by it an entry is known again


def take_log(taking: Taking) -> None:
    tally = taking.tally("audit_logs")
    for some in batches(taking.source.rows("audit_logs", "created_at")):
        with taking.writer.writing() as session:
            entries = [_entry(taking, row) for row in some]
            here = set(
                session.scalars(
                    # across projects: the entries of all of them
                    select(AuditEntry.request_id).where(
                        among(session, AuditEntry.request_id, _marks(entries))
                    )
                )
            )
            new = [entry for entry in entries if entry.request_id not in here]
            for entry in new:
                append(session, entry)
            tally.read += len(some)
            tally.taken += len(new)
            tally.there += len(some) - len(new)


def _marks(entries: list[AuditEntry]) -> list[str]:
    return [entry.request_id for entry in entries if entry.request_id]


def _entry(taking: Taking, row: Row) -> AuditEntry:
    kind = str(row["resource_type"] or "league").lower()
    return AuditEntry(
        project_id=_project_of(taking, str(row["resource_id"])),
        user_id=taking.users.get(str(row["user_id"])),
        action=f"original:{kind}:{str(row['action']).lower()}"[:100],
        subject=str(row["resource_id"] or "")[:255],
        details={"details": row["details"]} if row["details"] else {},
        ip_address=row["ip_address"],
        request_id=f"{MARK}{id_of(row['id'])}",
        created_at=moment(row["created_at"]) or now(),
    )


def _project_of(taking: Taking, resource: str) -> uuid.UUID | None:
    """Told by what it is about; where there is one league, all of it is of that one."""
    if resource in taking.projects:
        return taking.projects[resource]
    for known in (taking.repos, taking.seasons, taking.fantasies):
        if resource in known:
            return known[resource][0]
    return next(iter(taking.projects.values())) if len(taking.projects) == 1 else None
