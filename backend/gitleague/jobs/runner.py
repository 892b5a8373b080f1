"""Runs what is queued, one job after the other: in a thread of the server, or as a Celery task."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread
from typing import TypeAlias

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import LeagueError, Unavailable
from gitleague.jobs import queue
from gitleague.jobs.queue import JobRow
from gitleague.tables.server import Heartbeat

log = logging.getLogger("gitleague.jobs")
LOOK_EVERY = 60.0  # seconds
THREAD_NAME = "jobs"
HEARTBEAT = "jobs"
PAUSE = 0.5  # seconds between two looks at an empty queue: one step down an index
# Several runners look at once, also the first time.
BEAT = text(
    "INSERT INTO heartbeats (name, seen_at) VALUES (:name, :seen_at)"
    " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"
).bindparams(bindparam("seen_at", type_=Heartbeat.seen_at.type))


class Work:
    """A job that is being done."""

    def __init__(self, database: Database, job: JobRow) -> None:
        self.database = database
        self.job = job

    def report(self, percent: int) -> None:
        """Seen by others at once, also while the job's own transaction is open."""
        # SQLite has one writer, which is the job: who asks sees that it runs, not how far.
        if not self.database.is_sqlite:
            with self.database.writing() as session:
                queue.report(session, self.job, percent)

    def live(self) -> None:
        """A sign of life of a job that holds no transaction meanwhile."""
        with self.database.writing() as session:
            queue.report(session, self.job, self.job.progress)


Task: TypeAlias = Callable[[Work], None]
Clock: TypeAlias = Callable[[Session], None]


class Runner:
    """Runs the jobs that it has tasks for, and leaves others to others."""

    def __init__(
        self, database: Database, tasks: Mapping[str, Task], clocks: Sequence[Clock] = ()
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._clocks = clocks
        self._looked = -LOOK_EVERY

    def look_at_clocks(self) -> None:
        """Says that it is there, and asks for what is due; once a minute, for nothing is urgent."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        with self._database.writing() as session:  # by itself: it is there even if a clock fails
            session.execute(BEAT, {"name": HEARTBEAT, "seen_at": now()})
        if not self._clocks:
            return
        with self._database.writing() as session:
            for ask in self._clocks:
                ask(session)

    def run_all(self) -> int:
        """Until nothing is due; returns how many jobs were run."""
        count = 0
        while self.run_next():
            count += 1
        return count

    def run_next(self) -> bool:
        with self._database.reading() as session:  # most looks find nothing, and shall block nobody
            if not queue.is_due(session, self._tasks.keys()):
                return False
        with self._database.writing() as session:
            job = queue.take(session, self._tasks.keys())
        if job is None:
            return False
        try:
            self._tasks[job.kind](Work(self._database, job))
        except Unavailable as error:
            self._note(queue.give_back, job, str(error))
        except LeagueError as error:
            self._note(queue.fail, job, str(error))
        except Exception as error:
            log.exception("job %s %s went wrong", job.kind, job.id)
            self._note(queue.give_back, job, type(error).__name__)
        else:
            with self._database.writing() as session:
                queue.finish(session, job)
        return True

    def _note(self, how: Callable[..., None], job: JobRow, error: str) -> None:
        with self._database.writing() as session:
            how(session, job, error)


class RunnerThread:
    """A runner beside the requests of a process, for as long as the process lives."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=THREAD_NAME, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, seconds: float = 5.0) -> None:
        """What is under way is waited for a little; if it is cut off, another takes it up."""
        self._stopping.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._runner.look_at_clocks()
                if self._runner.run_next():
                    continue
            except Unavailable:
                log.info("the database is away or busy; jobs wait")
            except Exception:  # a thread that ended would do no job until the next start
                log.exception("the jobs cannot be looked at; they wait")
            self._stopping.wait(PAUSE)
