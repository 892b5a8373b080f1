"""Is what the database holds what it has to be? Asked over sets; nothing is changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ForeignKeyConstraint,
    Select,
    and_,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from gitleague.accounts.audit import broken_links
from gitleague.core.sets import count_differing
from gitleague.scoring import boxscores, totals
from gitleague.tables import Table
from gitleague.tables.audit import SERVER
from gitleague.tables.commits import CommitRow, RefusedCommit
from gitleague.tables.projects import Project, Repo, RepoHead

SHORTEST_SHA = 40


class Check(NamedTuple):
    league: str  # its name; empty: of the whole server
    name: str
    wrong: int
    remedy: str

    def __str__(self) -> str:
        whose = f"{self.league}: " if self.league else ""
        return f"{whose}{self.name}: {f'{self.wrong:,} wrong' if self.wrong else 'right'}"


def verify(session: Session) -> list[Check]:
    """In a session that sees one moment."""
    leagues = (check for each in _leagues(session) for check in each)
    return [_orphans(session), *leagues, _log(session)]


def _leagues(session: Session) -> Iterator[Iterator[Check]]:
    # across projects: an operator looks at all of them
    for project_id, name in session.execute(select(Project.id, Project.name)).tuples().all():
        yield _league(session, project_id, name)


def _league(session: Session, project_id: uuid.UUID, league: str) -> Iterator[Check]:
    recompute = f"Run: gitleague recompute --project {project_id}"
    report = "Restore a backup, or push with `gitleague-client sync --full`, and report this."
    yield Check(league, "box scores", boxscores.count_off(session, project_id), recompute)
    yield Check(league, "totals", totals.count_off(session, project_id), recompute)
    twice = _counted_twice(session, project_id)
    yield Check(league, "changes that count once", twice, report)
    yield Check(league, "numbers of commits", _miscounted(session, project_id), report)
    yield Check(league, "ancestry of commits", _gaps(session, project_id), report)
    yield Check(league, "heads", _heads_off(session, project_id), report)


def _log(session: Session) -> Check:
    wrong = {chain: count for chain, count in broken_links(session).items() if count}
    named = ", ".join("the server" if chain == SERVER else str(chain) for chain in wrong)
    remedy = f"Entries were changed, added or removed past the program, of {named}."
    return Check("", "audit log", sum(wrong.values()), remedy)


def _orphans(session: Session) -> Check:
    lost = {
        table.name: sum(
            session.scalar(_pointing_at_nothing(table, key)) or 0
            for key in table.foreign_key_constraints
        )
        for table in Table.metadata.sorted_tables
    }
    named = ", ".join(name for name, rows in lost.items() if rows)
    remedy = f"Rows that others need were deleted past the program: {named}. Restore a backup."
    return Check("", "what rows point at", sum(lost.values()), remedy)


def _pointing_at_nothing(table: SqlTable, key: ForeignKeyConstraint) -> Select[tuple[int]]:
    owner = key.referred_table.alias()
    pairs = [(each.parent, owner.c[each.column.name]) for each in key.elements]
    there = exists().where(*(own == theirs for own, theirs in pairs))
    return (
        select(func.count())
        .select_from(table)
        .where(*(own.is_not(None) for own, _ in pairs), ~there)
    )


def _counted_twice(session: Session, project_id: uuid.UUID) -> int:
    several = (
        select(CommitRow.change_key)
        .where(CommitRow.project_id == project_id, CommitRow.counts)
        .group_by(CommitRow.change_key)
        .having(func.count() > 1)
    )
    return session.scalar(select(func.count()).select_from(several.subquery())) or 0


def _miscounted(session: Session, project_id: uuid.UUID) -> int:
    """Repositories whose number of commits is not that of their rows."""
    rows = (
        select(func.count())
        .where(
            CommitRow.project_id == project_id,
            CommitRow.repo_id == Repo.id,
            CommitRow.is_reachable,
        )
        .scalar_subquery()
    )
    off = select(func.count()).where(Repo.project_id == project_id, Repo.total_commits != rows)
    return session.scalar(off) or 0


def _nodes(project_id: uuid.UUID) -> CTE:
    """Commits that are known with their parents, taken or refused."""
    taken = select(
        CommitRow.repo_id, CommitRow.sha, CommitRow.parents, CommitRow.is_complete
    ).where(
        CommitRow.project_id == project_id,
        CommitRow.is_reachable,
        CommitRow.parents.is_not(None),
    )
    refused = select(
        RefusedCommit.repo_id, RefusedCommit.sha, RefusedCommit.parents, RefusedCommit.is_complete
    ).where(RefusedCommit.project_id == project_id, RefusedCommit.parents.is_not(None))
    return union_all(taken, refused).cte("nodes")


def _edges(session: Session, nodes: CTE) -> Select[Any]:
    """From each complete commit to each of its parents: the shas of a list all have one length."""
    longest = session.scalar(select(func.max(func.length(nodes.c.parents)))) or 0
    numbers = select(literal(0).label("nth")).cte("numbers", recursive=True)
    following = select(numbers.c.nth + 1).where(numbers.c.nth < longest // SHORTEST_SHA)
    numbers = numbers.union_all(following)
    step = func.length(nodes.c.sha) + 1
    parent = func.substr(nodes.c.parents, numbers.c.nth * step + 1, func.length(nodes.c.sha))
    return (
        select(nodes.c.repo_id, parent.label("sha"))
        .join(numbers, numbers.c.nth * step < func.length(nodes.c.parents))
        .where(nodes.c.is_complete)
        .distinct()
    )


def _gaps(session: Session, project_id: uuid.UUID) -> int:
    """Parents that are missing of commits that are said to have their whole ancestry here."""
    nodes = _nodes(project_id)
    parents, known = _edges(session, nodes).subquery(), nodes.alias()
    here = exists().where(
        and_(
            known.c.repo_id == parents.c.repo_id,
            known.c.sha == parents.c.sha,
            known.c.is_complete,
        )
    )
    return session.scalar(select(func.count()).select_from(parents).where(~here)) or 0


def _heads_off(session: Session, project_id: uuid.UUID) -> int:
    nodes = _nodes(project_id)
    complete = select(nodes.c.repo_id, nodes.c.sha).where(nodes.c.is_complete)
    expected = select(complete.except_(_edges(session, nodes)).subquery())
    stored = select(RepoHead.repo_id, RepoHead.sha).where(RepoHead.project_id == project_id)
    return count_differing(session, expected, stored)
