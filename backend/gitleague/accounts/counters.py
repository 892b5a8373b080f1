"""Rate limits that are counted in the memory of this process."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

from limits.storage import Storage

SCHEME = "counters"
SWEEP_SECONDS = 60


class _Window(NamedTuple):
    hits: int
    until: float


class Counters(Storage):
    """Of fixed windows. The library's own storage starts a thread at nearly every request."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library says what it is

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        super().__init__(uri, **options)
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        with self._lock:
            self._sweep()
            hits, until = self._running(key) or _Window(0, time.time() + expiry)
            self._windows[key] = _Window(hits + amount, until)
            return hits + amount

    def get(self, key: str) -> int:
        running = self._running(key)
        return running.hits if running else 0

    def get_expiry(self, key: str) -> float:
        running = self._running(key)
        return running.until if running else time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)

    def _running(self, key: str) -> _Window | None:
        found = self._windows.get(key)
        return found if found and found.until > time.time() else None

    def _sweep(self) -> None:
        """Windows that have ended, now and then."""
        now = time.time()
        if now >= self._sweep_at:
            self._windows = {key: it for key, it in self._windows.items() if it.until > now}
            self._sweep_at = now + SWEEP_SECONDS
