"""How many git processes may count lines at once, whatever number of repositories is scanned."""

from __future__ import annotations

from threading import Condition


class Jobs:
    """Shared by all scans of a sync: a large repository takes what the small ones leave free."""

    def __init__(self, count: int) -> None:
        self.count = max(count, 1)
        self._free = self.count
        self._waiting = 0
        self._changed = Condition()

    def take(self) -> None:
        """Waits until one is free."""
        with self._changed:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._free)
                self._free -= 1
            finally:
                self._waiting -= 1

    def take_spare(self) -> bool:
        """One more, unless somebody who has none waits for it."""
        with self._changed:
            is_spare = self._free > self._waiting
            self._free -= is_spare
            return is_spare

    def give_back(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify()
