"""The user's crontab: one line of ours, and all others as they were."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence

from gitleague_client.errors import CannotSchedule, CrontabNotFound
from gitleague_client.scheduling.every import CRON, Every
from gitleague_client.scheduling.marked import MARK, with_line


def cron_line(command: Sequence[str], every: Every) -> str:
    # To cron a `%` ends the command unless a backslash is before it. Crons disagree about two
    # backslashes, so that quotes keep one of the path apart from whatever follows.
    words = shlex.join(command).replace("\\", "\\''").replace("%", "\\%")
    return f"{CRON[every]} {words} {MARK}"


def install(line: str) -> None:
    before = _read(line)
    after = with_line(before, line)
    if after != before:
        done = _crontab("-", after.encode("utf-8", "surrogateescape"))
        if done.returncode:
            raise _refusal("crontab -", done, line)


def _read(line: str) -> str:
    done = _crontab("-l")
    said = done.stderr.lower()
    if not done.returncode:
        return done.stdout.decode("utf-8", "surrogateescape")
    if b"no crontab" in said or b"no such file" in said:  # how cronie and busybox say: empty
        return ""
    # What could not be read must not be written over.
    raise _refusal("crontab -l", done, line)


def _crontab(argument: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["crontab", argument], input=stdin, capture_output=True, check=False)
    except OSError as error:
        raise CrontabNotFound from error


def _refusal(call: str, done: subprocess.CompletedProcess[bytes], line: str) -> CannotSchedule:
    said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
    return CannotSchedule(
        f"`{call}` failed: {said}", remedy=f"Add this line by hand, with `crontab -e`: {line}"
    )
