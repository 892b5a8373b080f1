"""On which day a commit counts, and how that follows when a league changes its time zone.

Seasons that are closed stay as they were played: their box scores are a version of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Row, select, tuple_, update
from sqlalchemy.orm import Session

from gitleague.projects.leagues import lock_project
from gitleague.scoring.boxscores import rebuild
from gitleague.scoring.rules import rules_in_force
from gitleague.tables.commits import CommitRow

CHUNK = 5000  # commits


def day_of(moment: datetime, *, received_at: datetime, zone: tzinfo) -> date:
    """A moment in the future counts on the day of arrival."""
    known = min(moment, received_at)
    try:
        return known.astimezone(zone).date()
    except OverflowError:  # the first hours of the year 1, west of Greenwich
        return known.date()


def move_days(session: Session, project_id: uuid.UUID) -> None:
    """Every commit to its day in the league's time zone, and the box scores in force after it."""
    zone = lock_project(session, project_id)
    for rows in _chunks(session, project_id):
        moved = [_moved(project_id, row, zone) for row in rows]
        changed = [new for new, row in zip(moved, rows, strict=True) if new["day"] != row.day]
        if changed:
            session.execute(update(CommitRow), changed)
    rebuild(session, project_id, rules_in_force(session, project_id))


def _moved(project_id: uuid.UUID, row: Row[Any], zone: tzinfo) -> dict[str, Any]:
    moment = row.author_date or row.commit_date
    day = day_of(moment, received_at=row.received_at, zone=zone)
    return {"project_id": project_id, "sha": row.sha, "repo_id": row.repo_id, "day": day}


def _chunks(session: Session, project_id: uuid.UUID) -> Iterator[list[Row[Any]]]:
    """In the order of the key, so that what is written is not met again."""
    key = tuple_(CommitRow.sha, CommitRow.repo_id)
    wanted = (
        select(
            CommitRow.sha,
            CommitRow.repo_id,
            CommitRow.author_date,
            CommitRow.commit_date,
            CommitRow.received_at,
            CommitRow.day,
        )
        .where(CommitRow.project_id == project_id)
        .order_by(CommitRow.sha, CommitRow.repo_id)
        .limit(CHUNK)
    )
    last: tuple[Any, ...] = ("", uuid.UUID(int=0))
    while rows := list(session.execute(wanted.where(key > last))):
        yield rows
        last = (rows[-1].sha, rows[-1].repo_id)
