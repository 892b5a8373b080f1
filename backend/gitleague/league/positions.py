"""Positions: what players are on the field, in words that the commissioner chooses.

A position is of now: it has no days, and a table of last year knows players by the one they have.
"""

import uuid
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.tables.commits import Identity, Player


class PositionRow(NamedTuple):
    name: str
    players: int


def list_positions(session: Session, project_id: uuid.UUID) -> list[PositionRow]:
    """Those in use, in the order of their names."""
    has_identities = (
        select(Identity.id)
        .where(Identity.project_id == project_id, Identity.player_id == Player.id)
        .exists()
    )
    rows = session.execute(
        select(Player.position, func.count())
        .where(Player.project_id == project_id, Player.position != "", has_identities)
        .group_by(Player.position)
    )
    found = [PositionRow(*row) for row in rows.tuples()]
    return sorted(found, key=lambda each: (each.name.casefold(), each.name))


def spellings_of(session: Session, project_id: uuid.UUID, asked: str) -> tuple[str, ...]:
    """The positions in use that are this word, whatever their case."""
    used = session.scalars(
        select(Player.position)
        .where(Player.project_id == project_id, Player.position != "")
        .distinct()
    )
    return tuple(sorted(each for each in used if each.casefold() == asked.strip().casefold()))
