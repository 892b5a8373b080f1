"""Rate limits that are counted in the memory of this process."""

from __future__ import annotations

import threading
import time
from typing import Any, ClassVar, NamedTuple

from limits.storage import Storage

SCHEME = "counters"
SWEEP_SECONDS = 60


class _Counter(NamedTuple):
    count: int
    until: float


class Counters(Storage):
    """Of fixed windows. The library's own storage starts a thread at nearly every request."""

    STORAGE_SCHEME: ClassVar[list[str] | None] = [SCHEME]

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        super().__init__(uri, **options)
        self._counters: dict[str, _Counter] = {}
        self._lock = threading.Lock()
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        with self._lock:
            self._sweep()
            count, until = self._running(key) or _Counter(0, time.time() + expiry)
            self._counters[key] = _Counter(count + amount, until)
            return count + amount

    def get(self, key: str) -> int:
        running = self._running(key)
        return running.count if running else 0

    def get_expiry(self, key: str) -> float:
        running = self._running(key)
        return running.until if running else time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            count = len(self._counters)
            self._counters.clear()
            return count

    def clear(self, key: str) -> None:
        with self._lock:
            self._counters.pop(key, None)

    def _running(self, key: str) -> _Counter | None:
        found = self._counters.get(key)
        return found if found and found.until > time.time() else None

    def _sweep(self) -> None:
        """Windows that have ended, now and then."""
        now = time.time()
        if now >= self._sweep_at:
            self._counters = {key: it for key, it in self._counters.items() if it.until > now}
            self._sweep_at = now + SWEEP_SECONDS
