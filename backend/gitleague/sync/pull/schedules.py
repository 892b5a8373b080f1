"""When repositories are pulled: cron expressions, in the time zone of the league."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter
from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.errors import FieldError, Invalid
from gitleague.jobs.queue import enqueue, unfinished_arguments
from gitleague.tables.projects import Project, Repo, SyncMethod
from gitleague.tables.syncs import RepoPull

PULL_REPO = "repo:pull"
HOURLY = "0 * * * *"
FIELDS = 5
BACK_OFF = timedelta(minutes=1)  # twice as long after each failure
LONGEST_BACK_OFF = timedelta(days=1)


def check_schedule(schedule: str) -> str:
    """A cron expression that comes due some day. Raises Invalid."""
    text = " ".join(schedule.split())
    if not _comes_due(text):
        message = "Write when to pull as cron does, for example `0 * * * *` for every hour."
        raise Invalid(message, errors=[FieldError(field="schedule", message=message)])
    return text


def _comes_due(schedule: str) -> bool:
    if len(schedule.split()) != FIELDS:
        return False
    try:
        croniter(schedule, now()).get_next()
    except (CroniterError, ValueError):
        return False
    return True


def next_time(schedule: str, zone: tzinfo, *, after: datetime) -> datetime:
    found: datetime = croniter(schedule, after.astimezone(zone)).get_next(datetime)
    return found.astimezone(timezone.utc)


def back_off(failures: int) -> timedelta:
    times: int = 2 ** min(failures, 20)
    return min(BACK_OFF * times, LONGEST_BACK_OFF)


def ask_for_pulls(session: Session) -> None:
    """A job for each repository whose time has come; every hour where nobody has said when."""
    moment = now()
    _begin_all_hourly(session, moment)
    # across projects: every league has its schedules
    due = session.execute(
        select(
            RepoPull.project_id,
            RepoPull.repo_id,
            RepoPull.schedule,
            RepoPull.next_due,
            Project.time_zone,
        )
        .join(Repo, and_(Repo.project_id == RepoPull.project_id, Repo.id == RepoPull.repo_id))
        .join(Project, Project.id == RepoPull.project_id)
        .where(
            RepoPull.next_due <= moment,
            RepoPull.schedule.is_not(None),
            Repo.sync_method == SyncMethod.PULL_CELERY.value,
        )
        .order_by(RepoPull.next_due)
    ).all()
    for row in due:
        following = next_time(row.schedule, ZoneInfo(row.time_zone), after=moment)
        moved = session.execute(
            update(RepoPull)
            .where(
                RepoPull.project_id == row.project_id,
                RepoPull.repo_id == row.repo_id,
                RepoPull.next_due == row.next_due,  # else another process was quicker
            )
            .values(next_due=following)
            .returning(RepoPull.repo_id)
            .execution_options(synchronize_session=False)
        ).all()
        if moved:
            ask_for_pull(session, row.project_id, row.repo_id)


def _begin_all_hourly(session: Session, moment: datetime) -> None:
    known = select(RepoPull.repo_id).where(
        RepoPull.project_id == Repo.project_id, RepoPull.repo_id == Repo.id
    )
    # across projects: every league has its repositories
    new = session.execute(
        select(Repo.project_id, Repo.id).where(
            Repo.sync_method == SyncMethod.PULL_CELERY.value, ~known.exists()
        )
    ).all()
    for project_id, repo_id in new:
        begin_hourly(session, project_id, repo_id, next_due=moment)


def begin_hourly(
    session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, *, next_due: datetime
) -> None:
    """Unless another process was quicker: one of us is enough."""
    first = RepoPull(
        project_id=project_id,
        repo_id=repo_id,
        schedule=HOURLY,
        branches=[],
        failures=0,
        next_due=next_due,
    )
    with suppress(IntegrityError), session.begin_nested():
        session.add(first)


def ask_for_pull(
    session: Session,
    project_id: uuid.UUID,
    repo_id: uuid.UUID,
    *,
    wait: timedelta = timedelta(0),
    created_by: uuid.UUID | None = None,
) -> None:
    """Unless a job for it waits already."""
    about = {"repo_id": str(repo_id)}
    if about in unfinished_arguments(session, project_id, PULL_REPO):
        return
    enqueue(
        session,
        PULL_REPO,
        project_id=project_id,
        arguments=about,
        wait=wait,
        created_by=created_by,
    )
