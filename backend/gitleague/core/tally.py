"""What a process counts, added up by its keys, until somebody writes it down."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from gitleague.core.clock import now

Row = TypeVar("Row", bound=tuple[Any, ...])


def this_minute() -> datetime:
    return now().replace(second=0, microsecond=0)


class Tally(Generic[Row]):
    """Rows of which the first `keys` values say what they are of, and the others are sums."""

    def __init__(self, shape: Callable[..., Row], *, keys: int) -> None:
        self._shape = shape
        self._keys = keys
        self._guard = Lock()
        self._rows: dict[tuple[Any, ...], Row] = {}

    def add(self, row: Row) -> None:
        key, more = row[: self._keys], row[self._keys :]
        with self._guard:
            before = self._rows.get(key)
            if before is not None:
                row = self._shape(*key, *map(operator.add, before[self._keys :], more))
            self._rows[key] = row

    def take(self) -> list[Row]:
        """All of it, in one order for everybody who writes; from now on it begins anew."""
        with self._guard:
            rows, self._rows = self._rows, {}
        return [rows[key] for key in sorted(rows)]

    def give_back(self, rows: Iterable[Row]) -> None:
        """What could not be written."""
        for row in rows:
            self.add(row)


class Pushes(NamedTuple):
    minute: datetime
    cohort: str
    pushes: int
    refused: int
    failed: int
    milliseconds: int


class PushTally(Tally[Pushes]):
    """How the pushes of a process went, by minute and cohort."""

    def __init__(self) -> None:
        super().__init__(Pushes, keys=2)

    def note(self, cohort: str, outcome: str, seconds: float) -> None:
        self.add(
            Pushes(
                this_minute(),
                cohort,
                pushes=1,
                refused=int(outcome == "refused"),
                failed=int(outcome == "failed"),
                milliseconds=round(seconds * 1000),
            )
        )
