"""Commits go in as a push brings them: the same reading, the same ingest."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.sets import among
from gitleague.ops.legacy.people import caller_for
from gitleague.ops.legacy.source import STREAM, Row, batches, moment
from gitleague.ops.legacy.taking import Taking
from gitleague.projects.repos import get_repo
from gitleague.sync.batch import Batch, read_batch
from gitleague.sync.ingest import ingest
from gitleague.tables.commits import CommitRow, RefusedCommit

_AS_THEY_ARE = (
    *("sha", "author_name", "author_email", "committer_name", "committer_email"),
    *("message_title", "message_body", "additions", "deletions", "files_changed", "parent_count"),
)


def take_commits(taking: Taking) -> None:
    """In batches, each a transaction: an import that was cut off goes on after the last one."""
    tally = taking.tally("commits")
    rows = taking.source.rows("commits", "repo_id", "created_at")
    for old_repo, of_repo in groupby(rows, key=lambda row: str(row["repo_id"])):
        place = taking.repos.get(old_repo)
        for some in batches(of_repo):
            tally.read += len(some)
            if place is None:
                tally.left["its repository is not there"] += len(some)
                continue
            with taking.writer.writing() as session:
                _take(session, taking, place, some)


def _take(
    session: Session, taking: Taking, place: tuple[uuid.UUID, uuid.UUID], rows: list[Row]
) -> None:
    tally, (project_id, repo_id) = taking.tally("commits"), place
    here = _here(session, project_id, repo_id, [str(row["sha"]).lower() for row in rows])
    new = [row for row in rows if str(row["sha"]).lower() not in here]
    tally.there += len(rows) - len(new)
    if not new:
        return
    batch = _batch(taking, new)
    repo = get_repo(session, project_id, str(repo_id))
    caller = caller_for(session, taking.owners[project_id])
    arrived = max((_arrival(row) for row in new), default=now())
    outcome = ingest(session, repo, batch, caller=caller, received_at=arrived)
    tally.taken += outcome.inserted
    tally.there += len(outcome.skipped)
    for refusal in batch.refusals:
        tally.left[f"{refusal.field}: {refusal.reason}"] += 1


def _batch(taking: Taking, rows: list[Row]) -> Batch:
    told = [_commit(taking, row) for row in rows]
    content = json.dumps({"commits": told}).encode("utf-8", "surrogatepass")
    return read_batch(content, max_batch=STREAM)


def _commit(taking: Taking, row: Row) -> dict[str, Any]:
    """Without its parents, which nobody wrote down there."""
    return {
        **{name: row[name] for name in _AS_THEY_ARE},
        "is_merge": bool(row["is_merge"]),
        "commit_date": _local(taking, row["commit_date"]),
    }


def _local(taking: Taking, value: object) -> str:
    """The published client sent the time of its own clock, without a zone."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(read, datetime):
        return str(value)
    return (read if read.tzinfo else read.replace(tzinfo=taking.zone)).isoformat()


def _arrival(row: Row) -> datetime:
    return moment(row["created_at"]) or now()


def _here(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, shas: list[str]) -> set[str]:
    found: set[str] = set()
    for table in (CommitRow, RefusedCommit):
        found |= set(
            session.scalars(
                select(table.sha).where(
                    table.project_id == project_id,
                    table.repo_id == repo_id,
                    among(session, table.sha, shas),
                )
            )
        )
    return found
