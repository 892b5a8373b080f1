"""The seasons of a league: planned, played one at a time, and closed."""

import uuid
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.periods import EARLIEST, LATEST, wrong
from gitleague.projects.happenings import tell
from gitleague.projects.leagues import lock_project
from gitleague.scoring.totals import ask_again
from gitleague.tables.outside import Event
from gitleague.tables.seasons import Absence, Season, SeasonState


class SeasonRow(NamedTuple):
    id: uuid.UUID
    name: str
    first: date
    last: date
    state: str
    rules_version: int | None
    created_at: datetime
    closed_at: datetime | None


_REACHED = {
    SeasonState.ACTIVE: (Action.SEASON_OPENED, Event.SEASON_OPENED),
    SeasonState.CLOSED: (Action.SEASON_CLOSED, Event.SEASON_CLOSED),
}
_COLUMNS = tuple(getattr(Season, field) for field in SeasonRow._fields)


def list_seasons(
    session: Session, project_id: uuid.UUID, paging: Paging
) -> tuple[list[SeasonRow], int]:
    """The newest first."""
    rows = session.execute(*_page(project_id, paging.limit, paging.offset))
    return [SeasonRow(*row) for row in rows], session.scalar(*_count(project_id)) or 0


@prepared
def _page(project_id: uuid.UUID, limit: int, offset: int) -> Select[Any]:
    seasons = select(*_COLUMNS).where(Season.project_id == project_id)
    return seasons.order_by(Season.first.desc()).limit(limit).offset(offset)


@prepared
def _count(project_id: uuid.UUID) -> Select[tuple[int]]:
    return select(func.count()).select_from(Season).where(Season.project_id == project_id)


def seasons_opened(session: Session, project_id: uuid.UUID) -> list[SeasonRow]:
    """All but the drafts, the newest first."""
    return [SeasonRow(*row) for row in session.execute(*_newest_first(project_id))]


@prepared
def _newest_first(project_id: uuid.UUID) -> Select[Any]:
    return _opened(project_id).order_by(Season.first.desc())


def _opened(project_id: uuid.UUID) -> Select[Any]:
    return select(*_COLUMNS).where(
        Season.project_id == project_id, Season.state != SeasonState.DRAFT.value
    )


