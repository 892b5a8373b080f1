"""Streaks are what a calendar says, whichever months are summed up."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from boxscores import Field, make_field
from gitleague.core.db import Database
from gitleague.league.periods import Period, Window
from gitleague.league.streaks import streaks
from gitleague.league.totals import ledger
from gitleague.scoring.totals import mark

DAY = timedelta(days=1)
TODAY = date(2024, 5, 15)
ROUNDS = 8  # of two months that are not summed up, another one each time


@pytest.fixture
def field(database: Database) -> Iterator[Field]:
    with database.writing() as session:
        yield make_field(session)


def test_a_streak_is_what_the_calendar_says(field: Field) -> None:
    chance = random.Random(7)
    misses = {"Ada": 0.0}
    misses |= {f"Grace {number}": 0.01 for number in range(ROUNDS)}
    misses |= {f"Linus {number}": 0.3 for number in range(ROUNDS)}
    played = {
        field.player(name): {
            TODAY - ago * DAY for ago in range(450) if ago < 2 or chance.random() >= rate
        }
        for name, rate in misses.items()
    }
    played[field.player("Not yet today")] = {TODAY - ago * DAY for ago in range(1, 40)}
    for player, days in played.items():
        for day in sorted(days):
            field.score_unmarked(player, day)
    mark(field.session, field.project_id, 1, sorted(set().union(*played.values())))
    for _ in range(ROUNDS):
        field.sum_up()
        mark(field.session, field.project_id, 1, [TODAY - chance.randrange(450) * DAY, TODAY])
        books = ledger(field.session, field.project_id)
        for end in (TODAY, TODAY - 1 * DAY, date(2024, 4, 30), TODAY - chance.randrange(400) * DAY):
            window = Window(Period.SEASON, date(2023, 1, 1), end, TODAY)
            found = streaks(field.session, books, list(played), window)
            for player, days in played.items():
                assert found.get(player, 0) == _by_calendar(days, end, is_running=end >= TODAY)


def _by_calendar(days: set[date], end: date, *, is_running: bool) -> int:
    if is_running and end not in days:
        end -= DAY
    streak = 0
    while end - streak * DAY in days:
        streak += 1
    return streak
