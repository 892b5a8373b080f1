"""Heads: the newest commits whose whole ancestry is here, which the client need not send again.

A commit is complete when it came with its parents and each of them is complete, taken or refused.
Heads are the complete commits that are no parent of a complete one.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeAlias

from sqlalchemy import delete, select, union_all, update
from sqlalchemy.orm import Session

from gitleague.core.sets import among, insert_rows
from gitleague.tables.commits import CommitRow, RefusedCommit
from gitleague.tables.projects import RepoHead

Parents: TypeAlias = Mapping[str, Collection[str]]


class Growth(NamedTuple):
    """What becomes complete by the arrival of some commits."""

    complete: set[str]  # of the commits that arrive
    filled: set[str]  # of those that waited for them
    heads: set[str]  # to be
    no_heads: set[str]  # any more


def grow(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, arriving: Parents) -> Growth:
    """How the ancestry grows; nothing is written yet."""
    waiting = _waiting(session, project_id, repo_id)
    nodes = {**waiting, **arriving}
    outside = {parent for parents in nodes.values() for parent in parents} - nodes.keys()
    known = complete_in(session, CommitRow, project_id, repo_id, outside)
    # An arriving commit may have been refused before, and passed by heads since.
    known |= complete_in(session, RefusedCommit, project_id, repo_id, outside | arriving.keys())
    complete = completed(nodes, known)
    new = complete - known
    inner = {parent for sha in new for parent in nodes[sha]}
    return Growth(
        complete=complete & arriving.keys(),
        filled=complete & (waiting.keys() - arriving.keys()),
        heads=new - inner,
        no_heads=inner - new,
    )


def completed(nodes: Parents, known: Collection[str]) -> set[str]:
    """The nodes whose ancestry leads to `known` and to roots only."""
    missing: dict[str, int] = {}
    children: dict[str, list[str]] = defaultdict(list)
    complete: set[str] = set()
    ready: list[str] = []
    for sha, parents in nodes.items():
        absent = {parent for parent in parents if parent not in complete and parent not in known}
        if not absent or sha in known:
            complete.add(sha)
            ready.append(sha)
            continue
        missing[sha] = len(absent)
        for parent in absent:
            children[parent].append(sha)
    while ready:
        for child in children.pop(ready.pop(), ()):
            missing[child] -= 1
            if missing[child] == 0:
                complete.add(child)
                ready.append(child)
    return complete


def record(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, growth: Growth) -> None:
    """Writes what the growth says of commits that were here before, and the heads."""
    for table in (CommitRow, RefusedCommit) if growth.filled else ():
        session.execute(
            update(table)
            .where(
                table.project_id == project_id,
                table.repo_id == repo_id,
                among(session, table.sha, growth.filled),
            )
            .values(is_complete=True)
        )
    move_heads(session, project_id, repo_id, out=growth.no_heads, into=growth.heads)


def move_heads(
    session: Session,
    project_id: uuid.UUID,
    repo_id: uuid.UUID,
    *,
    out: Collection[str],
    into: Collection[str],
) -> None:
    if out:
        session.execute(
            delete(RepoHead).where(
                RepoHead.project_id == project_id,
                RepoHead.repo_id == repo_id,
                among(session, RepoHead.sha, out),
            )
        )
    rows = [(project_id, repo_id, sha) for sha in into]
    insert_rows(session, RepoHead, ("project_id", "repo_id", "sha"), rows)


def heads_of(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> list[str]:
    found = session.scalars(
        select(RepoHead.sha)
        .where(RepoHead.project_id == project_id, RepoHead.repo_id == repo_id)
        .order_by(RepoHead.sha)
    )
    return list(found)


def _waiting(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> dict[str, list[str]]:
    """Commits with a gap in their ancestry: none as long as parents are sent before children."""
    taken = select(CommitRow.sha, CommitRow.parents).where(
        CommitRow.project_id == project_id,
        CommitRow.repo_id == repo_id,
        CommitRow.parents.is_not(None),
        ~CommitRow.is_complete,
        CommitRow.is_reachable,
    )
    refused = select(RefusedCommit.sha, RefusedCommit.parents).where(
        RefusedCommit.project_id == project_id,
        RefusedCommit.repo_id == repo_id,
        RefusedCommit.parents.is_not(None),
        ~RefusedCommit.is_complete,
    )
    found = session.execute(union_all(taken, refused))
    return {sha: (parents or "").split() for sha, parents in found}


def complete_in(
    session: Session,
    table: type[CommitRow | RefusedCommit],
    project_id: uuid.UUID,
    repo_id: uuid.UUID,
    shas: Collection[str],
) -> set[str]:
    if not shas:
        return set()
    found = session.scalars(
        select(table.sha).where(
            table.project_id == project_id,
            table.repo_id == repo_id,
            among(session, table.sha, shas),
            table.is_complete,
        )
    )
    return set(found)
