"""The table of jobs is the outbox of a broker: what a transaction asked for is sent once it is
committed, and what was lost on the way is sent again.

Of one league only a few jobs are with the broker at a time, so that no other waits behind many.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from enum import Enum
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Select, false, func, or_, select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import Unavailable
from gitleague.jobs.queue import ASKED, due_now
from gitleague.tables.jobs import Job

log = logging.getLogger("gitleague.jobs")
MOST_SENT = 2  # of one league in one queue, which no worker has taken yet
LOST = timedelta(minutes=10)  # after which it is sent again; the broker forgets it then


class Queue(str, Enum):
    """By kind, so that what is quick does not wait for what is long."""

    QUICK = "gitleague.quick"  # messages to others
    LONG = "gitleague.long"  # numbers
    PULLS = "gitleague.pulls"  # repositories
    CLOCK = "gitleague.clock"  # what asks for jobs


QUEUES: Mapping[str, Queue] = {
    "webhooks:deliver": Queue.QUICK,
    "digests:send": Queue.QUICK,
    "fantasy:end_turns": Queue.QUICK,
    "repo:pull": Queue.PULLS,
}


class Message(NamedTuple):
    project_id: uuid.UUID
    job_id: uuid.UUID
    queue: Queue


class BrokerAway(Exception):
    """Nothing can be sent."""


Send: TypeAlias = Callable[[Message], None]  # raises BrokerAway


def queue_of(kind: str) -> Queue:
    return QUEUES.get(kind, Queue.LONG)


def send_due(database: Database, send: Send, projects: Collection[uuid.UUID] | None = None) -> int:
    """Of these leagues, or of all; returns how many were sent."""
    with database.reading() as session:  # most looks find nothing, and block nobody
        if not _chosen(session, projects):
            return 0
    with database.writing() as session:
        messages = _taken(session, _chosen(session, projects))
    for place, message in enumerate(messages):
        try:
            send(message)
        except BrokerAway:
            log.warning("the broker is away; %d jobs wait", len(messages) - place)
            with database.writing() as session:
                _take_back(session, messages[place:])
            return place
    return len(messages)


def _chosen(session: Session, projects: Collection[uuid.UUID] | None) -> list[Message]:
    """What is due and not with the broker, the one that waited longest first."""
    waiting: Counter[tuple[uuid.UUID, Queue]] = Counter()
    chosen = []
    for row in session.execute(_first_of_each(projects)):
        message = Message(row.project_id, row.id, queue_of(row.kind))
        if waiting[message.project_id, message.queue] < MOST_SENT:
            waiting[message.project_id, message.queue] += 1
            if not row.is_sent:
                chosen.append(message)
    return chosen


def _first_of_each(projects: Collection[uuid.UUID] | None) -> Select[Any]:
    """As many of each league and kind as matter, however many are due: those that are sent come
    first, then the one that waited longest.
    """
    is_sent = func.coalesce(Job.sent_at > now() - LOST, false())
    order = (is_sent.desc(), Job.not_before, Job.created_at, Job.id)
    place = func.row_number().over(partition_by=(Job.project_id, Job.kind), order_by=order)
    columns = (Job.project_id, Job.id, Job.kind, Job.not_before, Job.created_at)
    due = select(*columns, is_sent.label("is_sent"), place.label("place")).where(*due_now())
    if projects is not None:
        due = due.where(Job.project_id.in_(projects))
    # across projects: whoever sends jobs sends those of all
    first = due.subquery()
    return (
        select(first)
        .where(first.c.place <= MOST_SENT)
        .order_by(first.c.is_sent.desc(), first.c.not_before, first.c.created_at, first.c.id)
    )


def _taken(session: Session, messages: list[Message]) -> list[Message]:
    """Those that nobody else took to send in the meantime."""
    moment = now()
    # across projects: whoever sends jobs sends those of all
    ours = set(
        session.scalars(
            update(Job)
            .where(
                Job.id.in_([message.job_id for message in messages]),
                or_(Job.sent_at.is_(None), Job.sent_at <= moment - LOST),
            )
            .values(sent_at=moment)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        )
    )
    return [message for message in messages if message.job_id in ours]


def _take_back(session: Session, messages: list[Message]) -> None:
    # across projects: whoever sends jobs sends those of all
    session.execute(
        update(Job).where(Job.id.in_([message.job_id for message in messages])).values(sent_at=None)
    )


class Sender:
    """Sends what requests asked for, in a thread: no answer waits for the broker."""

    def __init__(self, database: Database, send: Send) -> None:
        self._database, self._send = database, send
        self._asked: SimpleQueue[Collection[uuid.UUID] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="jobs-sender", daemon=True)

    def start(self) -> None:
        self._database.when_committed = self._note
        self._thread.start()

    def stop(self) -> None:
        self._asked.put(None)
        self._thread.join(5.0)

    def _note(self, session: Session) -> None:
        projects = session.info.pop(ASKED, None)
        if projects:
            self._asked.put(projects)

    def _run(self) -> None:
        while (projects := self._asked.get()) is not None:
            try:
                send_due(self._database, self._send, projects)
            except Unavailable:
                log.info("the database is away or busy; a worker sends what waits")
