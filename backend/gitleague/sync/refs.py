"""The end of a sync: where the branches stand, and which commits none of them reaches any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, union_all, update
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action, record
from gitleague.accounts.caller import Caller
from gitleague.core.sets import among, insert_rows
from gitleague.projects.happenings import tell
from gitleague.projects.leagues import lock_project
from gitleague.projects.repos import RepoRow
from gitleague.scoring.credits import changed
from gitleague.sync import refusals
from gitleague.sync.heads import complete_in, move_heads
from gitleague.tables.commits import CommitRow, RefusedCommit
from gitleague.tables.outside import Event
from gitleague.tables.projects import Repo, RepoStatus, RepoTip

STREAM = 10_000  # rows at a time: a repo may hold millions


class Tip(NamedTuple):
    name: str
    sha: str


def end_sync(
    session: Session,
    repo: RepoRow,
    tips: Collection[Tip],
    pruned: Collection[str],
    *,
    caller: Caller | None,
    received_at: datetime,
) -> int:
    """Keeps the tips, prunes what is no ancestor of anything kept; returns how many were pruned."""
    lock_project(session, repo.project_id)
    _keep_tips(session, repo, tips, received_at)
    gone = _prune(session, repo, set(pruned) - {tip.sha for tip in tips}) if pruned else 0
    session.execute(
        update(Repo)
        .where(Repo.project_id == repo.project_id, Repo.id == repo.id)
        .values(
            total_commits=Repo.total_commits - gone,
            last_sync_at=received_at,
            status=RepoStatus.HEALTHY.value,
            error_message=None,
        )
        .execution_options(synchronize_session=False)
    )
    told = {"repo": {"id": str(repo.id), "name": repo.name}, "pruned": gone}
    tell(session, repo.project_id, Event.SYNC_DONE, told)
    if gone:
        record(
            session,
            Action.COMMITS_PRUNED,
            str(repo.id),
            caller=caller,
            project_id=repo.project_id,
            details={"pruned": gone},
        )
    return gone


def tips_told_at(session: Session, repo: RepoRow) -> datetime | None:
    """When the client last said where the branches stand."""
    return session.scalar(
        select(func.max(RepoTip.seen_at)).where(
            RepoTip.project_id == repo.project_id, RepoTip.repo_id == repo.id
        )
    )


def _keep_tips(
    session: Session, repo: RepoRow, tips: Collection[Tip], received_at: datetime
) -> None:
    session.execute(
        delete(RepoTip).where(RepoTip.project_id == repo.project_id, RepoTip.repo_id == repo.id)
    )
    by_name = {tip.name: tip.sha for tip in tips}
    rows = [(repo.project_id, repo.id, *tip, received_at) for tip in by_name.items()]
    insert_rows(session, RepoTip, ("project_id", "repo_id", "name", "sha", "seen_at"), rows)


def _prune(session: Session, repo: RepoRow, asked: Collection[str]) -> int:
    of_repo = (repo.project_id, repo.id)
    asked_parents = dict(_ancestry(session, repo, only=asked))
    pruned, bared = unreached(asked_parents, _kept(session, repo, asked_parents))
    if not pruned:
        return 0
    rows = (
        CommitRow.project_id == repo.project_id,
        CommitRow.repo_id == repo.id,
        among(session, CommitRow.sha, pruned),
        CommitRow.is_reachable,
    )
    found = session.execute(select(CommitRow.sha, CommitRow.change_key).where(*rows)).all()
    with changed(session, repo.project_id, {key for _, key in found}):
        session.execute(
            update(CommitRow)
            .where(*rows)
            .values(is_reachable=False, is_complete=False)
            .execution_options(synchronize_session=False)
        )
    refusals.forget(session, *of_repo, pruned)
    bared &= complete_in(session, CommitRow, *of_repo, bared) | complete_in(
        session, RefusedCommit, *of_repo, bared
    )
    move_heads(session, *of_repo, out=pruned, into=bared)
    return len(found)


def unreached(
    asked: Mapping[str, Collection[str]], kept: Iterator[tuple[str, list[str]]]
) -> tuple[set[str], set[str]]:
    """Of the commits asked for, those that nothing kept descends from; and their parents without
    another child, which may be heads again.
    """
    candidates = {parent for parents in asked.values() for parent in parents}
    with_child: set[str] = set()
    for _, parents in kept:
        with_child.update(candidates.intersection(parents))
        with_child.update(asked.keys() & set(parents))
    reached = [sha for sha in with_child if sha in asked]
    pruned = set(asked)
    while reached:
        sha = reached.pop()
        if sha in pruned:
            pruned.remove(sha)
            with_child.update(asked[sha])
            reached.extend(asked[sha])
    bared = {parent for sha in pruned for parent in asked[sha]} - pruned - with_child
    return pruned, bared


def _kept(
    session: Session, repo: RepoRow, asked: Mapping[str, object]
) -> Iterator[tuple[str, list[str]]]:
    return (each for each in _ancestry(session, repo) if each[0] not in asked)


def _ancestry(
    session: Session, repo: RepoRow, *, only: Collection[str] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Each commit that stands in the repo, taken or refused, with its parents."""
    taken = select(CommitRow.sha, CommitRow.parents).where(
        CommitRow.project_id == repo.project_id,
        CommitRow.repo_id == repo.id,
        CommitRow.is_reachable,
    )
    refused = select(RefusedCommit.sha, RefusedCommit.parents).where(
        RefusedCommit.project_id == repo.project_id, RefusedCommit.repo_id == repo.id
    )
    if only is not None:
        taken = taken.where(among(session, CommitRow.sha, only))
        refused = refused.where(among(session, RefusedCommit.sha, only))
    found = session.execute(union_all(taken, refused).execution_options(yield_per=STREAM))
    for sha, parents in found:
        yield sha, (parents or "").split()
