"""One process of a machine at a time: the kernel lets go of what a dead one held."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Busy(Exception):
    """Another process has it."""


@contextmanager
def alone(path: Path) -> Iterator[int]:
    """Gives the descriptor: a child that has it holds the lock too. Raises Busy."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield file.fileno()
