"""A real terminal, with somebody who types when asked."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

# Its first act makes the terminal its own, as a shell does: a hidden prompt opens /dev/tty.
OWN = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"  # noqa: E501


class Session(NamedTuple):
    code: int
    screen: str


def run_in_terminal(
    *arguments: str, folder: Path, asked: str = "", typed: str = "", **environment: str
) -> Session:
    """Types once the screen shows what is asked."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gitleague_client", *arguments]
    with subprocess.Popen(
        [sys.executable, "-c", OWN, *command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=_environment(folder, environment),
        start_new_session=True,
    ) as process:
        os.close(theirs)
        screen = b""
        is_typed = not asked
        while block := _read(ours):
            screen += block
            if not is_typed and asked.encode() in screen:
                os.write(ours, f"{typed}\n".encode())
                is_typed = True
        os.close(ours)
        return Session(process.wait(60), screen.decode().replace("\r\n", "\n"))


def _environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder), "TERM": "xterm-256color", "COLUMNS": "200", **more}


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # so Linux says that nobody holds the other end any more
        return b""