def get_season(session: Session, project_id: uuid.UUID, season_id: uuid.UUID) -> SeasonRow:
    row = session.execute(*_one(project_id, season_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such season in this league.")
    return SeasonRow(*row)


@prepared
def _one(project_id: uuid.UUID, season_id: uuid.UUID) -> Select[Any]:
    return select(*_COLUMNS).where(Season.project_id == project_id, Season.id == season_id)


def create_season(
    session: Session, name: str, *, first: date, last: date, by: Membership
) -> SeasonRow:
    """A draft. Raises Invalid for days that are none, Conflict where another season has them."""
    lock_project(session, by.project_id)
    _check_days(session, by.project_id, first, last)
    season = Season(
        id=uuid.uuid4(),
        project_id=by.project_id,
        name=name,
        first=first,
        last=last,
        state=SeasonState.DRAFT.value,
        created_at=now(),
    )
    session.add(season)
    session.flush()  # read back below
    _record(session, Action.SEASON_CREATED, name, by, first=str(first), last=str(last))
    return get_season(session, by.project_id, season.id)


def change_season(
    session: Session,
    season_id: uuid.UUID,
    *,
    name: str | None = None,
    first: date | None = None,
    last: date | None = None,
    by: Membership,
) -> SeasonRow:
    """The name may change at any time, the days until the season is closed."""
    lock_project(session, by.project_id)
    old = get_season(session, by.project_id, season_id)
    new = old._replace(name=name or old.name, first=first or old.first, last=last or old.last)
    if (new.first, new.last) != (old.first, old.last):
        if old.state == SeasonState.CLOSED.value:
            raise Conflict("This season is closed: its days and its table stay as they are.")
        _check_days(session, by.project_id, new.first, new.last, beside=season_id)
        _check_absences(session, by.project_id, new)
        ask_again(session, by.project_id)  # the records book has seasons too
    _set(session, by.project_id, season_id, name=new.name, first=new.first, last=new.last)
    _record(session, Action.SEASON_CHANGED, new.name, by, first=str(new.first), last=str(new.last))
    return new


def delete_season(session: Session, season_id: uuid.UUID, *, by: Membership) -> None:
    """Only a draft: what was played stays."""
    lock_project(session, by.project_id)
    season = get_season(session, by.project_id, season_id)
    if season.state != SeasonState.DRAFT.value:
        raise Conflict(f"This season is {season.state}: only a draft can be deleted.")
    session.execute(
        delete(Season).where(Season.project_id == by.project_id, Season.id == season_id)
    )
    _record(session, Action.SEASON_DELETED, season.name, by)


def open_season(session: Session, season_id: uuid.UUID, *, by: Membership) -> SeasonRow:
    """From a draft to the one that is played. Opening it twice is no error."""
    lock_project(session, by.project_id)
    season = get_season(session, by.project_id, season_id)
    if season.state == SeasonState.CLOSED.value:
        raise Conflict("This season is closed. Plan a new one, or reopen it.")
    played = active_season(session, by.project_id)
    if played and played.id != season_id:
        raise Conflict(f"{played.name} is still being played. Close it first.")
    return season if played else set_state(session, season, SeasonState.ACTIVE, by=by)


def set_state(
    session: Session,
    season: SeasonRow,
    state: SeasonState,
    *,
    by: Membership,
    action: Action | None = None,
    **values: object,
) -> SeasonRow:
    """`action`: what was done, where it is not the usual way to this state."""
    _set(session, by.project_id, season.id, state=state.value, **values)
    usual, event = _REACHED[state]
    _record(session, action or usual, season.name, by)
    ask_again(session, by.project_id)  # the records book has seasons too
    days = {"first": str(season.first), "last": str(season.last)}
    told = {"season": {"id": str(season.id), "name": season.name, **days}}
    tell(session, by.project_id, event, told)
    return get_season(session, by.project_id, season.id)


def active_season(session: Session, project_id: uuid.UUID) -> SeasonRow | None:
    row = session.execute(*_active(project_id)).one_or_none()
    return SeasonRow(*row) if row else None


@prepared
def _active(project_id: uuid.UUID) -> Select[Any]:
    return select(*_COLUMNS).where(
        Season.project_id == project_id, Season.state == SeasonState.ACTIVE.value
    )


def season_on(session: Session, project_id: uuid.UUID, day: date) -> SeasonRow | None:
    """The season that holds the day and was opened."""
    row = session.execute(*_on(project_id, day)).one_or_none()
    return SeasonRow(*row) if row else None


@prepared
def _on(project_id: uuid.UUID, day: date) -> Select[Any]:
    return _opened(project_id).where(Season.first <= day, Season.last >= day)


def neighbours(
    session: Session, project_id: uuid.UUID, season: SeasonRow
) -> tuple[SeasonRow | None, SeasonRow | None]:
    """The seasons before and after that were opened."""
    before = session.execute(*_before(project_id, season.first)).one_or_none()
    after = session.execute(*_after(project_id, season.last)).one_or_none()
    return SeasonRow(*before) if before else None, SeasonRow(*after) if after else None


@prepared
def _before(project_id: uuid.UUID, first: date) -> Select[Any]:
    return _opened(project_id).where(Season.last < first).order_by(Season.last.desc()).limit(1)


@prepared
def _after(project_id: uuid.UUID, last: date) -> Select[Any]:
    return _opened(project_id).where(Season.first > last).order_by(Season.first).limit(1)


def _check_days(
    session: Session,
    project_id: uuid.UUID,
    first: date,
    last: date,
    *,
    beside: uuid.UUID | None = None,
) -> None:
    if not EARLIEST <= first <= LATEST:
        raise wrong("first", f"The first day must be from {EARLIEST} to {LATEST}.")
    if last < first:
        raise wrong("last", "The last day must not be before the first.")
    if last > LATEST:
        raise wrong("last", f"The last day must not be after {LATEST}.")
    overlapping = select(Season.name, Season.first, Season.last).where(
        Season.project_id == project_id, Season.first <= last, Season.last >= first
    )
    if beside:
        overlapping = overlapping.where(Season.id != beside)
    other = session.execute(overlapping.order_by(Season.first).limit(1)).one_or_none()
    if other:
        message = f"{other.name} is from {other.first} to {other.last}: seasons do not overlap."
        raise Conflict(message, errors=[{"field": "first", "message": message}])


def _check_absences(session: Session, project_id: uuid.UUID, season: SeasonRow) -> None:
    outside = session.scalar(
        select(func.count())
        .select_from(Absence)
        .where(
            Absence.project_id == project_id,
            Absence.season_id == season.id,
            (Absence.first < season.first) | (Absence.last > season.last),
        )
    )
    if outside:
        raise Conflict(f"{outside} absences would be outside of the season. Change them first.")


def _set(session: Session, project_id: uuid.UUID, season_id: uuid.UUID, **values: object) -> None:
    session.execute(
        update(Season)
        .where(Season.project_id == project_id, Season.id == season_id)
        .values(**values)
    )


def _record(session: Session, action: Action, name: str, by: Membership, **details: object) -> None:
    audit.record(session, action, name, caller=by.caller, project_id=by.project_id, details=details)
