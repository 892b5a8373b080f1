"""A player's days, from which a career follows: at most some hundred a year."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.periods import DAY, Period, Window, around
from gitleague.league.stats import Numbers
from gitleague.league.totals import By, Plan, ledger, ledger_of, plan, sums_of


class Played(NamedTuple):
    day: date
    numbers: Numbers


class Stretch(NamedTuple):
    """Some days, and what was played on them."""

    first: date
    last: date
    numbers: Numbers


def days_of(
    session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID], window: Window
) -> dict[uuid.UUID, list[Played]]:
    """The days of the window on which each of these players played, oldest first."""
    books = ledger_of(session, ledger(session, project_id), window)
    days = plan(books, window.first, window.last, by=By.DAY)
    found: dict[uuid.UUID, list[Played]] = {player: [] for player in players}
    for player_id, day, *numbers in session.execute(*_in_order(days, list(players))):
        found[player_id].append(Played(day, Numbers(*numbers)))
    return found


@prepared
def _in_order(of: Plan, players: list[uuid.UUID]) -> Select[Any]:
    days = sums_of(of, players=players)
    return select(days).order_by(days.c.day)


def together(days: Iterable[Played]) -> Numbers:
    sums = Numbers()
    for played in days:
        sums = Numbers(*(one + other for one, other in zip(sums, played.numbers, strict=True)))
    return sums


def by_period(days: list[Played], period: Period) -> list[Stretch]:
    """Weeks or months with a day that was played, oldest first."""
    windows = groupby(days, key=lambda played: around(played.day, period, played.day)[1:3])
    return [Stretch(first, last, together(of_it)) for (first, last), of_it in windows]


def longest_streak(days: list[Played]) -> Stretch | None:
    """The longest run of days in a row, and of equals the first."""
    runs: list[list[Played]] = []
    for played in days:
        if runs and runs[-1][-1].day + DAY == played.day:
            runs[-1].append(played)
        else:
            runs.append([played])
    if not runs:
        return None
    best = max(runs, key=len)
    return Stretch(best[0].day, best[-1].day, together(best))
