"""A person is taken out of a league, for good: their numbers stay, under a number.

What is theirs is found by the keys of the tables; what others wrote about them, in the log and in
messages, by their names and addresses.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any, NamedTuple

from gitleague_client.reading import Named
from gitleague_client.rules.change_keys import KEYED
from gitleague_client.rules.people import address_of
from sqlalchemy import (
    JSON,
    Column,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.errors import Conflict
from gitleague.core.sets import table_of
from gitleague.league.people.standing import person_of
from gitleague.league.people.sweep import sweep
from gitleague.league.people.traces import Person, person_behind, ties
from gitleague.league.periods import wrong
from gitleague.projects.erased import Marker, Names, marker_of
from gitleague.projects.leagues import lock_project
from gitleague.projects.members import keep_a_commissioner
from gitleague.scoring.players import fingerprint
from gitleague.tables import Table
from gitleague.tables.accounts import User
from gitleague.tables.audit import AuditEntry
from gitleague.tables.commits import CommitRow, ErasedMark, Identity, Player
from gitleague.tables.identities import Claim, IdentityChange
from gitleague.tables.projects import Invitation, Member
from gitleague.tables.seasons import Absence

TITLES = frozenset({"title", "message_title", "message", "message_body"})


class Erased(NamedTuple):
    player_id: uuid.UUID
    name: str
    commits: int
    accounts: int  # that were in no other league, and went too


def erase(session: Session, player_id: uuid.UUID, *, confirm: str, by: Membership) -> Erased:
    """Raises Invalid where `confirm` is not the player's name, Conflict for the erased."""
    lock_project(session, by.project_id)
    row = person_of(session, by.project_id, player_id)
    if row.is_erased:
        raise Conflict("This player was erased already. That cannot be undone.")
    if confirm.strip() != row.name.strip():
        raise wrong(
            "confirm",
            "Send the player's name exactly as the league has it. Erasing cannot be undone.",
        )
    person = person_behind(session, by.project_id, player_id)
    keep_a_commissioner(session, by.project_id, person.users)
    shared = _shared(session, person)
    marker = marker_of(session, by.project_id)
    instead = marker.stand_in(_next_number(session, by.project_id), player_id)
    _remember(session, person, shared, marker)
    commits = _forget_commits(session, person, instead)
    _forget_changes(session, person, marker)
    _forget_rows(session, person)
    _forget_log(session, person)
    _rename(session, person, instead)
    accounts = _forget_accounts(session, person)
    sweep(session, by.project_id, Names(person.words - shared, instead.name))
    is_own = by.caller.user_id in person.users
    audit.record(
        session,
        Action.PLAYER_ERASED,
        instead.name,
        caller=None if is_own else by.caller,
        project_id=by.project_id,
        details={"player": str(player_id), "commits": commits, "accounts": accounts},
    )
    return Erased(player_id, instead.name, commits, accounts)


def refuse_erased(session: Session, project_id: uuid.UUID, players: set[uuid.UUID]) -> None:
    """Raises Conflict: nothing joins an erased player with anybody, or takes it apart."""
    found = session.scalar(
        select(Player.name)
        .where(
            Player.project_id == project_id,
            Player.id.in_(players),
            Player.erased_number.is_not(None),
        )
        .limit(1)
    )
    if found:
        raise Conflict(f"{found} stays as it is: a player who was erased cannot be brought back.")


def _shared(session: Session, person: Person) -> set[str]:
    """Addresses that another player has too: they stay that player's."""
    told = {address_of(each): each for each in person.addresses}
    theirs = set(
        session.scalars(
            select(Identity.address).where(
                Identity.project_id == person.project_id,
                Identity.address.in_(told.keys() - {""}),
                Identity.player_id.not_in(person.players),
            )
        )
    )
    return {each for each in person.addresses if address_of(each) in theirs}


def _next_number(session: Session, project_id: uuid.UUID) -> int:
    last = session.scalar(
        select(func.max(Player.erased_number)).where(Player.project_id == project_id)
    )
    return (last or 0) + 1


