"""A snake draft: whose turn it is, until when, and what happens when nobody picks. Pure.

The first round goes from the first seat to the last, the next one back, and so on. A turn that
runs out ends when its time is over, not when somebody looked: however late the clock is, the
draft goes on as if it had been there all the time. A turn in which nobody can be picked is
skipped as soon as it begins.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from gitleague.league.fantasy.pool import PoolRow
from gitleague.league.fantasy.teams import TeamRow


class Ended(NamedTuple):
    """A turn that was over without its manager."""

    turn: int
    team_id: uuid.UUID
    choice: PoolRow | None  # None: nobody whom they could afford was left
    at: datetime
    by_clock: bool


def seat_of(turn: int, seats: int) -> int:
    """Turns and seats count from 0."""
    lap, place = divmod(turn, seats)
    return place if lap % 2 == 0 else seats - 1 - place


@dataclass
class Draft:
    """As it stands."""

    seats: Sequence[TeamRow]
    rounds: int
    cap: int | None
    clock: timedelta
    locks_at: datetime
    turn: int  # the one that is under way
    began: datetime  # when that was
    spent: dict[uuid.UUID, int]  # by team
    free: list[PoolRow]  # the dearest first

    @property
    def is_over(self) -> bool:
        return self.turn >= self.rounds * len(self.seats)

    @property
    def on_the_clock(self) -> TeamRow:
        return self.seats[seat_of(self.turn, len(self.seats))]

    @property
    def turn_ends_at(self) -> datetime | None:
        """With the lock all turns end."""
        return None if self.is_over else min(self.began + self.clock, self.locks_at)

    def take(self, choice: PoolRow | None, at: datetime) -> None:
        """What the team on the clock does; None: it is skipped."""
        if choice:
            team_id = self.on_the_clock.id
            self.spent[team_id] = self.spent.get(team_id, 0) + choice.price
            self.free.remove(choice)
        self.turn, self.began = self.turn + 1, at

    def best(self) -> PoolRow | None:
        """Whom the clock picks: the dearest who is free, affordable and not the manager."""
        team = self.on_the_clock
        left = None if self.cap is None else self.cap - self.spent.get(team.id, 0)
        return next(
            (
                each
                for each in self.free
                if (left is None or each.price <= left)
                and (each.user_id is None or each.user_id != team.user_id)
            ),
            None,
        )


def run_out(draft: Draft, until: datetime) -> Iterator[Ended]:
    """The turns that are over by then, each with what the clock does in it."""
    has_just_begun = False
    while (ends_at := draft.turn_ends_at) is not None:
        choice = draft.best()
        if choice and ends_at > until:
            return
        at = ends_at
        if choice is None:
            # A turn that had somebody at first, until players were joined, ends now: were it over
            # since its beginning, the time of the next one would be gone already.
            at = draft.began if has_just_begun else min(until, ends_at)
        yield Ended(draft.turn, draft.on_the_clock.id, choice, at, by_clock=at >= ends_at)
        draft.take(choice, at)
        has_just_begun = True
