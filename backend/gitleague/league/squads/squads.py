"""The squads of a league: made, named, deleted."""

import uuid
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.periods import today_in, wrong
from gitleague.projects.leagues import lock_project
from gitleague.tables.commits import Identity
from gitleague.tables.seasons import Season, SeasonState
from gitleague.tables.squads import Squad, Stint

LONGEST_KEY = 200


class SquadRow(NamedTuple):
    id: uuid.UUID
    name: str
    members: int  # today
    created_at: datetime


def list_squads(
    session: Session, project_id: uuid.UUID, paging: Paging
) -> tuple[list[SquadRow], int]:
    """In the order of their names."""
    today = today_in(session, project_id)
    rows = session.execute(*_page(project_id, today, paging.limit, paging.offset))
    return [SquadRow(*row) for row in rows], session.scalar(*_count(project_id)) or 0


@prepared
def _page(project_id: uuid.UUID, today: date, limit: int, offset: int) -> Select[Any]:
    squads = _squads(project_id, today).order_by(Squad.name_key, Squad.id)
    return squads.limit(limit).offset(offset)


@prepared
def _count(project_id: uuid.UUID) -> Select[tuple[int]]:
    return select(func.count()).select_from(Squad).where(Squad.project_id == project_id)


def get_squad(session: Session, project_id: uuid.UUID, squad_id: uuid.UUID) -> SquadRow:
    today = today_in(session, project_id)
    row = session.execute(*_one(project_id, squad_id, today)).one_or_none()
    if row is None:
        raise NotFound("There is no such squad in this league.")
    return SquadRow(*row)


@prepared
def _one(project_id: uuid.UUID, squad_id: uuid.UUID, today: date) -> Select[Any]:
    return _squads(project_id, today).where(Squad.id == squad_id)


def create_squad(session: Session, name: str, *, by: Membership) -> SquadRow:
    lock_project(session, by.project_id)
    _check_name(session, by.project_id, name)
    squad = Squad(
        id=uuid.uuid4(),
        project_id=by.project_id,
        name=name,
        name_key=_key(name),
        created_at=now(),
    )
    session.add(squad)
    session.flush()  # read back below
    _record(session, Action.SQUAD_CREATED, name, by)
    return get_squad(session, by.project_id, squad.id)


def rename_squad(session: Session, squad_id: uuid.UUID, name: str, *, by: Membership) -> SquadRow:
    lock_project(session, by.project_id)
    old = get_squad(session, by.project_id, squad_id)
    if name == old.name:
        return old
    _check_name(session, by.project_id, name, beside=squad_id)
    session.execute(
        update(Squad)
        .where(Squad.project_id == by.project_id, Squad.id == squad_id)
        .values(name=name, name_key=_key(name))
    )
    _record(session, Action.SQUAD_CHANGED, name, by, before=old.name)
    return old._replace(name=name)


def delete_squad(session: Session, squad_id: uuid.UUID, *, by: Membership) -> None:
    """With all its players' days. Not where it has played in a season that is closed."""
    lock_project(session, by.project_id)
    squad = get_squad(session, by.project_id, squad_id)
    played = session.scalar(
        select(Season.name)
        .join(
            Stint,
            and_(
                Stint.project_id == Season.project_id,
                Stint.first <= Season.last,
                Stint.last >= Season.first,
            ),
        )
        .where(
            Season.project_id == by.project_id,
            Season.state == SeasonState.CLOSED.value,
            Stint.squad_id == squad_id,
        )
        .order_by(Season.first)
        .limit(1)
    )
    if played:
        raise Conflict(
            f"{squad.name} played in {played}, which is closed: its table stays as it is. "
            "End the days of its players instead."
        )
    session.execute(delete(Squad).where(Squad.project_id == by.project_id, Squad.id == squad_id))
    _record(session, Action.SQUAD_DELETED, squad.name, by)


def is_somebody(project_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether the player of a stint has identities: one who was merged into another has none."""
    return exists().where(Identity.project_id == project_id, Identity.player_id == Stint.player_id)


def _squads(project_id: uuid.UUID, today: date) -> Select[tuple[uuid.UUID, str, int, datetime]]:
    members = (
        select(func.count())
        .select_from(Stint)
        .where(
            Stint.project_id == project_id,
            Stint.squad_id == Squad.id,
            Stint.first <= today,
            Stint.last >= today,
            is_somebody(project_id),
        )
        .correlate(Squad)
        .scalar_subquery()
    )
    return select(Squad.id, Squad.name, members, Squad.created_at).where(
        Squad.project_id == project_id
    )


def _check_name(
    session: Session, project_id: uuid.UUID, name: str, *, beside: uuid.UUID | None = None
) -> None:
    named = select(Squad.id, Squad.name).where(
        Squad.project_id == project_id, Squad.name_key == _key(name)
    )
    other = session.execute(named).one_or_none()
    if other and other.id != beside:
        message = f"There is a squad {other.name} already. Give this one another name."
        raise Conflict(message, errors=[{"field": "name", "message": message}])


def _key(name: str) -> str:
    """Raises Invalid: a few letters become two or three when their case is folded."""
    key = name.casefold()
    if len(key) > LONGEST_KEY:
        raise wrong("name", "This name is too long. Give the squad a shorter one.")
    return key


def _record(session: Session, action: Action, name: str, by: Membership, **details: object) -> None:
    audit.record(session, action, name, caller=by.caller, project_id=by.project_id, details=details)
