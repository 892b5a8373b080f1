"""The operator's command, run as a process, or in this one, which is quicker."""

import io
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest
from awaited import until
from gitleague.cli.door import main


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Served(NamedTuple):
    """`gitleague serve` as a process; what it said is in the log."""

    url: str
    log: Path


class Operator(NamedTuple):
    environment: dict[str, str]
    folder: Path | None = None

    def run(self, *arguments: str, **settings: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "gitleague", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={**os.environ, **self.environment, **settings},
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "gitleague", *arguments],
            stdout=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
        )

    @contextmanager
    def serve(self, log: Path, *arguments: str) -> Iterator[Served]:
        """On a port that it chooses itself, until SIGTERM ends it."""
        command = [sys.executable, "-m", "gitleague", "serve", "--port", "0", *arguments]
        environment = {**os.environ, **self.environment}
        with (
            log.open("wb") as said,
            subprocess.Popen(command, env=environment, stdout=said, stderr=said) as process,
        ):
            try:
                found = until(lambda: _address(log, process), seconds=180)
                yield Served(found, log)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(180)

    def run_here(self, *arguments: str, **settings: str) -> Done:
        out, err, code = io.StringIO(), io.StringIO(), 0
        with (
            pytest.MonkeyPatch.context() as patched,
            redirect_stdout(out),
            redirect_stderr(err),
            _process_as_before(),
        ):
            for name, value in {**self.environment, **settings}.items():
                patched.setenv(name, value)
            patched.setattr(sys, "stdin", io.StringIO())  # nobody is there to answer
            if self.folder:
                patched.chdir(self.folder)
            try:
                main(list(arguments))
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Done(code, out.getvalue(), err.getvalue())


@contextmanager
def _process_as_before() -> Iterator[None]:
    """A command sets the log up, and who may read its files, for a whole process."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    mask = os.umask(0)
    os.umask(mask)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        os.umask(mask)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str | None:
    said = log.read_text(encoding="utf-8", errors="replace")
    assert process.poll() is None, said
    found = re.search(r"running on (http://[\w.:]+)", said)
    return found[1] if found else None
