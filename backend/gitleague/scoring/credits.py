"""Which rows count, and the one way to change commits that have box scores.

The same change in several branches, forks or repos (same `change_key`) counts once: the reachable
row with the smallest (commit_date, sha, repo), one that was reverted only if all were. It follows
from the rows alone, so the order in which they arrive does not matter. Of a change that an upheld
ruling names none counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import and_, func, select, tuple_, update
from sqlalchemy.orm import Session

from gitleague.core.sets import among
from gitleague.scoring import boxscores
from gitleague.scoring.penalties import penalized
from gitleague.scoring.references import changed_marks, web_around, write_marks
from gitleague.tables.commits import CommitRow


@contextmanager
def changed(
    session: Session,
    project_id: uuid.UUID,
    change_keys: Collection[str],
    *,
    added: Collection[str] = (),
) -> Iterator[None]:
    """Around every change of commits: their points are taken back before and added after.

    `change_keys` are the changes that are settled again; `added` are the shas of new rows that
    are alone in their change and say themselves that they count.
    """
    before = shas_of(session, project_id, change_keys)
    boxscores.take_back(session, project_id, before)
    once_named = web_around(session, project_id, before).named()
    yield
    settled = before | shas_of(session, project_id, change_keys) | set(added)
    web = web_around(session, project_id, settled | once_named)
    marks = changed_marks(session, project_id, web, once_named=once_named)
    marked = {mark.sha for mark in marks}
    # What is reverted from now on, or no longer, may leave its place to a copy, or take it.
    moving = _keys_of(session, project_id, marked) - set(change_keys)
    affected = shas_of(session, project_id, moving) | marked
    boxscores.take_back(session, project_id, affected - settled)
    write_marks(session, project_id, marks)
    _settle(session, project_id, moving | set(change_keys))
    boxscores.add(session, project_id, settled | affected)


def _keys_of(session: Session, project_id: uuid.UUID, shas: Collection[str]) -> set[str]:
    if not shas:
        return set()
    return set(
        session.scalars(
            select(CommitRow.change_key).where(
                CommitRow.project_id == project_id, among(session, CommitRow.sha, shas)
            )
        )
    )


def shas_of(session: Session, project_id: uuid.UUID, change_keys: Collection[str]) -> set[str]:
    if not change_keys:
        return set()
    return set(
        session.scalars(
            select(CommitRow.sha).where(
                CommitRow.project_id == project_id,
                among(session, CommitRow.change_key, change_keys),
            )
        )
    )


def _settle(session: Session, project_id: uuid.UUID, change_keys: Collection[str]) -> None:
    """Of each change, one reachable row counts and no other."""
    if not change_keys:
        return
    of_changes = and_(
        CommitRow.project_id == project_id, among(session, CommitRow.change_key, change_keys)
    )
    order = (CommitRow.is_reverted, CommitRow.commit_date, CommitRow.sha, CommitRow.repo_id)
    nth = func.row_number().over(partition_by=CommitRow.change_key, order_by=order).label("nth")
    reachable = (
        select(CommitRow.sha, CommitRow.repo_id, nth)
        .where(
            of_changes,
            CommitRow.is_reachable,
            CommitRow.change_key.not_in(penalized(session, project_id, change_keys)),
        )
        .subquery()
    )
    firsts = select(reachable.c.sha, reachable.c.repo_id).where(reachable.c.nth == 1)
    row = tuple_(CommitRow.sha, CommitRow.repo_id)
    session.execute(
        update(CommitRow)
        .where(of_changes, CommitRow.counts, row.not_in(firsts))
        .values(counts=False)
    )
    session.execute(
        update(CommitRow)
        .where(CommitRow.project_id == project_id, row.in_(firsts), ~CommitRow.counts)
        .values(counts=True)
    )
