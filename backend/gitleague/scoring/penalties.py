"""Commits that count for nothing, since a ruling that names them was upheld."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from gitleague.core.sets import among
from gitleague.jobs import queue
from gitleague.tables.commits import CommitRow
from gitleague.tables.fairplay import Ruling, RulingCommit, RulingState

LOOK = "referee:look"
# The batches of one push are looked at together, and those of a very long one now and then.
SOON, AT_MOST = timedelta(seconds=15), timedelta(minutes=5)


def ask_referee(session: Session, project_id: uuid.UUID) -> None:
    """To look at what has come. Only under the league's lock."""
    queue.enqueue_once(session, LOOK, project_id=project_id, wait=SOON, at_most=AT_MOST)


def penalized(
    session: Session, project_id: uuid.UUID, change_keys: Collection[str]
) -> Select[tuple[str]]:
    """Of these changes, those of which nothing counts: a copy is no way around a ruling."""
    named = aliased(CommitRow)
    return select(named.change_key).where(
        named.project_id == project_id,
        among(session, named.change_key, change_keys),
        named.sha.in_(_named_by_upheld(project_id)),
    )


def penalized_shas(session: Session, project_id: uuid.UUID) -> list[str]:
    """All commits that count for nothing, copies too."""
    named = aliased(CommitRow)
    changes = select(named.change_key).where(
        named.project_id == project_id, named.sha.in_(_named_by_upheld(project_id))
    )
    shas = select(CommitRow.sha).where(
        CommitRow.project_id == project_id, CommitRow.change_key.in_(changes)
    )
    return list(session.scalars(shas.distinct().order_by(CommitRow.sha)))


def _named_by_upheld(project_id: uuid.UUID) -> Select[tuple[str]]:
    return (
        select(RulingCommit.sha)
        .join(
            Ruling,
            and_(Ruling.project_id == RulingCommit.project_id, Ruling.id == RulingCommit.ruling_id),
        )
        .where(
            RulingCommit.project_id == project_id,
            RulingCommit.is_penalized,
            Ruling.state == RulingState.UPHELD.value,
        )
    )
