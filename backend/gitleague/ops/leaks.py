"""Looks for what is secret in logs that others may have written: proxies, libraries, scripts.

What the server's own log blots out is what must not be found: one list of patterns for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

from gitleague.core.log import redact

SHOWN = 5


class Leaks(NamedTuple):
    lines: int  # that were read
    places: Sequence[str]  # file and line; never what is there

    def __str__(self) -> str:
        shown = ", ".join(self.places[:SHOWN])
        more = f" and {len(self.places) - SHOWN:,} more" if len(self.places) > SHOWN else ""
        where = f": {shown}{more}" if self.places else ""
        return f"{len(self.places):,} of {self.lines:,} lines{where}"


def leaks_in(logs: Iterable[IO[str]]) -> Leaks:
    count, places = 0, []
    for log in logs:
        name = getattr(log, "name", "standard input")  # a pipe may have none
        for number, line in enumerate(log, start=1):
            count += 1
            if redact(line) != line:
                places.append(f"{name}:{number}")
    return Leaks(count, places)
