"""The operator's command, run as a process, or in this one, which is quicker."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

import pytest
from gitleague.cli.door import main


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Operator(NamedTuple):
    environment: dict[str, str]

    def run(self, *arguments: str, **settings: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "gitleague", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **self.environment, **settings},
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "gitleague", *arguments],
            stdout=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
        )

    def run_here(self, *arguments: str, **settings: str) -> Done:
        out, err, code = io.StringIO(), io.StringIO(), 0
        with (
            pytest.MonkeyPatch.context() as patched,
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            for name, value in {**self.environment, **settings}.items():
                patched.setenv(name, value)
            try:
                main(list(arguments))
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Done(code, out.getvalue(), err.getvalue())
