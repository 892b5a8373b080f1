"""The order of the table, its ranks, trends and streaks, on both databases."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from boxscores import Field, make_field
from gitleague.core.db import Database
from gitleague.league.periods import Period, window_of
from gitleague.league.standings import Slice, Standings, standing_of, standings
from gitleague.league.stats import Metric, Order
from gitleague.tables.projects import Project
from make import make_repo

TODAY = date(2024, 5, 15)  # a Wednesday
DAY = timedelta(days=1)
WEEKLY = 7 * DAY
SUMMED = set(Metric) - {Metric.IMPACT, Metric.ACTIVE_DAYS, Metric.IMPACT_PER_DAY}
ALL = window_of(Period.ALL, today=TODAY)
WEEK = window_of(Period.WEEK, today=TODAY)


@pytest.fixture
def field(database: Database) -> Iterator[Field]:
    with database.writing() as session:
        yield make_field(session)


def table_of(field: Field, window=ALL, metric=Metric.IMPACT, **options: Any) -> Standings:
    """From the box scores as from their totals."""
    which = {name: options.pop(name) for name in ("repo_id", "bots") if name in options}
    of = Slice(field.project_id, window, metric, **which)
    table = standings(field.session, of, **options)
    field.sum_up()
    assert standings(field.session, of, **options) == table
    return table


def ranks(table: Standings) -> list[tuple[int, str]]:
    return [(row.rank, row.name) for row in table.rows]


def test_it_works(field):
    ada, grace = field.player("Ada"), field.player("Grace")
    field.score(ada, TODAY, impact=10, pts=1250, additions=7)
    field.score(grace, TODAY, impact=30, pts=100)
    field.score(ada, TODAY - DAY, impact=5, pts=50, additions=3)
    table = table_of(field)
    assert ranks(table) == [(1, "Grace"), (2, "Ada")]
    assert table.total == 2
    assert table.highest == 300_000
    shown = table.rows[1].numbers.shown()
    assert (shown["impact"], shown["pts"], shown["additions"]) == (15, 13, 10)
    assert (shown["commits"], shown["active_days"]) == (2, 2)


def test_equals_share_a_rank_and_the_next_is_not_moved_up(field):
    for name, impact in (("Dot", 1), ("Cy", 5), ("Bo", 5), ("Al", 9)):
        field.score(field.player(name), TODAY, impact=impact)
    assert ranks(table_of(field)) == [(1, "Al"), (2, "Bo"), (2, "Cy"), (4, "Dot")]


@pytest.mark.on_both
def test_the_rank_is_the_place_whatever_the_order_the_search_and_the_page(field):
    for number, name in enumerate(("Ada", "Bea", "Ann", "Cleo")):
        field.score(field.player(name), TODAY, impact=number)
    assert ranks(table_of(field, order=Order.ASC))[0] == (4, "Ada")
    found = table_of(field, q="a")
    assert ranks(found) == [(2, "Ann"), (3, "Bea"), (4, "Ada")]
    assert found.total == 3
    assert ranks(table_of(field, page=2, limit=3)) == [(4, "Ada")]
    assert table_of(field, page=9, limit=3) == ([], 4, 0)


@pytest.mark.on_both
def test_two_identities_are_one_player(field):
    ada = field.player("Ada")
    field.score(ada, TODAY, impact=1)
    field.score(field.identity(ada, "Countess"), TODAY, impact=2)
    row = table_of(field).rows[0]
    assert (row.numbers.impact, row.numbers.commits, row.numbers.active_days) == (30_000, 2, 1)


@pytest.mark.on_both
def test_bots_are_left_out_unless_asked_for(field):
    field.score(field.player("renovate[bot]", is_bot=True), TODAY, impact=99)
    field.score(field.player("Ada"), TODAY, impact=1)
    assert ranks(table_of(field)) == [(1, "Ada")]
    assert ranks(table_of(field, bots=True)) == [(1, "renovate[bot]"), (2, "Ada")]


def test_a_period_counts_its_own_days_only(field):
    ada = field.player("Ada")
    field.score(ada, WEEK.first, impact=1)
    field.score(ada, WEEK.first - DAY, impact=10)
    assert table_of(field, WEEK).rows[0].numbers.impact == 10_000
    assert table_of(field, WEEK.before).rows[0].numbers.impact == 100_000
    assert table_of(field, WEEK.before.before).rows == []


@pytest.mark.on_both
def test_one_repository_by_itself(field):
    other = make_repo(field.session, field.project_id, "git@example.org:team/engine.git")
    ada = field.player("Ada")
    field.score(ada, TODAY, impact=1)
    field.score(ada, TODAY, impact=2, repo_id=other)
    assert table_of(field, repo_id=other).rows[0].numbers.impact == 20_000
    assert table_of(field, repo_id=uuid.uuid4()).rows == []


@pytest.mark.on_both
@pytest.mark.parametrize("metric", list(Metric))
def test_every_metric_orders_the_table(field, metric):
    few, many = field.player("Few"), field.player("Many")
    field.score(few, TODAY, impact=5)
    field.score(many, TODAY, impact=1)
    field.score(few, TODAY - DAY, impact=0)
    field.score(many, TODAY - DAY, impact=1, **{metric.value: 77} if metric in SUMMED else {})
    field.score(many, TODAY - 2 * DAY)
    by_impact = metric in (Metric.IMPACT, Metric.IMPACT_PER_DAY)
    expected = "Few" if by_impact else "Many"
    assert table_of(field, metric=metric).rows[0].name == expected


@pytest.mark.on_both
def test_a_trend_tells_the_ranks_won_since_the_week_before(field):
    up, down, same, new = (field.player(name) for name in ("Up", "Down", "Same", "New"))
    for player, before, now in ((up, 1, 9), (down, 9, 4), (same, 5, 5)):
        field.score(player, WEEK.first - DAY, impact=before)
        field.score(player, WEEK.first, impact=now)
    field.score(new, TODAY, impact=1)
    trends = {row.name: row.trend for row in table_of(field, WEEK).rows}
    assert trends == {"Up": ("up", 2), "Same": ("same", 0), "Down": ("down", 2), "New": ("new", 0)}


def test_another_project_is_another_league(field):
    stranger = make_field(field.session)
    field.score(field.player("Ada"), TODAY, impact=1)
    stranger.score(stranger.player("Mallory"), TODAY, impact=99)
    assert ranks(table_of(field)) == [(1, "Ada")]


def test_only_the_rules_in_force_are_read(field):
    ada = field.player("Ada")
    field.score(ada, TODAY, impact=1)
    field.score(ada, TODAY, impact=50, version=2)
    assert table_of(field).rows[0].numbers.impact == 10_000
    field.session.get_one(Project, field.project_id).rules_version = 2
    field.session.flush()  # the next query reads it
    assert table_of(field).rows[0].numbers.impact == 500_000


@pytest.mark.on_both
@pytest.mark.parametrize("q", ["%", "_", "\\", "' OR 1=1 --", "<script>"])
def test_a_search_finds_what_it_says_and_nothing_else(field, q):
    field.score(field.player("Plain"), TODAY)
    field.score(field.player(f"has {q} inside"), TODAY)
    assert [row.name for row in table_of(field, q=q).rows] == [f"has {q} inside"]


@pytest.mark.parametrize("q", ["åkesson", "ÅKESSON", "Åkesson", "kess"])
def test_a_search_minds_no_case(field, q):
    field.score(field.player("Linus Åkesson"), TODAY)
    assert len(table_of(field, q=q).rows) == 1


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("days_ago", "streak"),
    [
        ([0], 1),
        ([0, 1, 2], 3),
        ([1, 2], 2),  # today is not over
        ([2, 3], 0),
        ([0, 2, 3], 1),
        ([], 0),
    ],
)
def test_a_streak_ends_today_or_yesterday(field, days_ago, streak):
    ada = field.player("Ada")
    field.score(ada, TODAY - 30 * DAY)
    for ago in days_ago:
        field.score(ada, TODAY - ago * DAY)
    assert table_of(field).rows[0].streak == streak


@pytest.mark.on_both
def test_a_streak_of_a_past_week_reaches_its_sunday(field):
    ada, bea = field.player("Ada"), field.player("Bea")
    sunday = WEEK.before.last
    for ago in range(10):
        field.score(ada, sunday - ago * DAY)
    field.score(bea, sunday - DAY)
    table = table_of(field, WEEK.before)
    assert {row.name: row.streak for row in table.rows} == {"Ada": 10, "Bea": 0}


@pytest.mark.on_both
def test_a_long_streak_is_followed_to_its_beginning(field):
    ada = field.player("Ada")
    for ago in range(500):
        field.score(ada, TODAY - ago * DAY)
    field.score(ada, TODAY - 501 * DAY)
    assert table_of(field).rows[0].streak == 500


@pytest.mark.on_both
def test_one_player_has_the_row_of_the_table(field):
    ada, absent = field.player("Ada"), field.player("Absent")
    field.score(ada, TODAY, impact=1)
    field.score(field.player("Grace"), TODAY, impact=2)
    which = Slice(field.project_id, ALL)
    assert standing_of(field.session, which, ada) == table_of(field).rows[1]
    assert standing_of(field.session, which, absent) is None


def test_it_asks_four_questions(field, queries):
    for number in range(30):
        field.score(field.player(f"Player {number}"), TODAY - number * WEEKLY, impact=number)
    of = Slice(field.project_id, ALL)
    for stale in (True, False):
        queries.clear()
        assert len(standings(field.session, of).rows) == 30
        # The months that hold, the table, the numbers of its page, the streaks.
        assert len(queries) == 4 + stale
        field.sum_up()
