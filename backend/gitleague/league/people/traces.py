"""All that a league holds on a person: their rows, and the names and addresses they go by.

Which rows are theirs is told by the foreign keys of the tables, so that a new table is met too.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from typing import NamedTuple

from gitleague_client.rules.people import address_of
from sqlalchemy import Column, ColumnElement, and_, exists, or_, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action
from gitleague.tables.accounts import User
from gitleague.tables.audit import AuditEntry
from gitleague.tables.commits import Identity, Player
from gitleague.tables.identities import Claim, ClaimState, IdentityChange
from gitleague.tables.projects import Member


class Person(NamedTuple):
    project_id: uuid.UUID
    player_id: uuid.UUID
    players: frozenset[uuid.UUID]  # the player, and those who were merged into them
    identities: frozenset[uuid.UUID]
    users: frozenset[uuid.UUID]
    names: frozenset[str]
    addresses: frozenset[str]
    pairs: frozenset[tuple[str, str]]  # as git gave them

    @property
    def words(self) -> frozenset[str]:
        return self.names | self.addresses


def person_behind(session: Session, project_id: uuid.UUID, player_id: uuid.UUID) -> Person:
    known = session.execute(
        select(Identity.id, Identity.name, Identity.email, Identity.address).where(
            Identity.project_id == project_id, Identity.player_id == player_id
        )
    ).all()
    identities = frozenset(row.id for row in known)
    players = {player_id, *_merged_into(session, project_id, identities)}
    called = session.scalars(
        select(Player.name).where(Player.project_id == project_id, Player.id.in_(players))
    )
    addresses = {word for row in known for word in (row.email, row.address)}
    users = _users(session, project_id, players, addresses)
    addresses |= {email for _, email, _ in users} | _claimed(session, project_id, users)
    names = {row.name for row in known} | {*called} | {name for _, _, name in users}
    return Person(
        project_id,
        player_id,
        frozenset(players),
        identities,
        frozenset(user_id for user_id, _, _ in users),
        frozenset(_once_called(session, project_id, names) - {""}),
        frozenset(address for address in addresses if "@" in address),
        frozenset((row.name, row.email) for row in known),
    )


# What belongs to a row that is theirs.
OWNED = {"ruling_commits": ("ruling_id", "rulings")}


def ties(table: SqlTable, person: Person) -> Iterator[tuple[Column[object], ColumnElement[bool]]]:
    """Each column of a table that can point at a person, and when it points at this one."""
    if table.name in OWNED:
        column_name, owner_name = OWNED[table.name]
        column, owner = table.c[column_name], table.metadata.tables[owner_name]
        theirs_of_owner = [tie for key, tie in ties(owner, person) if key.name == "identity_id"]
        owned = select(owner.c.id).where(
            owner.c.project_id == person.project_id, or_(*theirs_of_owner)
        )
        yield column, column.in_(owned)
        return
    theirs = {
        "players": person.players,
        "identities": person.identities,
        "users": person.users,
    }
    own = theirs.get(table.name)
    if own is not None:
        yield table.c.id, table.c.id.in_(own)
        return
    for column in table.columns:
        for key in column.foreign_keys:
            found = theirs.get(key.column.table.name)
            if found is not None and key.column.name == "id":
                yield column, column.in_(found)


def _merged_into(
    session: Session, project_id: uuid.UUID, identities: frozenset[uuid.UUID]
) -> set[uuid.UUID]:
    """Players whose identities are now among these, and who have none left."""
    moves = session.scalars(
        select(IdentityChange.moves).where(IdentityChange.project_id == project_id)
    )
    told = {str(identity) for identity in identities}
    before = {
        uuid.UUID(move[side])
        for each in moves
        for move in each
        if move["identity"] in told
        for side in ("before", "after")
    }
    has_some = exists().where(
        Identity.project_id == Player.project_id, Identity.player_id == Player.id
    )
    return set(
        session.scalars(
            select(Player.id).where(
                Player.project_id == project_id, Player.id.in_(before), ~has_some
            )
        )
    )


def _users(
    session: Session,
    project_id: uuid.UUID,
    players: Collection[uuid.UUID],
    addresses: Collection[str],
) -> list[tuple[uuid.UUID, str, str]]:
    """The member who claimed the player, and members who sign in with an address of theirs."""
    told = {address_of(each) for each in addresses} - {""}
    is_member = exists().where(Member.project_id == project_id, Member.user_id == User.id)
    plays = exists().where(Player.project_id == project_id, Player.user_id == User.id)
    is_them = plays.where(Player.id.in_(players))
    rows = session.execute(
        select(User.id, User.email, User.display_name).where(
            or_(is_them, and_(User.email.in_(told), is_member, ~plays))
        )
    )
    return [(user_id, email, name) for user_id, email, name in rows]


def _claimed(
    session: Session, project_id: uuid.UUID, users: list[tuple[uuid.UUID, str, str]]
) -> set[str]:
    return set(
        session.scalars(
            select(Claim.address).where(
                Claim.project_id == project_id,
                Claim.user_id.in_([user_id for user_id, _, _ in users]),
                Claim.state == ClaimState.APPROVED.value,
            )
        )
    )


def _once_called(session: Session, project_id: uuid.UUID, names: set[str]) -> set[str]:
    """These names, and those that commissioners gave or took: the log alone still knows them."""
    renames = list(_renames(session, project_id))
    found = set(names)
    while True:
        more = {name for pair in renames if found & set(pair) for name in pair} - found
        if not more:
            return found
        found |= more


def _renames(session: Session, project_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    actions = (Action.PLAYER_CHANGED.value, Action.MAILMAP_IMPORTED.value)
    logged = session.scalars(
        select(AuditEntry.details).where(
            AuditEntry.project_id == project_id, AuditEntry.action.in_(actions)
        )
    )
    for details in logged:
        pairs = [details["name"]] if "name" in details else details.get("renames", [])
        yield from ((before, after) for before, after in pairs)
