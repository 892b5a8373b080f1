"""A git that runs beside us."""

from __future__ import annotations

import os
import re
from collections import deque
from threading import Thread
from types import TracebackType
from typing import IO, Any

from gitleague_client.errors import GitFailed

_BLOCK = 1 << 18
_COMMAND = re.compile(r"[a-z][a-z-]*")  # no option, no setting


def decoded(raw: bytes) -> str:
    """Any bytes as text: UTF-8, else Latin-1, without NUL, which no database takes."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\0", "") if "\0" in text else text


class GitProcess:
    """A running git with both ends of its pipes. Leaving the block ends it."""

    def __init__(self, process: Any) -> None:
        self._guard = process  # GitPython ends the process when this is collected
        self._popen = process.proc
        self._complaints: deque[bytes] = deque(maxlen=20)
        self._listener = Thread(target=self._listen, args=(self._popen.stderr,), daemon=True)
        self._listener.start()

    def __enter__(self) -> GitProcess:  # noqa: PYI034  # Self came with Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def fileno(self) -> int:
        return int(self._popen.stdout.fileno())

    def read(self) -> bytes:
        """What git has printed since, or waits for it; nothing at its end."""
        return os.read(self.fileno(), _BLOCK)

    def readline(self) -> bytes:
        """One line. Never mixed with `read`, which does not see what is buffered here."""
        return bytes(self._popen.stdout.readline())

    def write(self, data: bytes) -> None:
        try:
            self._popen.stdin.write(data)
            self._popen.stdin.flush()
        except BrokenPipeError:
            self.fail()

    def finish(self) -> None:
        """Wait for the end; raise GitFailed unless it was a good one."""
        if self._popen.wait():
            self.fail()

    def fail(self) -> None:
        """Raise GitFailed with what git said last."""
        self.close()
        said = decoded(b"".join(self._complaints)).strip()
        command = next(word for word in self._popen.args[2:] if _COMMAND.fullmatch(word))
        raise GitFailed(f"git {command} failed: {said or self._popen.returncode}")

    def close(self) -> None:
        if self._popen.poll() is None:
            self._popen.kill()
        self._popen.wait()
        self._listener.join()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe and not pipe.closed:
                _close(pipe)

    def _listen(self, stderr: IO[bytes]) -> None:
        """Keep the last lines; git would wait for us if nobody read them."""
        self._complaints.extend(stderr)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # what was never sent to a git that is gone
        return
