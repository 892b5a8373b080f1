"""Identities change hands. Points go with them by themselves, since box scores are kept per
identity; what depends on who two people are, assists and steals, is settled again.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Select, and_, func, select, union, update
from sqlalchemy.orm import Session, aliased

from gitleague.scoring import totals
from gitleague.scoring.credits import changed
from gitleague.scoring.references import STEM
from gitleague.tables.commits import CoAuthor, CommitReference, CommitRow, Identity


def hand_over(
    session: Session, project_id: uuid.UUID, owners: Mapping[uuid.UUID, uuid.UUID]
) -> None:
    """Gives identities to players. Only under the league's lock."""
    if not owners:
        return
    with changed(session, project_id, _touched(session, project_id, owners)):
        received: defaultdict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        for identity_id, player_id in owners.items():
            received[player_id].append(identity_id)
        totals.mark_players(
            session, project_id, {*_owners_of(session, project_id, owners), *received}
        )
        for player_id, identities in received.items():
            session.execute(
                update(Identity)
                .where(Identity.project_id == project_id, Identity.id.in_(identities))
                .values(player_id=player_id)
                .execution_options(synchronize_session=False)
            )


def _touched(
    session: Session, project_id: uuid.UUID, owners: Mapping[uuid.UUID, uuid.UUID]
) -> set[str]:
    """The changes whose points may depend on whose these identities are."""
    moved = list(owners)
    players = {*_owners_of(session, project_id, moved), *owners.values()}
    keys = union(
        _helped_by(project_id, players), _mending(project_id, moved), _mended(project_id, moved)
    )
    return set(session.scalars(keys))


def _owners_of(
    session: Session, project_id: uuid.UUID, identities: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    owned = select(Identity.player_id).where(
        Identity.project_id == project_id, Identity.id.in_(identities)
    )
    return set(session.scalars(owned))


def _helped_by(project_id: uuid.UUID, players: Collection[uuid.UUID]) -> Select[tuple[str]]:
    """Commits with one of the players among their co-authors."""
    return (
        select(CommitRow.change_key)
        .join(
            CoAuthor,
            and_(
                CoAuthor.project_id == CommitRow.project_id,
                CoAuthor.sha == CommitRow.sha,
                CoAuthor.repo_id == CommitRow.repo_id,
            ),
        )
        .join(
            Identity,
            and_(Identity.project_id == CoAuthor.project_id, Identity.id == CoAuthor.identity_id),
        )
        .where(CommitRow.project_id == project_id, Identity.player_id.in_(players))
    )


def _mending(project_id: uuid.UUID, identities: Collection[uuid.UUID]) -> Select[tuple[str]]:
    """Commits of these authors that fix or revert others."""
    return _naming_others(project_id).where(CommitRow.author_id.in_(identities))


def _mended(project_id: uuid.UUID, identities: Collection[uuid.UUID]) -> Select[tuple[str]]:
    """Commits that may fix or revert one of these authors."""
    mended = aliased(CommitRow)
    named = and_(
        mended.project_id == CommitReference.project_id,
        func.substr(mended.sha, 1, STEM) == CommitReference.stem,
    )
    return _naming_others(project_id).join(mended, named).where(mended.author_id.in_(identities))


def _naming_others(project_id: uuid.UUID) -> Select[tuple[str]]:
    return (
        select(CommitRow.change_key)
        .join(
            CommitReference,
            and_(
                CommitReference.project_id == CommitRow.project_id,
                CommitReference.sha == CommitRow.sha,
                CommitReference.repo_id == CommitRow.repo_id,
            ),
        )
        .where(CommitRow.project_id == project_id)
    )
