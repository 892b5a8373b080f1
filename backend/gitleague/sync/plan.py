"""What a batch means beside what is here: what is new, what is known, what is one change."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gitleague_client.commit import Commit
from sqlalchemy import select
from sqlalchemy.orm import Session

from gitleague.core.sets import among, listed
from gitleague.sync.batch import Batch, Refusal
from gitleague.sync.change_keys import ChangeKeys
from gitleague.tables.commits import CommitRow


class Here(NamedTuple):
    """A row of the project that has the sha of an arriving commit."""

    sha: str
    repo_id: uuid.UUID
    change_key: str
    has_parents: bool
    is_reachable: bool


@dataclass
class Plan:
    fresh: dict[str, Commit] = field(default_factory=dict)
    replaced: dict[str, Here] = field(default_factory=dict)  # rows to be written anew
    skipped: list[str] = field(default_factory=list)
    written: dict[str, Commit] = field(default_factory=dict)  # the fresh and the replaced
    refused: dict[str, Refusal] = field(default_factory=dict)  # those to remember, by sha
    change_keys: dict[str, str] = field(default_factory=dict)  # of what is written, by sha
    rekeyed: dict[str, str] = field(default_factory=dict)  # rows elsewhere: sha -> new key
    settling: set[str] = field(default_factory=set)  # changes that have other rows as well

    @property
    def inserted(self) -> int:
        """New to the standings: pruned commits that are back included."""
        back = sum(not row.is_reachable for row in self.replaced.values())
        return len(self.fresh) + back


def plan_for(
    session: Session,
    project_id: uuid.UUID,
    repo_id: uuid.UUID,
    batch: Batch,
    keys: ChangeKeys,
) -> Plan:
    plan = Plan()
    refused = {refusal.sha: refusal for refusal in batch.refusals if refusal.sha}
    shas = {commit.sha for commit in batch.commits} | refused.keys()
    mine: dict[str, Here] = {}
    elsewhere: dict[str, list[Here]] = defaultdict(list)
    for row in _rows_here(session, project_id, shas):
        if row.repo_id == repo_id:
            mine[row.sha] = row
        else:
            elsewhere[row.sha].append(row)
    for commit in batch.commits:
        _sort(plan, commit, mine.get(commit.sha))
    taken = plan.written.keys() | mine.keys()
    plan.refused = {sha: refusal for sha, refusal in refused.items() if sha not in taken}
    _key(plan, elsewhere, keys)
    plan.settling |= _keys_here(session, project_id, set(plan.change_keys.values()))
    return plan


def _sort(plan: Plan, commit: Commit, row: Here | None) -> None:
    """A row that came without parents, or was pruned since, is written anew from what came now."""
    if commit.sha in plan.written:
        plan.skipped.append(commit.sha)
    elif row is None:
        plan.fresh[commit.sha] = plan.written[commit.sha] = commit
    elif not row.is_reachable or (commit.parents is not None and not row.has_parents):
        plan.replaced[commit.sha] = row
        plan.written[commit.sha] = commit
        if row.is_reachable:
            plan.skipped.append(commit.sha)
    else:
        plan.skipped.append(commit.sha)


def _key(plan: Plan, elsewhere: Mapping[str, Sequence[Here]], keys: ChangeKeys) -> None:
    """All rows of a sha are one change: under the smallest key given, else the sha."""
    for sha, commit in plan.written.items():
        rows = [*elsewhere.get(sha, ())]
        old = plan.replaced.get(sha)
        given = {keys.of(commit) or sha, *(row.change_key for row in rows)}
        if old:
            given.add(old.change_key)
        key = min(given - {sha}, default=sha)
        plan.change_keys[sha] = key
        if old:  # also under another key: a ruling that names it holds still
            plan.settling |= {old.change_key, key}
        moved = {row.change_key for row in rows} - {key}
        if moved:
            plan.rekeyed[sha] = key
            plan.settling |= moved | {key}
    times = Counter(plan.change_keys.values())
    if len(times) < len(plan.change_keys):
        plan.settling |= {key for key, count in times.items() if count > 1}


def _rows_here(session: Session, project_id: uuid.UUID, shas: Iterable[str]) -> list[Here]:
    found = session.execute(
        select(
            CommitRow.sha,
            CommitRow.repo_id,
            CommitRow.change_key,
            CommitRow.parents.is_not(None),
            CommitRow.is_reachable,
        ).where(CommitRow.project_id == project_id, among(session, CommitRow.sha, shas))
    )
    return [Here(*row) for row in found]


def _keys_here(session: Session, project_id: uuid.UUID, keys: Iterable[str]) -> set[str]:
    key = listed(session, keys)
    # One step down an index each. All at once, PostgreSQL could read the project whole.
    here = select(CommitRow.change_key).where(
        CommitRow.project_id == project_id, CommitRow.change_key == key
    )
    found = select(key).where(here.limit(1).scalar_subquery().is_not(None))
    return set(session.scalars(found))
