"""The queue, in the database: what a transaction asks for is there if and only if it commits."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.prepared import prepared
from gitleague.tables.jobs import Job, JobState

LEASE = timedelta(minutes=1)  # without a sign of life, after which another may take it
MOST_TRIES = 5
KEPT = {JobState.DONE: timedelta(days=7), JobState.FAILED: timedelta(days=90)}
BACK_OFF = timedelta(seconds=10)  # times the tries so far
ASKED = "leagues for which a job was asked for in this transaction"
BUSY = timedelta(seconds=5)  # until a lock that was busy is asked for again
LOST = "Its process ended without a word, more than once. Try it again when the cause is found."
# Of a job that waits and one that is asked for: the arguments of one that does both, if there is.
Fold: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any] | None]


class JobRow(NamedTuple):
    id: uuid.UUID
    project_id: uuid.UUID
    kind: str
    arguments: dict[str, Any]
    state: str
    progress: int
    tries: int
    error: str | None
    created_at: datetime
    finished_at: datetime | None


_UNFINISHED = (JobState.QUEUED.value, JobState.RUNNING.value)
_COLUMNS = tuple(getattr(Job, field) for field in JobRow._fields)


def equal(waiting: Mapping[str, Any], wanted: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return waiting if waiting == wanted else None


def enqueue(
    session: Session,
    kind: str,
    *,
    project_id: uuid.UUID,
    arguments: Mapping[str, Any] | None = None,
    created_by: uuid.UUID | None = None,
    wait: timedelta = timedelta(0),
    fold: Fold = equal,
) -> uuid.UUID:
    """To be run when `wait` is over. Where one that waits does as well, its id is returned."""
    wanted, due = dict(arguments or {}), now() + wait
    if not wait:
        session.info.setdefault(ASKED, set()).add(project_id)
    for waiting in _waiting(session, project_id, kind):
        both = fold(waiting.arguments, wanted)
        if both is not None:
            session.execute(
                update(Job)
                .where(Job.project_id == project_id, Job.id == waiting.id)
                .values(arguments=dict(both), not_before=min(waiting.not_before, due))
            )
            return waiting.id
    return _add(session, kind, project_id, wanted, due=due, created_by=created_by)


def _add(
    session: Session,
    kind: str,
    project_id: uuid.UUID,
    arguments: Mapping[str, Any],
    *,
    due: datetime,
    created_by: uuid.UUID | None = None,
) -> uuid.UUID:
    job = Job(
        id=uuid.uuid4(),
        project_id=project_id,
        kind=kind,
        arguments=arguments,
        state=JobState.QUEUED.value,
        progress=0,
        tries=0,
        not_before=due,
        created_by=created_by,
        created_at=now(),
    )
    session.add(job)
    return job.id


class _Waiting(NamedTuple):
    id: uuid.UUID
    arguments: dict[str, Any]
    not_before: datetime
    created_at: datetime


def _waiting(session: Session, project_id: uuid.UUID, kind: str) -> list[_Waiting]:
    """Held until our transaction ends, so that whoever takes one sees what it is for."""
    return [_Waiting(*row) for row in session.execute(*_queued(project_id, kind))]


@prepared
def _queued(project_id: uuid.UUID, kind: str) -> Select[Any]:
    return (
        select(Job.id, Job.arguments, Job.not_before, Job.created_at)
        .where(Job.project_id == project_id, Job.kind == kind, Job.state == JobState.QUEUED.value)
        .order_by(Job.created_at, Job.id)
        .with_for_update()
    )


def enqueue_once(
    session: Session,
    kind: str,
    *,
    project_id: uuid.UUID,
    wait: timedelta,
    at_most: timedelta = timedelta(0),
    arguments: Mapping[str, Any] | None = None,
) -> None:
    """Unless such a job waits already: that one waits anew, but not for longer than `at_most`.

    Only under the league's lock. The job that waits is held until our transaction ends, so that it
    sees what it is for.
    """
    moment = now()
    wanted = dict(arguments or {})
    such = (job for job in _waiting(session, project_id, kind) if job.arguments == wanted)
    waiting = next(such, None)
    if waiting is None:
        if not wait:
            session.info.setdefault(ASKED, set()).add(project_id)
        _add(session, kind, project_id, wanted, due=moment + wait)
        return
    later = min(moment + wait, waiting.created_at + at_most)
    if later > waiting.not_before:
        session.execute(
            update(Job)
            .where(Job.project_id == project_id, Job.id == waiting.id)
            .values(not_before=later)
        )


def projects_due(session: Session, kinds: Collection[str]) -> list[uuid.UUID]:
    """Those with something to take, the one that waited longest first."""
    # across projects: whoever runs jobs runs those of all
    waiting = (
        select(Job.project_id)
        .where(*_due(kinds))
        .group_by(Job.project_id)
        .order_by(func.min(Job.not_before), Job.project_id)
    )
    return list(session.scalars(waiting))


def take(session: Session, kinds: Collection[str], project_id: uuid.UUID) -> JobRow | None:
    """The one of a project that waited longest; ours until it is finished or we are dead."""
    moment = now()
    due = (
        select(Job.id)
        .where(Job.project_id == project_id, *_due(kinds))
        .order_by(Job.not_before, Job.created_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = session.execute(
        update(Job)
        .where(Job.project_id == project_id, Job.id == due)
        .values(**_ours(moment))
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return JobRow(*row) if row else None


def take_this(session: Session, project_id: uuid.UUID, job_id: uuid.UUID) -> JobRow | None:
    """The job, if it is due and nobody else has it."""
    moment = now()
    row = session.execute(
        update(Job)
        .where(Job.project_id == project_id, Job.id == job_id, *due_now())
        .values(**_ours(moment))
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return JobRow(*row) if row else None


def _ours(moment: datetime) -> dict[str, Any]:
    return {
        "state": JobState.RUNNING.value,
        "tries": Job.tries + 1,
        "not_before": moment + LEASE,
        "sent_at": None,
    }


def due_now() -> tuple[ColumnElement[bool], ...]:
    """What waits, and what somebody had who is dead."""
    return Job.state.in_(_UNFINISHED), Job.not_before <= now()


def take_up(session: Session) -> None:
    """What was under way when whoever ran all jobs was cut off."""
    # across projects: whoever runs jobs runs those of all
    session.execute(
        update(Job)
        .where(Job.state == JobState.RUNNING.value)
        .values(state=JobState.QUEUED.value, not_before=now())
    )


def report(session: Session, job: JobRow, percent: int) -> None:
    """A sign of life."""
    _set(session, job, progress=percent, not_before=now() + LEASE)


def finish(session: Session, job: JobRow) -> None:
    _set(session, job, state=JobState.DONE.value, progress=100, error=None, finished_at=now())


def put_back(session: Session, job: JobRow) -> None:
    """Others have their turn; what is left of it comes after them."""
    _set(session, job, state=JobState.QUEUED.value, tries=job.tries - 1, not_before=now())


def wait_for_lock(session: Session, job: JobRow, error: str) -> None:
    """A lock that is busy is no try."""
    state, due = JobState.QUEUED.value, now() + BUSY
    _set(session, job, state=state, tries=job.tries - 1, error=error, not_before=due)


def keep_arguments(session: Session, job: JobRow, arguments: Mapping[str, Any]) -> None:
    """What is left to do, noted with what was done: after a stop it goes on from there."""
    _set(session, job, arguments=dict(arguments))


def give_back(session: Session, job: JobRow, error: str) -> None:
    """To be tried again, later each time; after MOST_TRIES it has failed."""
    if job.tries >= MOST_TRIES:
        fail(session, job, error)
    else:
        _set(
            session,
            job,
            state=JobState.QUEUED.value,
            error=error,
            not_before=now() + BACK_OFF * job.tries,
        )


def fail(session: Session, job: JobRow, error: str) -> None:
    _set(session, job, state=JobState.FAILED.value, error=error, finished_at=now())


def queue_again(session: Session, project_id: uuid.UUID, job_id: uuid.UUID) -> JobRow | None:
    """As if it had just been asked for; None where it has not failed."""
    session.info.setdefault(ASKED, set()).add(project_id)
    row = session.execute(
        update(Job)
        .where(Job.project_id == project_id, Job.id == job_id, Job.state == JobState.FAILED.value)
        .values(
            state=JobState.QUEUED.value, progress=0, tries=0, not_before=now(), finished_at=None
        )
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return JobRow(*row) if row else None


def find(session: Session, project_id: uuid.UUID, job_id: uuid.UUID) -> JobRow | None:
    row = session.execute(
        select(*_COLUMNS).where(Job.project_id == project_id, Job.id == job_id)
    ).one_or_none()
    return JobRow(*row) if row else None


def jobs_of(
    session: Session, project_id: uuid.UUID, *, limit: int, offset: int
) -> tuple[list[JobRow], int]:
    """The newest first, and how many there are."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(Job.project_id == project_id)
        .order_by(Job.created_at.desc(), Job.id)
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count()).where(Job.project_id == project_id))
    return [JobRow(*row) for row in rows], total or 0


