"""Who takes over what a player had, when identities go from one to another."""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.tables.commits import Identity


class Handed(NamedTuple):
    """An identity has gone from one player to another."""

    giver: uuid.UUID
    receiver: uuid.UUID


class Heir(NamedTuple):
    giver: uuid.UUID
    receiver: uuid.UUID
    has_all: bool  # the giver has no identities left


def heirs(session: Session, project_id: uuid.UUID, handed: Sequence[Handed]) -> list[Heir]:
    """A receiver is one where the giver has nothing left, or the receiver had nothing before."""
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
        Heir(*pair, has_all=pair.giver not in has)
        for pair in dict.fromkeys(handed)
        if pair.giver not in has or has[pair.receiver] == received[pair.receiver]
    ]
