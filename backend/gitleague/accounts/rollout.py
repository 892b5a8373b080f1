"""Who may push by now: a share of the commissioners, each at a place of their own that never moves.

Whoever is in at 10 % is in at 50 %.
"""

from __future__ import annotations

import hashlib
import uuid
from enum import Enum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gitleague.core.errors import NotYourTurn, PushPaused
from gitleague.core.prepared import prepared
from gitleague.tables.server import Rollout, RolloutException

COHORTS = (10, 50, 100)  # percent: the steps of a release, and what its figures are kept apart by
PUSH = "push"  # the name of its row


class Turn(Enum):
    IN = "in"
    WAITS = "waits"  # in, once the pause is over
    NOT_YET = "not yet"


def place_of(user_id: uuid.UUID) -> float:
    """From 0 to below 100, spread evenly."""
    digest = hashlib.sha256(b"rollout:" + user_id.bytes).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 * 100


def cohort_of(user_id: uuid.UUID) -> str:
    """The first step that lets this person in."""
    place = place_of(user_id)
    return str(next(step for step in COHORTS if place < step))


def turn_of(place: float, percent: int, *, is_paused: bool, exception: bool | None) -> Turn:
    """Whoever is included goes on in a pause too: with them one tries whether it is over."""
    if exception:
        return Turn.IN
    if exception is False or place >= percent:
        return Turn.NOT_YET
    return Turn.WAITS if is_paused else Turn.IN


@prepared
def _rollout(user_id: uuid.UUID) -> Select[Any]:
    return (
        select(Rollout.percent, Rollout.paused_at, Rollout.paused_why, RolloutException.is_in)
        .where(Rollout.name == PUSH)
        .outerjoin(RolloutException, RolloutException.user_id == user_id)
    )


def check_turn(session: Session, user_id: uuid.UUID) -> None:
    """Raises NotYourTurn and PushPaused."""
    row = session.execute(*_rollout(user_id)).one_or_none()
    if row is None:
        return
    turn = turn_of(
        *(place_of(user_id), row.percent),
        is_paused=row.paused_at is not None,
        exception=row.is_in,
    )
    if turn is Turn.NOT_YET:
        raise NotYourTurn
    if turn is Turn.WAITS:
        raise PushPaused(row.paused_why)