def _remember(session: Session, person: Person, shared: set[str], marker: Marker) -> None:
    """How a later push knows them again."""
    marks = {marker.of_pair(Named(*pair)) for pair in person.pairs}
    marks |= {mark for each in person.addresses - shared if (mark := marker.of_address(each))}
    known = session.scalars(
        select(ErasedMark.mark).where(
            ErasedMark.project_id == person.project_id, ErasedMark.mark.in_(marks)
        )
    )
    rows = [
        {"project_id": person.project_id, "mark": mark, "player_id": person.player_id}
        for mark in sorted(marks - set(known))
    ]
    if rows:
        session.execute(insert(ErasedMark), rows)


def _forget_commits(session: Session, person: Person, instead: Named) -> int:
    """Returns how many they wrote. Flags stay: the text that they were read from is gone."""
    nothing = {"message_title": "", "message_body": None, "flags_sent": True}
    wrote = session.scalar(
        select(func.count()).where(
            CommitRow.project_id == person.project_id,
            CommitRow.author_id.in_(person.identities),
        )
    )
    session.execute(
        update(CommitRow)
        .where(
            CommitRow.project_id == person.project_id,
            CommitRow.author_id.in_(person.identities),
        )
        .values(author_name=instead.name, author_email="", **nothing)
        .execution_options(synchronize_session=False)
    )
    namesakes = session.scalars(
        select(Identity.name).where(
            Identity.project_id == person.project_id,
            Identity.name.in_(person.names),
            Identity.player_id.not_in(person.players),
        )
    )
    session.execute(
        update(CommitRow)
        .where(
            CommitRow.project_id == person.project_id,
            or_(
                func.lower(CommitRow.committer_email).in_(
                    {each.lower() for each in person.addresses}
                ),
                CommitRow.committer_name.in_(person.names - set(namesakes)),
            ),
        )
        .values(committer_name=instead.name, committer_email="")
        .execution_options(synchronize_session=False)
    )
    return wrote or 0


def _forget_changes(session: Session, person: Person, marker: Marker) -> None:
    """Copies stay one change, under a key on which nobody who has the salt can try an address."""
    keys = session.scalars(
        select(CommitRow.change_key)
        .where(
            CommitRow.project_id == person.project_id,
            CommitRow.author_id.in_(person.identities),
            CommitRow.change_key.startswith(KEYED),
        )
        .distinct()
    )
    changes = [{"known": key, "change_key": marker.of_change(key)} for key in keys]
    if changes:
        table = table_of(CommitRow)
        session.execute(
            update(table).where(
                table.c.project_id == person.project_id, table.c.change_key == bindparam("known")
            ),
            changes,
        )


def _forget_rows(session: Session, person: Person) -> None:
    """Rows of this league that hang on them by a key."""
    session.execute(
        update(Absence)
        .where(Absence.project_id == person.project_id, Absence.player_id.in_(person.players))
        .values(note="")
    )
    told = {address_of(each) for each in person.addresses} | person.addresses
    session.execute(
        delete(Claim).where(Claim.project_id == person.project_id, Claim.address.in_(told))
    )
    session.execute(
        delete(Invitation).where(
            Invitation.project_id == person.project_id,
            Invitation.email.in_({each.lower() for each in told}),
        )
    )
    _forget_moves(session, person)
    for table in Table.metadata.sorted_tables:
        if "project_id" in table.c:
            _forget_titles(session, table, person)


