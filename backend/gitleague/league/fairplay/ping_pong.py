"""Reverts of reverts, back and forth."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from gitleague_client.rules.trailers import Relation
from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from gitleague.core.sets import among
from gitleague.league.fairplay.suspects import (
    Flagged,
    Look,
    Named,
    Suspect,
    figures,
    found,
    fresh_commits,
    suspects,
)
from gitleague.tables.commits import CommitReference, CommitRow
from gitleague.tables.fairplay import FairPlayRule

RULE = FairPlayRule.REVERT_PING_PONG


class Chain(NamedTuple):
    """Reverts that go back to one first revert, whose number is 1."""

    first: str
    numbers: dict[str, int]  # of the others

    @property
    def length(self) -> int:
        return max(self.numbers.values())


def ping_pong(session: Session, look: Look) -> list[Flagged]:
    """The first revert of a row stands, as the commit does that it takes back."""
    if not _any_fresh(session, look):
        return []
    limits = look.settings.revert_ping_pong
    taken_back = _reverts_of_reverts(session, look.project_id)
    chains = chains_of(taken_back)
    each = {chain.first: chain for chain in chains.values()}.values()
    long = sorted(sha for chain in each if chain.length >= limits.reverts for sha in chain.numbers)
    wanted = suspects(look, RULE, among(session, CommitRow.sha, long))

    def whose(commit: Suspect) -> tuple[str, str]:
        return chains[commit.sha].first, str(commit.player_id)

    flags = []
    for (_, _), group in groupby(sorted(found(session, wanted), key=whose), key=whose):
        commits = list(group)
        chain = chains[commits[0].sha]
        named = [
            Named(
                commit.sha,
                is_penalized=True,
                evidence={
                    "at": commit.at.isoformat(),
                    "reverts": taken_back[commit.sha],
                    "number": chain.numbers[commit.sha],
                },
            )
            for commit in commits
        ]
        counted = figures(limits, reverts=chain.length, first_revert=chain.first)
        flags.append(Flagged(RULE, commits[0].identity_id, commits[0].day, counted, named))
    return flags


def _any_fresh(session: Session, look: Look) -> bool:
    revert = CommitReference.relation == Relation.REVERTS.value
    return (
        session.scalar(
            select(CommitReference.sha)
            .join(
                CommitRow,
                and_(
                    CommitRow.project_id == CommitReference.project_id,
                    CommitRow.sha == CommitReference.sha,
                    CommitRow.repo_id == CommitReference.repo_id,
                ),
            )
            .where(CommitReference.project_id == look.project_id, revert, *fresh_commits(look))
            .limit(1)
        )
        is not None
    )


def _reverts_of_reverts(session: Session, project_id: uuid.UUID) -> dict[str, str]:
    """What each takes back, where one says so of one commit alone."""
    again, first = aliased(CommitReference), aliased(CommitReference)
    source, target = aliased(CommitRow), aliased(CommitRow)
    revert = Relation.REVERTS.value
    # A range of the key finds what an abbreviation names.
    named = and_(
        target.project_id == again.project_id,
        target.sha >= again.target,
        target.sha < again.target + "g",
        target.sha != again.sha,
    )
    says = and_(
        source.project_id == again.project_id,
        source.sha == again.sha,
        source.repo_id == again.repo_id,
    )
    is_revert = and_(
        first.project_id == target.project_id,
        first.sha == target.sha,
        first.repo_id == target.repo_id,
        first.relation == revert,
    )
    pairs = session.execute(
        select(again.sha, target.sha)
        .distinct()
        .join_from(again, source, says)
        .join(target, named)
        .join(first, is_revert)
        .where(
            again.project_id == project_id,
            again.relation == revert,
            source.is_reachable,
            target.is_reachable,
        )
    )
    targets: defaultdict[str, list[str]] = defaultdict(list)
    for sha, reverted in pairs:
        targets[sha].append(reverted)
    return {sha: reverted[0] for sha, reverted in targets.items() if len(reverted) == 1}


def chains_of(taken_back: Mapping[str, str]) -> dict[str, Chain]:
    """Of each revert of a revert, the chain that it is in. Each is walked over once."""
    chains: dict[str, Chain] = {}
    of_first: dict[str, Chain] = {}
    for sha in taken_back:
        path: dict[str, None] = {}  # from here to the first one that is known
        here = sha
        while here in taken_back and here not in chains and here not in path:
            path[here] = None
            here = taken_back[here]
        # A made-up circle has no first revert: it is cut here.
        chain = chains.get(here) or of_first.setdefault(here, Chain(here, {}))
        number = chain.numbers.get(here, 1)
        for each in reversed(path):
            number += 1
            chain.numbers[each] = number
            chains[each] = chain
    return chains
