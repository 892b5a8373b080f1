"""A real terminal, with somebody who types when asked."""

import os
import pty
import select
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from preloaded import CLIENT, PROGRAM, loaded
from waiting import SECONDS, TooSlow


class Session(NamedTuple):
    code: int
    screen: str


def run_in_terminal(
    *arguments: str, folder: Path, asked: str = "", typed: str = "", **environment: str
) -> Session:
    """Types once the screen shows what is asked."""
    ours, theirs = pty.openpty()
    run = loaded(CLIENT).start(
        [PROGRAM, *arguments],
        folder=folder,
        environment=_environment(folder, environment),
        terminal=theirs,
    )
    os.close(theirs)
    deadline = time.monotonic() + SECONDS
    screen = b""
    is_typed = not asked
    while block := _read(ours, deadline):
        screen += block
        if not is_typed and asked.encode() in screen:
            os.write(ours, f"{typed}\n".encode())
            is_typed = True
    os.close(ours)
    return Session(run.wait(), screen.decode().replace("\r\n", "\n"))


def _environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder), "TERM": "xterm-256color", "COLUMNS": "200", **more}


def _read(descriptor: int, deadline: float) -> bytes:
    if not select.select([descriptor], [], [], max(deadline - time.monotonic(), 0))[0]:
        raise TooSlow(f"the program still shows something after {SECONDS} s")
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # so Linux says that nobody holds the other end any more
        return b""
