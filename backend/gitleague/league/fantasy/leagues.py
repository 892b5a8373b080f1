"""Fantasy leagues as they stand: set up, then open for picks, and locked by the calendar."""

import uuid
from datetime import date, datetime, time, timezone
from enum import Enum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.projects.happenings import tell
from gitleague.projects.leagues import lock_project
from gitleague.tables.fantasy import FantasyLeague, FantasyMode
from gitleague.tables.outside import Event
from gitleague.tables.projects import Project
from gitleague.tables.seasons import Season, SeasonState


class FantasyState(str, Enum):
    SETUP = "setup"  # members join, the commissioner looks over pool and rules
    OPEN = "open"  # picks are made
    DRAFTED = "drafted"  # every turn of a snake draft is over
    LOCKED = "locked"  # points are made


class FantasyRow(NamedTuple):
    id: uuid.UUID
    project_id: uuid.UUID
    season_id: uuid.UUID
    name: str
    mode: str
    roster_size: int
    salary_cap: int | None
    pick_minutes: int | None
    locks_on: date
    priced_first: date
    priced_last: date
    started_at: datetime | None
    turn_ends_at: datetime | None
    created_at: datetime
    first: date  # of the season
    last: date
    season_state: str
    rules_version: int | None
    time_zone: str

    @property
    def locks_at(self) -> datetime:
        midnight = datetime.combine(self.locks_on, time.min, ZoneInfo(self.time_zone))
        return midnight.astimezone(timezone.utc)

    @property
    def is_locked(self) -> bool:
        return now() >= self.locks_at

    @property
    def is_public(self) -> bool:
        """Whether everybody may see who picked whom."""
        return self.mode == FantasyMode.SNAKE.value or self.is_locked

    @property
    def state(self) -> FantasyState:
        if self.is_locked:
            return FantasyState.LOCKED
        if self.started_at is None:
            return FantasyState.SETUP
        is_over = self.mode == FantasyMode.SNAKE.value and self.turn_ends_at is None
        return FantasyState.DRAFTED if is_over else FantasyState.OPEN


_OWN = FantasyRow._fields[: FantasyRow._fields.index("first")]
_COLUMNS = (
    *(getattr(FantasyLeague, field) for field in _OWN),
    *(Season.first, Season.last, Season.state, Season.rules_version, Project.time_zone),
)


def list_fantasies(
    session: Session, project_id: uuid.UUID, paging: Paging, *, season_id: uuid.UUID | None = None
) -> tuple[list[FantasyRow], int]:
    """Those of the newest season first, each season's by name."""
    rows = session.execute(*_page(project_id, season_id, paging.limit, paging.offset))
    total = session.scalar(*_count(project_id, season_id)) or 0
    return [FantasyRow(*row) for row in rows], total


@prepared
def _page(
    project_id: uuid.UUID, season_id: uuid.UUID | None, limit: int, offset: int
) -> Select[Any]:
    of_season = [] if season_id is None else [FantasyLeague.season_id == season_id]
    found = _fantasies(project_id).where(*of_season)
    in_order = found.order_by(Season.first.desc(), FantasyLeague.name, FantasyLeague.id)
    return in_order.limit(limit).offset(offset)


@prepared
def _count(project_id: uuid.UUID, season_id: uuid.UUID | None) -> Select[tuple[int]]:
    of_season = [] if season_id is None else [FantasyLeague.season_id == season_id]
    found = select(func.count()).select_from(FantasyLeague)
    return found.where(FantasyLeague.project_id == project_id, *of_season)


def all_fantasies(session: Session, project_id: uuid.UUID) -> list[FantasyRow]:
    return [FantasyRow(*row) for row in session.execute(*_all(project_id))]


@prepared
def _all(project_id: uuid.UUID) -> Select[Any]:
    return _fantasies(project_id)


def get_fantasy(session: Session, project_id: uuid.UUID, fantasy_id: uuid.UUID) -> FantasyRow:
    row = session.execute(*_one(project_id, fantasy_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such fantasy league in this league.")
    return FantasyRow(*row)


@prepared
def _one(project_id: uuid.UUID, fantasy_id: uuid.UUID) -> Select[Any]:
    return _fantasies(project_id).where(FantasyLeague.id == fantasy_id)


def to_change(session: Session, project_id: uuid.UUID, fantasy_id: uuid.UUID) -> FantasyRow:
    """As `get_fantasy`, while nobody else changes it. Raises Conflict for a closed season."""
    lock_project(session, project_id)
    fantasy = get_fantasy(session, project_id, fantasy_id)
    if fantasy.season_state == SeasonState.CLOSED.value:
        raise Conflict("The season of this fantasy league is closed: nothing changes any more.")
    return fantasy


def to_set_up(session: Session, project_id: uuid.UUID, fantasy_id: uuid.UUID) -> FantasyRow:
    """As `to_change`, of one that has not started. Raises Conflict."""
    fantasy = to_change(session, project_id, fantasy_id)
    if fantasy.started_at:
        raise Conflict("This fantasy league has started: pool, rules and managers stay.")
    return fantasy


def set_values(
    session: Session, project_id: uuid.UUID, fantasy_id: uuid.UUID, **values: object
) -> None:
    if values:
        session.execute(
            update(FantasyLeague)
            .where(FantasyLeague.project_id == project_id, FantasyLeague.id == fantasy_id)
            .values(**values)
        )


def refused(field: str, message: str) -> Conflict:
    return Conflict(message, errors=[{"field": field, "message": message}])


def record(session: Session, action: Action, name: str, by: Membership, **details: object) -> None:
    audit.record(session, action, name, caller=by.caller, project_id=by.project_id, details=details)


def tell_of_fantasy(session: Session, project_id: uuid.UUID, fantasy_id: uuid.UUID) -> None:
    """That it changed, never how: each who looks on asks what they may see. Under the lock.

    Picks and drops that are a secret are not even told of. Nobody else's page changes with them,
    and among few managers the moment says who it was, and the count how far they are.
    """
    tell(session, project_id, Event.FANTASY_CHANGED, {"fantasy_id": str(fantasy_id)})


def _fantasies(project_id: uuid.UUID) -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join(
            Season,
            and_(
                Season.project_id == FantasyLeague.project_id, Season.id == FantasyLeague.season_id
            ),
        )
        .join(Project, Project.id == FantasyLeague.project_id)
        .where(FantasyLeague.project_id == project_id)
    )