def latest(session: Session, project_id: uuid.UUID, kind: str) -> JobRow | None:
    """The job of this kind that was asked for last."""
    row = session.execute(
        select(*_COLUMNS)
        .where(Job.project_id == project_id, Job.kind == kind)
        .order_by(Job.created_at.desc(), Job.id)
        .limit(1)
    ).one_or_none()
    return JobRow(*row) if row else None


def forget_finished(session: Session) -> None:
    """What was done a while ago is of no interest; what failed is looked at a little longer."""
    for state, kept in KEPT.items():
        # across projects: the oldest jobs of all go
        session.execute(delete(Job).where(Job.state == state.value, Job.finished_at < now() - kept))


def unfinished_arguments(
    session: Session, project_id: uuid.UUID, kind: str
) -> list[dict[str, Any]]:
    """What the jobs of this kind that a project waits for are about."""
    wanted = (Job.project_id == project_id, Job.kind == kind, Job.state.in_(_UNFINISHED))
    return list(session.scalars(select(Job.arguments).where(*wanted)))


def is_under_way(session: Session) -> bool:
    """Whether somebody is at a job, and not taken for dead."""
    # across projects: whoever runs jobs runs those of all
    running = select(Job.id).where(Job.state == JobState.RUNNING.value, Job.not_before > now())
    return session.scalar(running.limit(1)) is not None


def unfinished(
    session: Session, kind: str, arguments: Mapping[str, Any] | None = None
) -> set[uuid.UUID]:
    """The projects that wait for a job of this kind; with these arguments, where any are given."""
    # across projects: the clocks are those of all
    rows = session.execute(
        select(Job.project_id, Job.arguments).where(Job.kind == kind, Job.state.in_(_UNFINISHED))
    )
    return {project_id for project_id, about in rows if arguments in (None, about)}


def _due(kinds: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return *due_now(), Job.kind.in_(kinds)


def _set(session: Session, job: JobRow, **values: object) -> None:
    session.execute(
        update(Job).where(Job.project_id == job.project_id, Job.id == job.id).values(**values)
    )
