"""Days, weeks and months, their neighbours, and where they end."""

from datetime import date

import pytest
from gitleague.core.db import Database
from gitleague.core.errors import Invalid
from gitleague.league.periods import Period, today_in, window_of
from make import make_project

TODAY = date(2024, 2, 29)  # a Thursday


@pytest.mark.parametrize(
    ("period", "start", "first", "last"),
    [
        (Period.DAY, None, TODAY, TODAY),
        (Period.DAY, date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 1)),
        (Period.WEEK, None, date(2024, 2, 26), date(2024, 3, 3)),
        (Period.WEEK, date(2021, 1, 1), date(2020, 12, 28), date(2021, 1, 3)),
        (Period.MONTH, None, date(2024, 2, 1), date(2024, 2, 29)),
        (Period.MONTH, date(2023, 2, 14), date(2023, 2, 1), date(2023, 2, 28)),
        (Period.ALL, None, date.min, date.max),
    ],
)
def test_it_holds_the_day(period, start, first, last):
    window = window_of(period, start, today=TODAY)
    assert (window.first, window.last) == (first, last)


def test_the_periods_before_and_after_touch_it():
    for period in (Period.DAY, Period.WEEK, Period.MONTH):
        window = window_of(period, date(2023, 12, 31), today=TODAY)
        assert (window.first - window.before.last).days == 1
        assert window.after is not None
        assert (window.after.first - window.last).days == 1


def test_nothing_is_played_ahead():
    running = window_of(Period.WEEK, today=TODAY)
    assert running.is_running
    assert running.after is None
    assert running.end == TODAY
    assert window_of(Period.WEEK, date(2024, 2, 19), today=TODAY).end == date(2024, 2, 25)


def test_all_time_is_compared_with_itself_a_week_ago():
    before = window_of(Period.ALL, today=TODAY).before
    assert (before.first, before.last) == (date.min, date(2024, 2, 22))


@pytest.mark.parametrize("start", [date.min, date.max, date(1899, 12, 31)])
def test_a_start_out_of_time_is_refused(start):
    with pytest.raises(Invalid, match="start must be a day from 1900"):
        window_of(Period.WEEK, start, today=TODAY)


@pytest.mark.parametrize("start", [date(1900, 1, 1), date(9900, 12, 31)])
@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.MONTH])
def test_the_edges_of_time_have_neighbours(period, start):
    window = window_of(period, start, today=TODAY)
    assert window.before.first < window.first <= start <= window.last


def test_today_is_a_matter_of_the_time_zone(database: Database):
    with database.writing() as session:
        east = make_project(session, time_zone="Pacific/Kiritimati")
        west = make_project(session, time_zone="Pacific/Niue")
        days = (today_in(session, east) - today_in(session, west)).days
    assert days in (1, 2)  # 25 hours apart
