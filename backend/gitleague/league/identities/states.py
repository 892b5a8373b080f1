"""What is set of a player follows their identities: whether they are shown, whether they have
retired, who they are among the members. What a change sets is written down with it, to be undone.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gitleague.core.sets import table_of
from gitleague.league.identities.heirs import Heir
from gitleague.league.identities.references import Merge, Split, columns_of
from gitleague.tables.commits import Identity, Player
from gitleague.tables.identities import IdentityChange

NAME = "name"
(USER,) = columns_of("players", Merge.IF_FREE)
_STRONGEST = columns_of("players", Merge.STRONGEST)
_COPIED = columns_of("players", Split.COPIED)


class State(NamedTuple):
    """A column of a player that a change has set."""

    player: uuid.UUID
    column: str
    before: Any
    after: Any
    giver: uuid.UUID | None = None  # the player it came from


def hand_on(session: Session, project_id: uuid.UUID, heirs: Sequence[Heir]) -> list[State]:
    """Returns what it set, in the order it was done."""
    if not heirs:
        return []
    found = _states_of(session, project_id, {each for heir in heirs for each in heir[:2]})
    done: list[State] = []
    for giver, receiver, has_all in heirs:
        mine, theirs = found[receiver], found[giver]
        taken = [
            State(receiver, column, mine[column], _strongest(mine, theirs, column))
            for column in (_STRONGEST if has_all else _COPIED)
        ]
        if has_all and theirs[USER] and not mine[USER]:
            taken.append(State(receiver, USER, None, theirs[USER], giver))
            theirs[USER] = None
        mine.update({each.column: each.after for each in taken})
        done += [each for each in taken if each.before != each.after]
    part(session, project_id, [each.giver for each in done if each.column == USER])
    _set(session, project_id, done)
    return done


def rename(session: Session, project_id: uuid.UUID, names: Mapping[uuid.UUID, str]) -> list[State]:
    """Of these players, whose names are others yet."""
    found = _states_of(session, project_id, names)
    done = [
        State(player, NAME, state[NAME], names[player])
        for player, state in found.items()
        if state[NAME] != names[player]
    ]
    _set(session, project_id, done)
    return done


def take_back(session: Session, project_id: uuid.UUID, states: Sequence[State]) -> None:
    """After the identities have gone back. What was set again since stays, and who was erased."""
    found = _states_of(session, project_id, {each.player for each in states})
    back: list[State] = []
    for each in reversed(states):
        state = found.get(each.player)
        if state is None or state[each.column] != each.after:
            continue
        before = each.before
        if each.column in _STRONGEST:
            for other in _joined_with(session, project_id, each.player):
                before = _strongest({each.column: before}, other, each.column)
        state[each.column] = before
        back.append(each._replace(before=each.after, after=before))
    _set(session, project_id, back)
    free = [State(each.giver, USER, None, each.before) for each in back if each.giver]
    has = _states_of(session, project_id, {each.player for each in free})
    _set(session, project_id, [each for each in free if has[each.player][USER] is None])


def packed(states: Sequence[State]) -> list[dict[str, Any]]:
    return [
        {
            name: value if value is None or isinstance(value, bool) else str(value)
            for name, value in each._asdict().items()
        }
        for each in states
    ]


def unpacked(states: Sequence[Mapping[str, Any]]) -> list[State]:
    return [
        State(
            uuid.UUID(each["player"]),
            each["column"],
            _read(each["column"], each["before"]),
            _read(each["column"], each["after"]),
            uuid.UUID(each["giver"]) if each["giver"] else None,
        )
        for each in states
    ]


def _read(column: str, value: Any) -> Any:
    kind = table_of(Player).c[column].type.python_type
    if value is None or kind in (bool, str):
        return value
    return date.fromisoformat(value) if kind is date else kind(value)


def _strongest(mine: Mapping[str, Any], theirs: Mapping[str, Any], column: str) -> Any:
    """Hidden, once either is; retired, once either is, from the later day."""
    return max(filter(None, (mine[column], theirs[column])), default=mine[column])


def _states_of(
    session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    table = table_of(Player)
    rows = session.execute(
        select(table.c.id, *(table.c[name] for name in {NAME, USER, *_STRONGEST, *_COPIED})).where(
            table.c.project_id == project_id,
            table.c.id.in_(players),
            table.c.erased_number.is_(None),
        )
    )
    return {row["id"]: dict(row) for row in rows.mappings()}


def _joined_with(
    session: Session, project_id: uuid.UUID, player_id: uuid.UUID
) -> list[dict[str, Any]]:
    """The states of those who were merged into the player, and still are."""
    own = Identity.project_id == project_id, Identity.player_id == player_id
    identities = {str(each) for each in session.scalars(select(Identity.id).where(*own))}
    standing = session.scalars(
        select(IdentityChange.moves).where(
            IdentityChange.project_id == project_id, IdentityChange.undone_at.is_(None)
        )
    )
    before = {
        uuid.UUID(each["before"])
        for moves in standing
        for each in moves
        if each["identity"] in identities
    }
    some = select(Identity.player_id).where(
        Identity.project_id == project_id, Identity.player_id.in_(before)
    )
    left = before - set(session.scalars(some))
    return list(_states_of(session, project_id, left).values())


def part(session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID | None]) -> None:
    """From their members. Comes first, since a member plays as one player only."""
    if players:
        session.execute(
            update(Player)
            .where(Player.project_id == project_id, Player.id.in_(players))
            .values(user_id=None)
            .execution_options(synchronize_session=False)
        )


def _set(session: Session, project_id: uuid.UUID, states: Sequence[State]) -> None:
    table = table_of(Player)
    for column in dict.fromkeys(each.column for each in states):
        last = {each.player: each.after for each in states if each.column == column}
        session.execute(
            update(table)
            .where(table.c.project_id == project_id, table.c.id == bindparam("player"))
            .values({column: bindparam("value")}),
            [{"player": player, "value": value} for player, value in last.items()],
        )
