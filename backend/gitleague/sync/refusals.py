"""Commits that could not be taken, remembered so that the walk of the client can pass them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gitleague.core.sets import among, insert_rows
from gitleague.sync.batch import Refusal
from gitleague.tables.commits import RefusedCommit

COLUMNS = (
    "project_id",
    "repo_id",
    "sha",
    "field",
    "reason",
    "parents",
    "is_complete",
    "refused_at",
)


def remember(
    session: Session,
    project_id: uuid.UUID,
    repo_id: uuid.UUID,
    refusals: Collection[Refusal],
    *,
    complete: Collection[str],
    refused_at: datetime,
) -> None:
    """Each refusal in place of an earlier one of the same sha."""
    rows = [
        (
            project_id,
            repo_id,
            refusal.sha,
            refusal.field,
            refusal.reason,
            None if refusal.parents is None else " ".join(refusal.parents),
            refusal.sha in complete,
            refused_at,
        )
        for refusal in refusals
    ]
    forget(session, project_id, repo_id, [refusal.sha for refusal in refusals if refusal.sha])
    insert_rows(session, RefusedCommit, COLUMNS, rows)


def forget(
    session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, shas: Collection[str]
) -> None:
    """The commits were taken after all."""
    if shas:
        session.execute(
            delete(RefusedCommit).where(
                RefusedCommit.project_id == project_id,
                RefusedCommit.repo_id == repo_id,
                among(session, RefusedCommit.sha, shas),
            )
        )
