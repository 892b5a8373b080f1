"""A career from its days: bests, streaks, milestones, seasons; records, and the Hall of Fame."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from boxscores import Field, make_field
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.paging import Paging
from gitleague.league.careers.career import Milestone, career_of, milestones, seasons_of
from gitleague.league.careers.days import Played, Stretch, longest_streak
from gitleague.league.careers.hall import all_time, hall_of_fame
from gitleague.league.careers.head_to_head import head_to_head
from gitleague.league.careers.records import book_of, find_records, write_book
from gitleague.league.periods import Period, window_of
from gitleague.league.stats import Numbers
from gitleague.tables.awards import Award, AwardKind
from gitleague.tables.seasons import Season, SeasonState

DAY = timedelta(days=1)
TODAY = date(2024, 5, 15)  # a Wednesday
ALL = window_of(Period.ALL, today=TODAY)


@pytest.fixture
def field(database: Database) -> Iterator[Field]:
    with database.writing() as session:
        yield make_field(session)


def played(*days: str, **numbers: int) -> list[Played]:
    return [Played(date.fromisoformat(day), Numbers(**numbers)) for day in days]


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        ([], None, None),
        (["2024-01-01"], "2024-01-01", "2024-01-01"),
        (["2024-01-01", "2024-01-03", "2024-01-04"], "2024-01-03", "2024-01-04"),
        (["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-05"], "2024-01-01", "2024-01-02"),
        (["2023-12-31", "2024-01-01", "2024-01-02", "2024-02-01"], "2023-12-31", "2024-01-02"),
    ],
)
def test_the_longest_streak(days: list[str], first: str | None, last: str | None) -> None:
    found = longest_streak(played(*days))
    assert (found and str(found.first), found and str(found.last)) == (first, last)


def test_milestones_are_reached_on_the_day_that_passes_them() -> None:
    days = [
        *played("2022-02-01", commits=9, pts=90_000, active_days=1),
        *played("2022-02-02", commits=1, pts=9_999, active_days=1),
        *played("2022-02-03", commits=95, pts=1, active_days=1),
    ]
    found = milestones(days, today=date(2024, 1, 31))
    assert [milestone for milestone in found if milestone.day] == [
        Milestone("commits", 1, date(2022, 2, 1)),
        Milestone("commits", 10, date(2022, 2, 2)),
        Milestone("commits", 100, date(2022, 2, 3)),
        Milestone("pts", 1_000, date(2022, 2, 3)),
        Milestone("years", 1, date(2023, 2, 1)),
    ]
    assert [milestone for milestone in found if not milestone.day] == [
        Milestone("commits", 500, None),
        Milestone("pts", 10_000, None),
        Milestone("active_days", 10, None),
    ]


def test_who_began_on_a_leap_day_has_an_anniversary_each_year() -> None:
    found = milestones(played("2020-02-29", commits=1), today=date(2024, 3, 1))
    days = [str(milestone.day) for milestone in found if milestone.metric == "years"]
    assert days == ["2021-03-01", "2022-03-01", "2023-03-01", "2024-03-01"]


@pytest.mark.on_both
@pytest.mark.parametrize("is_summed_up", [False, True])
def test_a_career_is_the_sum_of_its_days(field: Field, *, is_summed_up: bool) -> None:
    ada = field.player("Ada")
    for day, impact in {"2023-12-31": 5, "2024-01-01": 3, "2024-05-13": 7, "2024-05-14": 1}.items():
        field.score(ada, date.fromisoformat(day), impact=impact, commits=2)
    if is_summed_up:
        field.sum_up()
    career = career_of(field.session, field.project_id, ada)
    assert career
    assert (career.numbers.commits, career.numbers.active_days) == (8, 4)
    assert (str(career.first_day), str(career.last_day)) == ("2023-12-31", "2024-05-14")
    assert _told(career.best_day) == ("2024-05-13", "2024-05-13", 7)
    assert _told(career.best_week) == ("2024-05-13", "2024-05-19", 8)
    assert _told(career.best_month) == ("2024-05-01", "2024-05-31", 8)
    assert _told(career.longest_streak) == ("2023-12-31", "2024-01-01", 8)


def _told(stretch: Stretch) -> tuple[str, str, int]:
    return str(stretch.first), str(stretch.last), stretch.numbers.impact // 10_000


def test_who_never_played_has_no_career(field: Field) -> None:
    assert career_of(field.session, field.project_id, field.player("Ada")) is None


@pytest.mark.on_both
def test_a_line_for_each_season_but_the_planned(field: Field) -> None:
    ada, grace = field.player("Ada"), field.player("Grace")
    played_in = make_season(field, "2024-01-01", "2024-03-31", SeasonState.CLOSED)
    make_season(field, "2024-04-01", "2024-06-30", SeasonState.ACTIVE)
    make_season(field, "2024-07-01", "2024-09-30", SeasonState.DRAFT)
    field.score(ada, date(2024, 2, 1), impact=1)
    field.score(grace, date(2024, 2, 1), impact=2)
    lines, total = seasons_of(field.session, field.project_id, ada, Paging())
    assert total == 2
    assert [str(line.season.first) for line in lines] == ["2024-04-01", "2024-01-01"]
    newest, oldest = lines
    assert newest.standing is None
    assert oldest.season.id == played_in
    assert oldest.standing
    assert (oldest.standing.rank, oldest.standing.among) == (2, 2)


def test_two_players_beside_each_other(field: Field) -> None:
    ada, grace = field.player("Ada"), field.player("Grace")
    for monday, a, b in (("2024-05-06", 5, 3), ("2024-04-29", 2, 2), ("2024-04-22", 0, 4)):
        if a:
            field.score(ada, date.fromisoformat(monday), impact=a, additions=7)
        if b:
            field.score(grace, date.fromisoformat(monday) + DAY, impact=b, additions=7)
    found = head_to_head(field.session, field.project_id, ALL, (ada, grace), by=Period.WEEK)
    assert [(str(each.first), each.a // 10_000, each.b // 10_000) for each in found.meetings] == [
        ("2024-05-06", 5, 3),
        ("2024-04-29", 2, 2),
        ("2024-04-22", 0, 4),
    ]
    assert (found.leads["impact"], found.leads["additions"]) == ("b", "b")
    assert (found.leads["pts"], found.leads["commits"]) == ("", "b")
    assert found.a
    assert found.b
    assert (found.a.rank, found.b.rank) == (2, 1)


@pytest.mark.on_both
def test_the_records_book(field: Field) -> None:
    ada, grace = field.player("Ada"), field.player("Grace")
    bot = field.player("Bot", is_bot=True)
    make_season(field, "2024-01-01", "2024-03-31", SeasonState.CLOSED)
    field.score(bot, date(2024, 1, 2), impact=99)
    for player, day, impact in [
        (ada, "2023-12-30", 4),  # a Saturday
        (ada, "2023-12-31", 4),
        (ada, "2024-01-01", 6),  # a Monday
        (grace, "2024-01-02", 6),
        (grace, "2024-01-31", 1),
    ]:
        field.score(player, date.fromisoformat(day), impact=impact)
    records = find_records(field.session, field.project_id)
    field.sum_up()
    assert find_records(field.session, field.project_id) == records
    write_book(field.session, field.project_id, records, found_at=now())
    book = book_of(field.session, field.project_id)
    assert book.made_at
    told = {
        record.span: (
            record.value // 10_000 or record.value,
            [(held.player_name, str(held.first), str(held.last)) for held in record.holders],
        )
        for record in book.records
        if record.metric in {"impact", "active_days"}
    }
    assert told == {
        "day": (6, [("Ada", "2024-01-01", "2024-01-01"), ("Grace", "2024-01-02", "2024-01-02")]),
        "week": (8, [("Ada", "2023-12-25", "2023-12-31")]),
        "month": (8, [("Ada", "2023-12-01", "2023-12-31")]),
        "season": (7, [("Grace", "2024-01-01", "2024-03-31")]),
        "streak": (3, [("Ada", "2023-12-30", "2024-01-01")]),
    }


def test_what_was_found_later_stays_in_the_book(field: Field) -> None:
    """Two jobs can find records at a time, and write them in any order."""
    moment = now()
    field.score(field.player("Ada"), TODAY, impact=1)
    records = find_records(field.session, field.project_id)
    write_book(field.session, field.project_id, records, found_at=moment)
    write_book(field.session, field.project_id, [], found_at=moment - DAY)
    assert book_of(field.session, field.project_id).records
    write_book(field.session, field.project_id, [], found_at=moment + DAY)
    assert not book_of(field.session, field.project_id).records


@pytest.mark.on_both
def test_ties_are_the_same_whoever_asks(field: Field) -> None:
    """The earliest first, then by name; and two players beside each other either way round."""
    players = [field.player(name) for name in ("Zoe", "Ada", "Mia")]
    for player in players:
        field.score(player, TODAY, impact=3)
    records = find_records(field.session, field.project_id)
    write_book(field.session, field.project_id, records, found_at=now())
    for record in book_of(field.session, field.project_id).records:
        assert [held.player_name for held in record.holders] == ["Ada", "Mia", "Zoe"], record
    one, other = (
        head_to_head(field.session, field.project_id, ALL, pair, by=Period.WEEK)
        for pair in (tuple(players[:2]), tuple(players[1::-1]))
    )
    assert (one.a, one.b) == (other.b, other.a)
    assert set(one.leads.values()) == set(other.leads.values()) == {""}
    assert [(each.a, each.b) for each in one.meetings] == [
        (each.b, each.a) for each in other.meetings
    ]


def test_a_league_without_a_book_yet(field: Field) -> None:
    assert book_of(field.session, field.project_id) == (None, [])
    assert find_records(field.session, field.project_id) == []


@pytest.mark.on_both
def test_who_is_in_the_hall_and_why(field: Field) -> None:
    mvp, steady, new = (field.player(name) for name in ("Mvp", "Steady", "New"))
    field.player("Absent")
    field.score(mvp, TODAY, impact=1)
    field.score(steady, TODAY, impact=100_000, commits=1_000)
    field.score(new, TODAY, impact=99_999, commits=999)
    field.score(field.player("Bot", is_bot=True), TODAY, impact=200_000, commits=5_000)
    for number in range(10):
        give(field, mvp, AwardKind.PLAY_OF_THE_DAY, TODAY - number * DAY)
    season = make_season(field, "2024-01-01", "2024-03-31", SeasonState.CLOSED)
    give(field, mvp, AwardKind.MVP, date(2024, 1, 1), season)
    hall = hall_of_fame(field.session, field.project_id)
    assert [(member.name, member.reasons) for member in hall] == [
        ("Steady", {"commits": 1_000, "impact": 100_000}),
        ("Mvp", {"mvp": 1}),
    ]
    of_mvp = all_time(field.session, field.project_id, [mvp, steady])[mvp]
    assert (of_mvp.titles, of_mvp.awards, of_mvp.seasons) == (1, 11, 0)
    assert (of_mvp.first_day, of_mvp.last_day) == (TODAY, TODAY)


def make_season(field: Field, first: str, last: str, state: SeasonState) -> uuid.UUID:
    season = Season(
        id=uuid.uuid4(),
        project_id=field.project_id,
        name=first,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        state=state.value,
        created_at=now(),
    )
    field.session.add(season)
    field.session.flush()  # awards point at it
    return season.id


def give(
    field: Field,
    identity_id: uuid.UUID,
    kind: AwardKind,
    day: date,
    season_id: uuid.UUID | None = None,
) -> None:
    field.session.add(
        Award(
            id=uuid.uuid4(),
            project_id=field.project_id,
            kind=kind.value,
            first=day,
            last=day,
            season_id=season_id,
            identity_id=identity_id,
            score=1,
            working={},
            given_at=now(),
        )
    )
