"""Waits for what is to happen, as long as the slowest machine needs, and no longer."""

import time
from collections.abc import Callable

SECONDS = 60


class TooSlow(AssertionError):
    """It did not happen in the time that the slowest machine needs."""


def wait_until(condition: Callable[[], object], what: str, *, pause: float = 0.005) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TooSlow(f"not within {SECONDS} s: {what}")
        time.sleep(pause)
