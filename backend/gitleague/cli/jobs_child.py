"""The process of the jobs, started by the server and kept alive for as long as the server runs."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from threading import Event, Lock, Thread

log = logging.getLogger("gitleague.jobs")
COMMAND = (sys.executable, "-m", "gitleague.jobs_process")
LONG_ENOUGH = 60.0  # seconds: whoever lived so long is started again at once
LONGEST_PAUSE = 30.0  # seconds between two starts of one that dies each time
STOP_SECONDS = 12.0


class JobsChild:
    """Ends with us, however we end: we hold its stdin."""

    def __init__(self) -> None:
        self._ending = Event()
        self._starting = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._keep_alive, name="jobs-child", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._starting:
            self._ending.set()
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        self._thread.join(STOP_SECONDS)

    def _keep_alive(self) -> None:
        pause = 0.0
        while not self._ending.wait(pause):
            began = time.monotonic()
            with self._starting:
                if self._ending.is_set():
                    return
                process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE)
                self._process = process
            with process:
                code = process.wait()
            if self._ending.is_set():
                return
            log.error("the process of the jobs ended with %s, and is started again", code)
            lived = time.monotonic() - began
            pause = 0.0 if lived > LONG_ENOUGH else min(LONGEST_PAUSE, 2 * pause + 0.5)
