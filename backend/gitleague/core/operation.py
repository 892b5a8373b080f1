"""How a process answers, minute by minute: what it answered, how long that took, that it lives."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from gitleague.core.memory import resident_bytes
from gitleague.core.tally import Tally, this_minute

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
BEYOND = 2**31 - 1  # the bound of what took longer than the last
BOUNDS = (*(round(bound * 1000) for bound in BUCKETS), BEYOND)  # milliseconds


class Area(str, Enum):
    """What a request is for."""

    KEYS = "keys"  # to make and revoke API keys
    SYNC = "sync"
    OTHER = "other"


class Measure(str, Enum):
    REQUEST = "request"  # time to the first byte
    STATEMENT = "statement"  # of the database


class Answers(NamedTuple):
    minute: datetime
    area: str
    requests: int
    succeeded: int  # below 400
    errors: int  # 5xx
    turned_away: int  # of these 503: come back later
    limited: int  # 429
    refused: int  # 401
    by_key: int  # who succeeded with an API key
    by_token: int  # and with a token


class Times(NamedTuple):
    minute: datetime
    measure: str
    milliseconds: int  # at most
    number: int


class Life(NamedTuple):
    minute: datetime
    memory: int


class Pulse:
    """That a process is there; asked when it is to be written down."""

    def take(self) -> list[Life]:
        return [Life(this_minute(), resident_bytes())]

    def give_back(self, rows: Iterable[Life]) -> None:
        """A minute in which the database was away is none in which the league was there."""


class Operation:
    def __init__(self) -> None:
        self.answers: Tally[Answers] = Tally(Answers, keys=2)
        self.times: Tally[Times] = Tally(Times, keys=3)
        self.pulse = Pulse()

    def note_request(
        self, area: Area, *, status: int, seconds: float, credential: str | None
    ) -> None:
        """`credential`: with what somebody was let in, if with any."""
        succeeded = status < 400
        minute = this_minute()
        self.answers.add(
            Answers(
                minute,
                area.value,
                requests=1,
                succeeded=int(succeeded),
                errors=int(status >= 500),
                turned_away=int(status == 503),
                limited=int(status == 429),
                refused=int(status == 401),
                by_key=int(succeeded and credential == "api_key"),
                by_token=int(succeeded and credential == "token"),
            )
        )
        self._note_time(minute, Measure.REQUEST, seconds)

    def note_statement(self, seconds: float) -> None:
        self._note_time(this_minute(), Measure.STATEMENT, seconds)

    def _note_time(self, minute: datetime, measure: Measure, seconds: float) -> None:
        self.times.add(Times(minute, measure.value, BOUNDS[bisect_left(BUCKETS, seconds)], 1))
