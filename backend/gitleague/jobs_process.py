"""The jobs where there is no Redis: a process beside the server, so that no request waits for one.

`gitleague serve` forks a supervisor before it has a thread or a socket of its own, and that forks
the process of the jobs, again whenever it dies. So all three share what is imported. They hold a
pipe whose other end is the server's: it closes when the server stops, and however else it ends.
What is under way then ends at its next step; what was cut off is taken up at the next start.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Event, Thread

from gitleague.core.db import Database
from gitleague.core.locks import Busy, alone
from gitleague.core.settings import Settings
from gitleague.core.telemetry import report_errors
from gitleague.jobs import queue
from gitleague.jobs.runner import Runner, RunnerThread
from gitleague.tasks import CLOCKS, pulls_of, tasks_of

FORK = get_context("fork")
LONG_ENOUGH = 60.0  # seconds: what lived so long is started again without a pause that grows
SHORTEST_PAUSE = 0.5  # seconds between two starts
LONGEST_PAUSE = 30.0
STOP_SECONDS = 8.0  # for what is under way, before it is cut off
KILL_SECONDS = 2.0  # more, before the process is killed
LOOK = 1.0  # seconds between two looks whether a step takes too long
OVERDUE = 75  # EX_TEMPFAIL: it is started again
log = logging.getLogger("gitleague.jobs")


class JobsProcess:
    """To be started while this process has no other thread."""

    def __init__(self, settings: Settings) -> None:
        theirs, self._ours = FORK.Pipe(duplex=False)
        with theirs:
            self._supervisor = FORK.Process(
                target=_supervise, args=(settings, theirs, self._ours), name="jobs-supervisor"
            )
            self._supervisor.start()

    def stop(self) -> None:
        """Returns when it has ended, or was killed."""
        self._ours.close()
        self._supervisor.join()


def _supervise(settings: Settings, server: Connection, other_end: Connection) -> None:
    other_end.close()
    for number in (signal.SIGINT, signal.SIGTERM):  # they are for the server, which then ends us
        signal.signal(number, signal.SIG_IGN)
    pause = 0.0
    while not wait([server], pause):
        began = time.monotonic()
        process = FORK.Process(target=_run_jobs, args=(settings, server), name="jobs")
        process.start()
        if server in wait([server, process.sentinel]):
            process.join(STOP_SECONDS + KILL_SECONDS)
            process.kill()
            process.join()
            return
        process.join()
        log.error("the process of the jobs ended with %s, and is started again", process.exitcode)
        has_lived_long = time.monotonic() - began > LONG_ENOUGH
        pause = SHORTEST_PAUSE if has_lived_long else min(LONGEST_PAUSE, 2 * pause + SHORTEST_PAUSE)


def _run_jobs(settings: Settings, server: Connection) -> None:
    report_errors(settings)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Thread(target=_watch, args=(server, stop), daemon=True).start()
    with _alone(settings.data_dir / "jobs.lock", stop):
        if not stop.is_set():
            _run_until(stop, settings)


def _watch(server: Connection, stop: Event) -> None:
    wait([server])
    stop.set()


@contextmanager
def _alone(path: Path, stop: Event) -> Iterator[None]:
    """One of a data folder: the process of a server that is being replaced ends first."""
    while not stop.is_set():
        try:
            with alone(path):
                yield
                return
        except Busy:
            stop.wait(LOOK)
    yield


def _run_until(stop: Event, settings: Settings) -> None:
    database = Database(settings.database, pool_size=6)
    if database.is_sqlite:  # which is one machine's, so nobody else is at any job
        with database.writing() as session:
            queue.take_up(session)
    runners = (
        Runner(database, tasks_of(settings), CLOCKS, stop),
        Runner(database, pulls_of(settings), (), stop, most_seconds=settings.pull_minutes * 120),
    )
    threads = [RunnerThread(runner) for runner in runners]
    for thread in threads:
        thread.start()
    while not stop.wait(LOOK):
        if any(runner.is_overdue() for runner in runners):
            log.error("a step of a job does not end; the process of the jobs starts again")
            os._exit(OVERDUE)
    deadline = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.stop(seconds=max(0.0, deadline - time.monotonic()))
    logging.shutdown()
    os._exit(0)  # what is still under way holds a lock that goes with the process
