"""How far the release of push has come, as its operator says; the rule is accounts/rollout.py."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.rollout import PUSH, Turn, place_of, turn_of
from gitleague.accounts.sign_in import find_account
from gitleague.core.clock import now
from gitleague.core.errors import NotFound
from gitleague.tables.accounts import User
from gitleague.tables.projects import Member, MemberStatus, Role
from gitleague.tables.server import Rollout, RolloutException

ALL = 100  # percent
THRESHOLD = 5  # percent of failed pushes


class State(NamedTuple):
    percent: int = ALL
    threshold: int = THRESHOLD
    paused_at: datetime | None = None
    paused_why: str | None = None


class Reach(NamedTuple):
    """Whom the release reaches; what is paused counts as in."""

    commissioners: int
    let_in: int
    included: list[str]  # by address
    excluded: list[str]


def state_of(session: Session) -> State:
    row = session.execute(
        select(*(getattr(Rollout, field) for field in State._fields)).where(Rollout.name == PUSH)
    ).one_or_none()
    return State(*row) if row else State()


def reach_of(session: Session) -> Reach:
    excepted = dict(
        session.execute(
            select(User.email, RolloutException.is_in)
            .join(User, User.id == RolloutException.user_id)
            .order_by(User.email)
        )
        .tuples()
        .all()
    )
    percent = state_of(session).percent
    turns = [
        turn_of(place_of(user_id), percent, is_paused=False, exception=is_in)
        for user_id, is_in in _commissioners(session)
    ]
    return Reach(
        len(turns),
        turns.count(Turn.IN),
        [email for email, is_in in excepted.items() if is_in],
        [email for email, is_in in excepted.items() if not is_in],
    )


def change(session: Session, *, percent: int, threshold: int | None = None) -> None:
    """Let in so many, and from now on bear so many failed pushes; None: as many as before."""
    row = _row(session)
    before = row.percent
    row.percent = percent
    row.threshold = row.threshold if threshold is None else threshold
    details = {"percent": [before, percent], "threshold": row.threshold}
    audit.record(session, Action.ROLLOUT_CHANGED, PUSH, caller=None, details=details)


def include(session: Session, email: str) -> None:
    """In from now on, also in a pause. Raises NotFound."""
    _except(session, email, is_in=True)


def exclude(session: Session, email: str) -> None:
    """Out from now on, whatever the percentage. Raises NotFound."""
    _except(session, email, is_in=False)


def forget(session: Session, email: str) -> None:
    """In or out by the percentage again, as everybody else. Raises NotFound."""
    user_id = _user_id(session, email)
    gone = session.execute(delete(RolloutException).where(RolloutException.user_id == user_id))
    if gone.rowcount:  # type: ignore[attr-defined] # as of every deletion
        audit.record(session, Action.ROLLOUT_FORGOTTEN, user_id, caller=None)


def pause(session: Session, why: str) -> None:
    """Keeps when it began and why where it is paused already."""
    row = _row(session)
    if row.paused_at is None:
        row.paused_at, row.paused_why = now(), why
        details = {"why": why}
        audit.record(session, Action.ROLLOUT_PAUSED, PUSH, caller=None, details=details)


def resume(session: Session) -> bool:
    """Whether it was paused. What failed until now is not held against it again."""
    row = _row(session)
    if row.paused_at is None:
        return False
    row.paused_at, row.paused_why, row.watched_since = None, None, now()
    audit.record(session, Action.ROLLOUT_RESUMED, PUSH, caller=None)
    return True


def _except(session: Session, email: str, *, is_in: bool) -> None:
    user_id = _user_id(session, email)
    _row(session)  # exceptions are looked for beside it
    session.merge(RolloutException(user_id=user_id, is_in=is_in))
    action = Action.ROLLOUT_INCLUDED if is_in else Action.ROLLOUT_EXCLUDED
    audit.record(session, action, user_id, caller=None)


def _user_id(session: Session, email: str) -> uuid.UUID:
    account = find_account(session, email)
    if account is None:
        raise NotFound(f"Nobody has the address {email} here. Check how it is written.")
    return account.user_id


def _row(session: Session) -> Rollout:
    """The one there is, made by the first who changes anything, and ours until we are done."""
    found = session.get(Rollout, PUSH, with_for_update=True)
    if found is None:
        begun = State()
        found = Rollout(
            name=PUSH, percent=begun.percent, threshold=begun.threshold, watched_since=now()
        )
        session.add(found)
        session.flush()  # found by the next who asks in this transaction
    return found


def _commissioners(session: Session) -> list[tuple[uuid.UUID, bool | None]]:
    """Each once, with what was said of them."""
    # across projects: the release of a server is for all of its leagues
    rows = session.execute(
        select(Member.user_id, RolloutException.is_in)
        .outerjoin(RolloutException, RolloutException.user_id == Member.user_id)
        .where(Member.role == Role.COMMISSIONER.value, Member.status == MemberStatus.APPROVED.value)
        .distinct()
    )
    return [(user_id, is_in) for user_id, is_in in rows]
