"""Waits for what another thread or another process does."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SECONDS = 60  # a slow machine is no defect


def until(happened: Callable[[], T], *, seconds: float = SECONDS) -> T:
    """What it says, as soon as it says something."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, f"it did not happen within {seconds} s"
        time.sleep(0.01)
    return found
