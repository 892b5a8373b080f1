"""Commits in the order of their key, some at a time: each step of a job is one such read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, select, tuple_
from sqlalchemy.orm import Session

from gitleague.tables.commits import CommitRow

CHUNK = 1000  # commits, which take well under a second to score anew


class Place(NamedTuple):
    """The key of the last commit that was read."""

    sha: str
    repo_id: uuid.UUID

    @classmethod
    def read(cls, kept: list[str] | None) -> Place:
        """As it stands in a job's arguments; where it does not, the place before all commits."""
        return cls(kept[0], uuid.UUID(kept[1])) if kept else cls("", uuid.UUID(int=0))

    def kept(self) -> list[str]:
        return [self.sha, str(self.repo_id)]


def next_commits(
    session: Session,
    project_id: uuid.UUID,
    columns: Iterable[Any],
    chosen: Iterable[ColumnElement[bool]],
    after: Place,
    *,
    limit: int = CHUNK,
) -> tuple[list[Row[Any]], Place]:
    """The rows, which have sha and repo_id before these columns, and where they end."""
    key = (CommitRow.sha, CommitRow.repo_id)
    wanted = (
        select(*key, *columns)
        .where(CommitRow.project_id == project_id, tuple_(*key) > after, *chosen)
        .order_by(*key)
        .limit(limit)
    )
    rows = list(session.execute(wanted))
    return rows, Place(rows[-1].sha, rows[-1].repo_id) if rows else after


def commits_in_chunks(
    session: Session,
    project_id: uuid.UUID,
    columns: Iterable[Any],
    chosen: Iterable[ColumnElement[bool]],
) -> Iterator[list[Row[Any]]]:
    columns, chosen = tuple(columns), tuple(chosen)
    place = Place.read(None)
    while True:
        rows, place = next_commits(session, project_id, columns, chosen, place)
        if not rows:
            return
        yield rows
