"""Projects: the leagues themselves."""

from __future__ import annotations

import re
import secrets
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Caller, Membership
from gitleague.core.clock import now
from gitleague.core.errors import Invalid, NotFound
from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.jobs.queue import enqueue_once
from gitleague.projects.members import put_member
from gitleague.tables.projects import Member, Project, Role

LOCKED = "locked leagues"
MOVE_DAYS = "days:move"


class ProjectRow(NamedTuple):
    id: uuid.UUID
    name: str
    slug: str
    time_zone: str
    public_badges: bool
    public_feed: bool
    takes_requests: bool
    created_at: datetime


class MyProject(NamedTuple):
    """A project with the place that one has in it."""

    id: uuid.UUID
    name: str
    slug: str
    time_zone: str
    public_badges: bool
    public_feed: bool
    takes_requests: bool
    created_at: datetime
    role: str
    status: str


_COLUMNS = tuple(getattr(Project, field) for field in ProjectRow._fields)


def create_project(
    session: Session,
    name: str,
    *,
    commissioner_id: uuid.UUID,
    caller: Caller | None,
    time_zone: str = "UTC",
) -> ProjectRow:
    """A project with its first commissioner."""
    check_time_zone(time_zone)
    project = Project(
        id=uuid.uuid4(),
        name=name,
        slug=_free_slug(session, name),
        time_zone=time_zone,
        rules_version=1,
        public_badges=False,
        public_feed=False,
        takes_requests=True,
        created_at=now(),
    )
    _add(session, project)
    put_member(session, project.id, commissioner_id, role=Role.COMMISSIONER)
    audit.record(session, Action.PROJECT_CREATED, name, caller=caller, project_id=project.id)
    return ProjectRow(*(getattr(project, field) for field in ProjectRow._fields))


def _add(session: Session, project: Project) -> None:
    try:
        with session.begin_nested():
            session.add(project)
    except IntegrityError:  # another league of this name was made at this moment
        project.slug = _apart(project.slug)
        session.add(project)
        session.flush()  # the membership points at it


def get_project(session: Session, project_id: uuid.UUID) -> ProjectRow:
    row = session.execute(*_project(project_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such project.")
    return ProjectRow(*row)


@prepared
def _project(project_id: uuid.UUID) -> Select[Any]:
    return select(*_COLUMNS).where(Project.id == project_id)


def projects_of(session: Session, caller: Caller, paging: Paging) -> tuple[list[MyProject], int]:
    """The projects that the caller belongs to, or waits for; for a bound key its own only."""
    mine = (caller.user_id, caller.key_project_id)
    rows = session.execute(*_projects_of(*mine, paging.limit, paging.offset))
    total = session.scalar(*_number_of_projects_of(*mine)) or 0
    return [MyProject(*row) for row in rows], total


@prepared
def _projects_of(
    user_id: uuid.UUID, project_id: uuid.UUID | None, limit: int, offset: int
) -> Select[Any]:
    return (
        select(*_COLUMNS, Member.role, Member.status)
        .join(Member, Member.project_id == Project.id)
        .where(*_places_of(user_id, project_id))
        .order_by(func.lower(Project.name), Project.id)
        .limit(limit)
        .offset(offset)
    )


@prepared
def _number_of_projects_of(user_id: uuid.UUID, project_id: uuid.UUID | None) -> Select[tuple[int]]:
    return select(func.count()).where(*_places_of(user_id, project_id))


def _places_of(user_id: uuid.UUID, project_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    bound = [] if project_id is None else [Member.project_id == project_id]
    return [Member.user_id == user_id, *bound]


def change_project(session: Session, changes: Mapping[str, Any], *, by: Membership) -> ProjectRow:
    """Its name, its time zone, and what anybody may see of it; addresses and the slug stay.

    In another time zone commits that are here count on other days, which a job sees to.
    """
    lock_project(session, by.project_id)
    old = get_project(session, by.project_id)
    new = old._replace(**changes)
    if new == old:
        return old
    if new.time_zone != old.time_zone:
        check_time_zone(new.time_zone)
        enqueue_once(session, MOVE_DAYS, project_id=by.project_id, wait=timedelta(0))
    session.execute(update(Project).where(Project.id == by.project_id).values(**changes))
    audit.record(
        session,
        Action.PROJECT_CHANGED,
        new.name,
        caller=by.caller,
        project_id=by.project_id,
        details={"was": old.name} | {name: changes[name] for name in changes if name != "name"},
    )
    return new


def lock_project(session: Session, project_id: uuid.UUID) -> ZoneInfo:
    """Waits until nobody else writes to the league; returns its time zone."""
    name = session.scalars(*_to_lock(project_id)).one()
    session.info.setdefault(LOCKED, set()).add(project_id)
    return ZoneInfo(name)


@prepared
def _to_lock(project_id: uuid.UUID) -> Select[tuple[str]]:
    return select(Project.time_zone).where(Project.id == project_id).with_for_update(key_share=True)


def needs_no_lock(session: Session, project_id: uuid.UUID) -> None:
    """Since what this session writes is thrown away."""
    session.info.setdefault(LOCKED, set()).add(project_id)


def check_locked(session: Session, project_id: uuid.UUID) -> None:
    """For what must never be written by two at once: forgetting the lock is a defect."""
    if project_id not in session.info.get(LOCKED, ()):
        raise RuntimeError("lock_project comes before this")


def zone_of(session: Session, project_id: uuid.UUID) -> ZoneInfo:
    return ZoneInfo(get_project(session, project_id).time_zone)


def check_time_zone(name: str) -> None:
    if name not in available_timezones():
        message = f"{name!r} is no time zone. Use a name like Europe/Berlin."
        raise Invalid(message, errors=[{"field": "time_zone", "message": message}])


def _free_slug(session: Session, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "league"
    taken = session.scalar(select(Project.id).where(Project.slug == slug))
    return _apart(slug) if taken else slug


def _apart(slug: str) -> str:
    return f"{slug}-{secrets.token_hex(4)}"
