"""Totals say what the box scores say, wherever a window begins and whatever is stale."""

import itertools
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from boxscores import Field, make_field
from gitleague.core.db import Database
from gitleague.league.periods import Period, Window
from gitleague.league.standings import Slice, over
from gitleague.league.stats import summed
from gitleague.league.totals import By, Source, ledger, pieces, totals
from gitleague.scoring.totals import ALL_REPOS, SUM_UP, ask_for_totals, mark
from gitleague.tables.commits import Player
from gitleague.tables.jobs import Job
from gitleague.tables.scores import PlayerTotal, StaleMonth
from hypothesis import given
from hypothesis import strategies as st
from make import make_commit, make_repo
from pushes import make_pushes, people
from sqlalchemy import func, select

DAY = timedelta(days=1)
TODAY = date(2024, 5, 15)
JANUARY, MAY = date(2024, 1, 1), date(2024, 5, 31)
FEBRUARY = date(2024, 2, 1)


@pytest.fixture
def field(database: Database) -> Iterator[Field]:
    with database.writing() as session:
        yield make_field(session)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (JANUARY, MAY, "months to 2024-05-31"),
        (JANUARY + DAY, MAY, "days to 2024-01-31, months to 2024-05-31"),
        (JANUARY, TODAY, "months to 2024-04-30, days to 2024-05-15"),
        (TODAY, TODAY + DAY, "days to 2024-05-16"),
        (TODAY, date(2024, 6, 2), "days to 2024-06-02"),
        (TODAY, TODAY - DAY, "box scores to 2024-05-14"),
        (date.min, date.max, "years to 9999-12-31"),
        (JANUARY, date(2026, 2, 28), "years to 2025-12-31, months to 2026-02-28"),
        (
            FEBRUARY,
            date(2026, 11, 30),
            "months to 2024-12-31, years to 2025-12-31, months to 2026-11-30",
        ),
        (FEBRUARY, date(2025, 11, 30), "months to 2025-11-30"),
    ],
)
def test_a_window_is_made_of(first: date, last: date, expected: str) -> None:
    found = pieces(frozenset(), first, last, by=By.PLAYER)
    assert ", ".join(f"{piece.source.value} to {piece.last}" for piece in found) == expected


def test_a_year_with_a_stale_month_comes_from_its_months() -> None:
    found = pieces(frozenset({FEBRUARY}), JANUARY, date(2025, 12, 31), by=By.PLAYER)
    assert [(piece.source, piece.first) for piece in found] == [
        (Source.MONTHS, JANUARY),
        (Source.BOX_SCORES, FEBRUARY),
        (Source.MONTHS, date(2024, 3, 1)),
        (Source.YEARS, date(2025, 1, 1)),
    ]


def test_a_stale_month_comes_from_its_box_scores() -> None:
    found = pieces(frozenset({FEBRUARY}), JANUARY, MAY, by=By.PLAYER)
    assert [(piece.source, piece.first) for piece in found] == [
        (Source.MONTHS, JANUARY),
        (Source.BOX_SCORES, FEBRUARY),
        (Source.MONTHS, date(2024, 3, 1)),
    ]


@given(
    first=st.dates(),
    length=st.integers(0, 500),
    stale=st.sets(st.dates().map(lambda day: day.replace(day=1)), max_size=5),
    by=st.sampled_from(By),
    one_repo=st.booleans(),
)
def test_no_day_is_lost_or_counted_twice(
    first: date, length: int, stale: set[date], by: By, *, one_repo: bool
) -> None:
    last = first + min(length, (date.max - first).days) * DAY
    near = {first.replace(day=1)} if length % 2 else set()
    found = pieces(frozenset(stale | near), first, last, by=by, one_repo=one_repo)
    assert found[0].first == first
    assert found[-1].last == last
    for one, other in itertools.pairwise(found):
        assert one.last + DAY == other.first
        assert one.source is not other.source


@pytest.mark.parametrize("seed", range(6))
def test_they_are_the_sums_of_the_box_scores(field: Field, seed: int) -> None:
    chance = random.Random(seed)
    repos = [field.repo_id, make_repo(field.session, field.project_id, "git@example.org:a/b")]
    players = [field.player(name) for name in ("Ada", "Grace", "Linus")]
    identities = [*players, field.identity(players[0], "Ada L.")]
    days = [date(2022, 11, 20) + chance.randrange(500) * DAY for _ in range(60)]
    cells = {(chance.choice(identities), day, chance.choice(repos)) for day in days}
    for identity, day, repo in sorted(cells, key=str):
        numbers = {"commits": chance.randrange(1, 9), "pts": chance.randrange(900)}
        field.score(identity, day, impact=chance.randrange(50), repo_id=repo, **numbers)
    field.sum_up()
    mark(field.session, field.project_id, 1, chance.sample(days, 3))
    for _ in range(8):
        ends = sorted(chance.sample(days, 2))
        window = Window(Period.SEASON, ends[0], ends[1], TODAY)
        for repo_id in (None, repos[1], ALL_REPOS):  # the last is no repo that can be asked for
            of = Slice(field.project_id, window, repo_id=repo_id)
            assert _summed_up(field, of) == _straight(field, of)


def _summed_up(field: Field, of: Slice) -> set[tuple[object, ...]]:
    books = ledger(field.session, of.project_id)
    sums = totals(books, of.window.first, of.window.last, repo_id=of.repo_id)
    return set(field.session.execute(select(sums)).tuples())


def _straight(field: Field, of: Slice) -> set[tuple[object, ...]]:
    return set(field.session.execute(over(of, Player.id, *summed()).group_by(Player.id)).tuples())


def test_a_month_that_waits_is_asked_for_again(field: Field) -> None:
    """Its job failed, or it was played before there were totals."""
    field.score(field.player("Ada"), TODAY)
    assert _asked(field) == 1
    field.session.query(Job).delete()
    ask_for_totals(field.session)
    ask_for_totals(field.session)
    assert _asked(field) == 1
    field.sum_up()
    field.session.query(Job).delete()
    ask_for_totals(field.session)
    assert _asked(field) == 0


def _asked(field: Field) -> int:
    jobs = select(func.count()).where(Job.project_id == field.project_id, Job.kind == SUM_UP)
    return field.session.scalar(jobs) or 0


def test_a_push_makes_its_months_stale_and_no_others(database: Database) -> None:
    ada, grace = people("Ada", "Grace")
    pushes = make_pushes(database)
    pushes.push(_commit("2024-01-05", **ada), _commit("2024-03-05", **grace))
    with database.writing() as session:
        field = Field(session, pushes.project_id, pushes.repo_id)
        field.sum_up()
        spans = select(PlayerTotal.span, func.count()).group_by(PlayerTotal.span)
        # Months and years in their repo, and in all.
        assert dict(session.execute(spans).tuples().all()) == {"day": 2, "month": 4, "year": 4}
    pushes.push(_commit("2024-03-09", **ada))
    with database.reading() as session:
        assert session.scalars(select(StaleMonth.month)).all() == [date(2024, 3, 1)]


def _commit(day: str, **person: str) -> dict[str, object]:
    return make_commit(author_date=f"{day}T12:00:00Z", commit_date=f"{day}T12:00:00Z", **person)
