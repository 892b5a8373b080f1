"""Identities go from player to player, and back: every move is written down and can be undone."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.league.cards import PlayerRow, player_of
from gitleague.league.identities import states
from gitleague.league.identities.days import carry, forget_carried
from gitleague.league.identities.heirs import Handed, heirs
from gitleague.league.identities.members import follow_claims
from gitleague.league.identities.states import NAME, State
from gitleague.league.people.erasure import refuse_erased
from gitleague.league.periods import wrong
from gitleague.projects.leagues import lock_project
from gitleague.scoring.ownership import hand_over
from gitleague.tables.accounts import User
from gitleague.tables.commits import Identity, Player
from gitleague.tables.identities import ChangeKind, IdentityChange


class Move(NamedTuple):
    identity: uuid.UUID
    name: str
    email: str
    before: uuid.UUID  # players
    after: uuid.UUID


class Rename(NamedTuple):
    player_id: uuid.UUID
    before: str
    after: str


class ChangeRow(NamedTuple):
    id: uuid.UUID
    kind: str
    moves: list[Move]
    states: list[State]
    created_by: str | None  # address
    created_at: datetime
    undone_at: datetime | None

    @property
    def renames(self) -> list[Rename]:
        return [
            Rename(each.player, each.before, each.after)
            for each in self.states
            if each.column == NAME
        ]


def merge_players(
    session: Session, into: uuid.UUID, others: Collection[uuid.UUID], *, by: Membership
) -> ChangeRow:
    """All identities of the others belong to one player from now on."""
    lock_project(session, by.project_id)
    target = player_of(session, by.project_id, into)
    if into in others:
        raise wrong("players", "A player cannot be merged with themself.")
    for other in others:
        player_of(session, by.project_id, other, field="players")
    refuse_erased(session, by.project_id, {into, *others})
    owners = dict.fromkeys(_identities_of(session, by.project_id, others), into)
    if not owners:
        raise Conflict("These players have no identities left: they were merged before.")
    change = move(session, owners, ChangeKind.MERGE, by=by)
    _record(session, Action.PLAYERS_MERGED, target.name, by, change)
    return change


def split_player(
    session: Session,
    identities: Collection[uuid.UUID],
    *,
    of: uuid.UUID | None = None,
    name: str = "",
    by: Membership,
) -> ChangeRow:
    """These identities of one player become a player of their own; `of` where one was named."""
    lock_project(session, by.project_id)
    found = session.execute(
        select(Identity.id, Identity.name, Identity.player_id)
        .where(Identity.project_id == by.project_id, Identity.id.in_(identities))
        .order_by(Identity.created_at, Identity.name)
    ).all()
    players = {row.player_id for row in found}
    if len(found) < len(set(identities)) or of not in {None, *players}:
        message = "There is no such identity in this league."
        raise NotFound(message, errors=[{"field": "identities", "message": message}])
    refuse_erased(session, by.project_id, players)
    if len(players) > 1:
        raise wrong("identities", "These identities belong to several players already.")
    if len(found) == len(_identities_of(session, by.project_id, players)):
        raise Conflict("These are all identities of the player: nobody would be left.")
    player = _new_player(session, by.project_id, name or found[0].name)
    owners = dict.fromkeys((row.id for row in found), player.id)
    change = move(session, owners, ChangeKind.SPLIT, by=by)
    _record(session, Action.PLAYER_SPLIT, player.name, by, change)
    return change


def undo(session: Session, change_id: uuid.UUID, *, by: Membership) -> ChangeRow:
    """Each identity goes back to where it was, and so does what went along: `references` has the
    rules. Undoing twice is no error.
    """
    lock_project(session, by.project_id)
    change = get_change(session, by.project_id, change_id)
    if change.undone_at:
        return change
    owners = dict(
        session.execute(
            select(Identity.id, Identity.player_id).where(
                Identity.project_id == by.project_id,
                Identity.id.in_([each.identity for each in change.moves]),
            )
        )
        .tuples()
        .all()
    )
    refuse_erased(
        session, by.project_id, {*owners.values(), *(each.before for each in change.moves)}
    )
    for each in change.moves:
        if owners.get(each.identity) != each.after:
            raise Conflict(f"{each.name} <{each.email}> was moved again. Undo that first.")
    hand_over(session, by.project_id, {each.identity: each.before for each in change.moves})
    forget_carried(session, by.project_id, change_id)
    states.take_back(session, by.project_id, change.states)
    back = [Handed(each.after, each.before) for each in change.moves]
    left = [each for each in heirs(session, by.project_id, back) if each.has_all]
    states.hand_on(session, by.project_id, left)
    follow_claims(session, {player for pair in back for player in pair}, by=by)
    session.execute(
        update(IdentityChange)
        .where(IdentityChange.project_id == by.project_id, IdentityChange.id == change_id)
        .values(undone_at=now())
    )
    _record(session, Action.IDENTITIES_RESTORED, change.kind, by, change)
    return get_change(session, by.project_id, change_id)


def move(
    session: Session,
    owners: Mapping[uuid.UUID, uuid.UUID],
    kind: ChangeKind,
    *,
    names: Mapping[uuid.UUID, str] | None = None,
    by: Membership,
) -> ChangeRow:
    """Under the league's lock. What stays where it is is no part of the change.

    `names` are those that players get with it.
    """
    rows = session.execute(
        select(Identity.id, Identity.name, Identity.email, Identity.player_id)
        .where(Identity.project_id == by.project_id, Identity.id.in_(owners))
        .order_by(Identity.name, Identity.email)
    )
    moves = [
        Move(row.id, row.name, row.email, row.player_id, owners[row.id])
        for row in rows
        if row.player_id != owners[row.id]
    ]
    hand_over(session, by.project_id, {each.identity: each.after for each in moves})
    change = IdentityChange(
        id=uuid.uuid4(),
        project_id=by.project_id,
        kind=kind.value,
        moves=[_packed(each) for each in moves],
        created_by=by.caller.user_id,
        created_at=now(),
    )
    session.add(change)
    session.flush()  # read back by whoever shows it; stints point at it
    handed = [Handed(each.before, each.after) for each in moves]
    receiving = heirs(session, by.project_id, handed)
    carry(session, by.project_id, change.id, receiving)
    done = states.hand_on(session, by.project_id, receiving)
    done += states.rename(session, by.project_id, names or {})
    change.states = states.packed(done)
    session.flush()  # read back below
    follow_claims(session, {player for pair in handed for player in pair}, by=by)
    return get_change(session, by.project_id, change.id)


def get_change(session: Session, project_id: uuid.UUID, change_id: uuid.UUID) -> ChangeRow:
    row = session.execute(
        select(*_COLUMNS)
        .outerjoin(User, User.id == IdentityChange.created_by)
        .where(IdentityChange.project_id == project_id, IdentityChange.id == change_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such change in this league.")
    return _row(row)


def list_changes(
    session: Session, project_id: uuid.UUID, paging: Paging
) -> tuple[list[ChangeRow], int]:
    """The newest first."""
    of_project = IdentityChange.project_id == project_id
    rows = session.execute(
        select(*_COLUMNS)
        .outerjoin(User, User.id == IdentityChange.created_by)
        .where(of_project)
        .order_by(IdentityChange.created_at.desc(), IdentityChange.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).select_from(IdentityChange).where(of_project)) or 0
    return [_row(row) for row in rows], total


_COLUMNS = (
    IdentityChange.id,
    IdentityChange.kind,
    IdentityChange.moves,
    IdentityChange.states,
    User.email,
    IdentityChange.created_at,
    IdentityChange.undone_at,
)


def _row(row: Any) -> ChangeRow:
    change_id, kind, moves, kept, *rest = row
    return ChangeRow(
        change_id, kind, [_unpacked(each) for each in moves], states.unpacked(kept), *rest
    )


def _packed(each: Move) -> dict[str, str]:
    return {name: str(value) for name, value in each._asdict().items()}


def _unpacked(packed: Mapping[str, str]) -> Move:
    ids = {name: uuid.UUID(packed[name]) for name in ("identity", "before", "after")}
    return Move(name=packed["name"], email=packed["email"], **ids)


def _identities_of(
    session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]
) -> list[uuid.UUID]:
    return list(
        session.scalars(
            select(Identity.id).where(
                Identity.project_id == project_id, Identity.player_id.in_(players)
            )
        )
    )


def _new_player(session: Session, project_id: uuid.UUID, name: str) -> PlayerRow:
    player = Player(
        id=uuid.uuid4(), project_id=project_id, name=name, is_bot=False, created_at=now()
    )
    session.add(player)
    session.flush()  # the identities point at it
    return player_of(session, project_id, player.id)


def _record(
    session: Session, action: Action, subject: str, by: Membership, change: ChangeRow
) -> None:
    audit.record(
        session,
        action,
        subject,
        caller=by.caller,
        project_id=by.project_id,
        details={
            "change": str(change.id),
            "identities": [f"{each.name} <{each.email}>" for each in change.moves],
        },
    )
