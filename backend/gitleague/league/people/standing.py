"""Whether a player still plays, and whether they are shown."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.errors import Conflict, NotFound
from gitleague.league.periods import EARLIEST, LATEST, today_in, wrong
from gitleague.projects.leagues import lock_project
from gitleague.tables.commits import Player


class PersonRow(NamedTuple):
    id: uuid.UUID
    name: str
    retired_on: date | None
    is_hidden: bool
    is_erased: bool


def person_of(session: Session, project_id: uuid.UUID, player_id: uuid.UUID) -> PersonRow:
    """By their own name, for those who decide about them."""
    row = session.execute(
        select(
            *(Player.id, Player.name, Player.retired_on, Player.is_hidden),
            Player.erased_number.is_not(None),
        ).where(Player.project_id == project_id, Player.id == player_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return PersonRow(*row)


def retire(session: Session, player_id: uuid.UUID, *, on: date | None, by: Membership) -> PersonRow:
    """From the day `on`, else from today. What they played and won stays theirs."""
    day = on or today_in(session, by.project_id)
    if not EARLIEST <= day <= LATEST:
        raise wrong("on", f"The day must be from {EARLIEST} to {LATEST}.")
    return _change(session, player_id, Action.PLAYER_RETIRED, by, retired_on=day)


def bring_back(session: Session, player_id: uuid.UUID, *, by: Membership) -> PersonRow:
    return _change(session, player_id, Action.PLAYER_BACK, by, retired_on=None)


def hide(session: Session, player_id: uuid.UUID, *, by: Membership) -> PersonRow:
    """Readers other than themself and commissioners see a neutral name and no messages."""
    return _change(session, player_id, Action.PLAYER_HIDDEN, by, is_hidden=True)


def show(session: Session, player_id: uuid.UUID, *, by: Membership) -> PersonRow:
    return _change(session, player_id, Action.PLAYER_SHOWN, by, is_hidden=False)


def _change(
    session: Session, player_id: uuid.UUID, action: Action, by: Membership, **values: Any
) -> PersonRow:
    """What is so already is no change, and no entry of the log."""
    lock_project(session, by.project_id)
    old = person_of(session, by.project_id, player_id)
    if old.is_erased:
        raise Conflict("This player was erased. That cannot be undone, and nothing is left to set.")
    new = old._replace(**values)
    if new != old:
        session.execute(
            update(Player)
            .where(Player.project_id == by.project_id, Player.id == player_id)
            .values(**values)
        )
        audit.record(
            session,
            action,
            player_id,
            caller=by.caller,
            project_id=by.project_id,
            details={name: str(value) for name, value in values.items()},
        )
    return new
