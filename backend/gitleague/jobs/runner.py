"""Runs what is queued, one job after the other; leagues take turns."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import TypeAlias

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import LeagueError, Unavailable
from gitleague.jobs import queue
from gitleague.jobs.queue import LOST, MOST_TRIES, JobRow
from gitleague.tables.server import Heartbeat

log = logging.getLogger("gitleague.jobs")
LOOK_EVERY = 60.0  # seconds
THREAD_NAME = "jobs"
HEARTBEAT = "jobs"
PAUSE = 0.5  # seconds between two looks at an empty queue: one step down an index
TURN = 20.0  # seconds, after which jobs of other leagues have their turn
TIME_LIMIT = 300.0  # seconds that the steps of one turn may take in all
SIGN_OF_LIFE = 10.0  # seconds
# Several runners look at once, also the first time.
BEAT = text(
    "INSERT INTO heartbeats (name, seen_at) VALUES (:name, :seen_at)"
    " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"
).bindparams(bindparam("seen_at", type_=Heartbeat.seen_at.type))


class TurnOver(Exception):
    """Others have their turn now. What is left of the job comes after them."""


class NotNow(Exception):
    """Something else has to end first. It is no try."""


class TookTooLong(Exception):
    """No step of a job may take so long."""


class Work:
    """A job that is being done, in steps that are a transaction each.

    No step holds a lock for more than a second. What is left of a job that is stopped between two
    steps is in the database: whoever takes it up goes on from there.
    """

    def __init__(self, database: Database, job: JobRow, stop: Event | None = None) -> None:
        self.database = database
        self.job = job
        self._stop = stop or Event()
        self._began = time.monotonic()

    def pause(self, percent: int | None = None) -> None:
        """Between two steps: tells how far it is. Raises TurnOver, and TookTooLong."""
        took = time.monotonic() - self._began
        if took > TIME_LIMIT:
            raise TookTooLong
        self.live(percent)
        if took > TURN or self._stop.is_set():
            raise TurnOver

    def live(self, percent: int | None = None) -> None:
        """Tells how far it is; to be called while no transaction is open for writing."""
        if percent in {None, self.job.progress}:
            return
        self.job = self.job._replace(progress=percent)
        with self.database.writing() as session:
            queue.report(session, self.job, self.job.progress)

    def beat(self) -> None:
        """A sign of life."""
        with self.database.writing() as session:
            queue.report(session, self.job, self.job.progress)

    def keep(self, session: Session, **arguments: object) -> None:
        """What is left to do, in the transaction of what was done."""
        self.job = self.job._replace(arguments=arguments)
        queue.keep_arguments(session, self.job, arguments)


Task: TypeAlias = Callable[[Work], None]
Clock: TypeAlias = Callable[[Session], None]


@contextmanager
def _beating(work: Work) -> Iterator[None]:
    """Says now and then that somebody is at it, also while a step takes long."""
    ended = Event()

    def beat() -> None:
        while not ended.wait(SIGN_OF_LIFE):
            try:
                work.beat()
            except Unavailable:
                log.info("the database is away or busy; job %s says nothing", work.job.id)

    thread = Thread(target=beat, name=f"{THREAD_NAME}-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def run(database: Database, task: Task, job: JobRow, *, stop: Event | None = None) -> None:
    """Does a job that is ours, or a part of it, and notes what became of it. Never raises."""

    def note(how: Callable[..., None], *error: str) -> None:
        with database.writing() as session:
            how(session, job, *error)

    if job.tries > MOST_TRIES:
        note(queue.fail, LOST)
        return
    try:
        with _beating(work := Work(database, job, stop)):
            task(work)
    except TurnOver:
        note(queue.put_back)
    except TookTooLong:
        log.exception("job %s %s took too long", job.kind, job.id)
        note(queue.fail, f"A step of it took longer than {TIME_LIMIT / 60:.0f} minutes.")
    except NotNow:
        note(queue.wait_for_lock, "It waits for another job of its kind.")
    except Unavailable as error:
        note(queue.wait_for_lock, str(error))
    except LeagueError as error:
        note(queue.fail, str(error))
    except Exception as error:
        log.exception("job %s %s went wrong", job.kind, job.id)
        note(queue.give_back, type(error).__name__)
    else:
        note(queue.finish)


class Runner:
    """Runs the jobs that it has tasks for, and leaves others to others. Leagues take turns."""

    def __init__(
        self,
        database: Database,
        tasks: Mapping[str, Task],
        clocks: Sequence[Clock] = (),
        stop: Event | None = None,
        *,
        most_seconds: float = 2 * TIME_LIMIT,
    ) -> None:
        self._database = database
        self._most_seconds = most_seconds
        self._tasks = tasks
        self._clocks = clocks
        self.stop = stop or Event()
        self._looked = -LOOK_EVERY
        self._turn = 0
        self._served: dict[uuid.UUID, float] = {}  # the last turn of each league that waits
        self._began: float | None = None  # the job that is under way

    def look_at_clocks(self) -> None:
        """Says that it is there, and asks for what is due; once a minute, for nothing is urgent."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        with self._database.writing() as session:
            session.execute(BEAT, {"name": HEARTBEAT, "seen_at": now()})
        for ask in self._clocks:  # each by itself: one that goes wrong stops no other
            try:
                with self._database.writing() as session:
                    ask(session)
            except Unavailable:
                log.info("the database is away or busy; %s waits", ask.__name__)
            except Exception:
                log.exception("the clock %s went wrong", ask.__name__)

    def run_all(self) -> int:
        """Until nothing is due; returns how many jobs were run."""
        done = 0
        while self.run_next():
            done += 1
        return done

    def run_next(self) -> bool:
        """One job of the league whose last turn is the longest ago."""
        kinds = self._tasks.keys()
        with self._database.reading() as session:  # most looks find nothing, and shall block nobody
            waiting = queue.projects_due(session, kinds)
        if not waiting:
            return False
        # One that just came has its turn after those that wait, and before the one served last.
        self._served = {each: self._served.get(each, self._turn - 0.5) for each in waiting}
        project_id = min(self._served, key=self._served.__getitem__)
        self._turn += 1
        self._served[project_id] = self._turn
        with self._database.writing() as session:
            job = queue.take(session, kinds, project_id)
        if job is None:
            return False
        self._began = time.monotonic()
        run(self._database, self._tasks[job.kind], job, stop=self.stop)
        self._began = None
        return True

    def is_overdue(self) -> bool:
        """Whether a step has to be cut off: it did not end by itself when its time was over."""
        began = self._began
        return began is not None and time.monotonic() - began > self._most_seconds


class RunnerThread:
    """A runner in a thread, for as long as its process lives."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._thread = Thread(target=self._run, name=THREAD_NAME, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, seconds: float = 5.0) -> None:
        """What is under way ends at its next pause; if it is cut off, another takes it up."""
        self._runner.stop.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._runner.stop.is_set():
            try:
                self._runner.look_at_clocks()
                if self._runner.run_next():
                    continue
            except Unavailable:
                log.info("the database is away or busy; jobs wait")
            except Exception:  # a thread that ended would do no job until the next start
                log.exception("the jobs cannot be looked at; they wait")
            self._runner.stop.wait(PAUSE)
