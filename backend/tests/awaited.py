"""Waits for what another thread or another process does."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SECONDS = 60  # a slow machine is no defect


def until(
    happened: Callable[[], T], *, seconds: float = SECONDS, otherwise: Callable[[], object] = str
) -> T:
    """What it says, as soon as it says something; `otherwise` says what is there instead."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, f"it did not happen within {seconds} s {otherwise()}"
        time.sleep(0.01)
    return found
