"""The jobs where there is no Redis: a process beside the server, so that no request waits for one.

`gitleague serve` starts it, and starts it again when it dies. It ends with the server, however that
ends: at SIGTERM, and when its stdin closes, which the server holds. What is under way then ends at
its next step; what was cut off is taken up when the process starts again.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from gitleague.core import log
from gitleague.core.db import Database
from gitleague.core.locks import Busy, alone
from gitleague.core.private_files import keep_files_private
from gitleague.core.settings import Settings, load_settings
from gitleague.core.telemetry import report_errors
from gitleague.jobs import queue
from gitleague.jobs.runner import Runner, RunnerThread
from gitleague.tasks import CLOCKS, pulls_of, tasks_of

STOP_SECONDS = 8.0  # for what is under way, before it is cut off
LOOK = 1.0  # seconds between two looks whether a step takes too long
OVERDUE = 75  # EX_TEMPFAIL: it is started again
said = logging.getLogger("gitleague.jobs")


def main() -> None:
    keep_files_private()
    settings = load_settings()
    log.configure(settings)
    report_errors(settings)
    stop = Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends us
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Thread(target=_watch_server, args=(stop,), daemon=True).start()
    with _alone(settings.data_dir / "jobs.lock", stop):
        if not stop.is_set():
            _run(settings, stop)


def _watch_server(stop: Event) -> None:
    while os.read(sys.stdin.fileno(), 1):
        continue
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


def _run(settings: Settings, stop: Event) -> None:
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
            said.error("a step of a job does not end; the process of the jobs starts again")
            os._exit(OVERDUE)
    deadline = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.stop(seconds=max(0.0, deadline - time.monotonic()))
    logging.shutdown()
    os._exit(0)  # what is still under way holds a lock that goes with the process


if __name__ == "__main__":
    main()
