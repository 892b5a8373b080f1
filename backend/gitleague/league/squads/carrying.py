"""When players are joined or split, the days that they played for squads go along.

Whoever gives all identities away keeps the stints on paper, where they count for nothing, and the
receiver gets copies; so undoing the change needs only to forget these.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from gitleague.league.periods import DAY
from gitleague.league.squads.stints import new_stint
from gitleague.tables.commits import Identity
from gitleague.tables.squads import Stint


class Handed(NamedTuple):
    """An identity has gone from one player to another."""

    giver: uuid.UUID
    receiver: uuid.UUID


class _Days(NamedTuple):
    squad_id: uuid.UUID
    first: date
    last: date


def carry(
    session: Session, project_id: uuid.UUID, change_id: uuid.UUID, handed: Sequence[Handed]
) -> None:
    """Gives a receiver the stints of who has nothing left, on days on which it has none itself.

    A player who is new has those of whom it was split from, so that no squad's table changes.
    """
    pairs = _heirs(session, project_id, handed)
    if not pairs:
        return
    stints = _stints_of(session, project_id, {player for pair in pairs for player in pair})
    for giver, receiver in pairs:
        taken = stints[receiver]
        for each in list(stints[giver]):
            for first, last in list(_free(each, taken)):
                session.add(
                    new_stint(
                        project_id, each.squad_id, receiver, first, last, carried_by=change_id
                    )
                )
                taken.append(_Days(each.squad_id, first, last))


def forget_carried(session: Session, project_id: uuid.UUID, change_id: uuid.UUID) -> None:
    """What that change brought along: whom it was taken from has it still."""
    session.execute(
        delete(Stint).where(Stint.project_id == project_id, Stint.carried_by == change_id)
    )


def _heirs(session: Session, project_id: uuid.UUID, handed: Sequence[Handed]) -> list[Handed]:
    known = (
        session.execute(
            select(Identity.player_id, func.count())
            .where(
                Identity.project_id == project_id,
                Identity.player_id.in_({player for pair in handed for player in pair}),
            )
            .group_by(Identity.player_id)
        )
        .tuples()
        .all()
    )
    has = dict(known)
    received = Counter(pair.receiver for pair in handed)
    return [
        pair
        for pair in dict.fromkeys(handed)
        if pair.giver not in has or has[pair.receiver] == received[pair.receiver]
    ]


def _stints_of(
    session: Session, project_id: uuid.UUID, players: Iterable[uuid.UUID]
) -> defaultdict[uuid.UUID, list[_Days]]:
    rows = session.execute(
        select(Stint.player_id, Stint.squad_id, Stint.first, Stint.last)
        .where(Stint.project_id == project_id, Stint.player_id.in_(set(players)))
        .order_by(Stint.first)
    )
    found: defaultdict[uuid.UUID, list[_Days]] = defaultdict(list)
    for player_id, *days in rows:
        found[player_id].append(_Days(*days))
    return found


def _free(wanted: _Days, taken: Iterable[_Days]) -> Iterator[tuple[date, date]]:
    """The days of `wanted` that nothing in `taken` has."""
    here = wanted.first
    for other in sorted(taken, key=lambda each: each.first):
        if other.last < here or other.first > wanted.last:
            continue
        if here < other.first:
            yield here, other.first - DAY
        if other.last >= wanted.last:
            return
        here = other.last + DAY
    yield here, wanted.last