def _forget_moves(session: Session, person: Person) -> None:
    """Who an identity was moved from stays told, by its id alone."""
    changes = session.execute(
        select(IdentityChange.id, IdentityChange.moves, IdentityChange.states).where(
            IdentityChange.project_id == person.project_id
        )
    )
    told = {str(each) for each in person.identities}
    players = {str(each) for each in person.players}
    rewritten = [
        {
            "changed": change_id,
            "moves": [
                move | {"name": "", "email": ""} if move["identity"] in told else move
                for move in moves
            ],
            "states": [each for each in states if each["player"] not in players],
        }
        for change_id, moves, states in changes
        if any(move["identity"] in told for move in moves)
        or any(each["player"] in players for each in states)
    ]
    if rewritten:
        table = table_of(IdentityChange)
        session.execute(
            update(table).where(
                table.c.project_id == person.project_id, table.c.id == bindparam("changed")
            ),
            rewritten,
        )


def _forget_titles(session: Session, table: SqlTable, person: Person) -> None:
    """Of what is kept as JSON about them: their messages in it."""
    objects = [column for column in table.columns if isinstance(column.type, JSON)]
    mine = [tie for _, tie in ties(table, person)]
    if not objects or not mine:
        return
    keys = list(table.primary_key.columns)
    rows = session.execute(
        select(*keys, *objects).where(table.c.project_id == person.project_id, or_(*mine))
    ).mappings()
    changes = [
        {f"key_{column.name}": row[column.name] for column in keys}
        | {column.name: _without_titles(row[column.name]) for column in objects}
        for row in rows
    ]
    if changes:
        same = [column == bindparam(f"key_{column.name}") for column in keys]
        session.execute(update(table).where(and_(*same)), changes)


def _without_titles(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_titles(each) for each in value]
    if isinstance(value, dict):
        return {key: _without_titles(each) for key, each in value.items() if key not in TITLES}
    return value


def _forget_log(session: Session, person: Person) -> None:
    """The entries stay, and what was done; not by whom, nor from where."""
    by_them = AuditEntry.user_id.in_(person.users)
    nobody = {"user_id": None, "api_key_id": None, "ip_address": None, "salt": None}
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.project_id == person.project_id, by_them)
        .values(**nobody)
    )


def _rename(session: Session, person: Person, instead: Named) -> None:
    session.execute(
        update(Player)
        .where(Player.project_id == person.project_id, Player.id.in_(person.players))
        .values(
            name=instead.name,
            user_id=None,
            is_hidden=False,
            erased_number=int(instead.name.rpartition(" ")[2]),
        )
    )
    if not person.identities:
        return
    table = table_of(Identity)
    # One of them takes what comes later; the others must differ from it.
    first, *others = sorted(person.identities)
    prints = [(first, fingerprint(instead)), *((each, secrets.token_hex(32)) for each in others)]
    session.execute(
        update(table)
        .where(table.c.project_id == person.project_id, table.c.id == bindparam("known"))
        .values(name=instead.name, email="", address=""),
        [{"known": known, "fingerprint": printed} for known, printed in prints],
    )


def _of_users(table: SqlTable) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if any(key.column.table.name == "users" for key in column.foreign_keys)
    ]


def _forget_accounts(session: Session, person: Person) -> int:
    """They leave the league; an account that is in no other goes. Returns how many went."""
    for table in Table.metadata.sorted_tables:
        if "project_id" not in table.c:
            continue
        for column in _of_users(table):
            leaving = and_(table.c.project_id == person.project_id, column.in_(person.users))
            if column.nullable:
                session.execute(update(table).where(leaving).values({column.name: None}))
            else:
                session.execute(delete(table).where(leaving))
    # across projects: an account that another league knows stays that league's
    elsewhere = exists().where(Member.user_id == User.id)
    going = list(session.scalars(select(User.id).where(User.id.in_(person.users), ~elsewhere)))
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.project_id.is_(None), AuditEntry.user_id.in_(going))
        .values(subject="", details={}, ip_address=None, api_key_id=None, user_id=None, salt=None)
    )
    session.execute(
        # across projects: leagues that they left before remember what was done, and not by whom
        update(AuditEntry).where(AuditEntry.user_id.in_(going)).values(user_id=None, salt=None)
    )
    session.execute(delete(User).where(User.id.in_(going)))
    return len(going)
