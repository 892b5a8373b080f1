"""Four times the players take SQLite about four times the work, and not sixteen times.

It knows nothing of how many rows a subquery has, and where it takes them for few it looks through
all of them for each row of another.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from boxscores import Field, make_field
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.league.careers.hall import hall_of_fame
from gitleague.league.careers.head_to_head import head_to_head
from gitleague.league.leaders import leaders
from gitleague.league.periods import Period, window_of
from gitleague.league.search.finding import search
from gitleague.league.squads.standings import squad_standings
from gitleague.league.squads.stints import OPEN, new_stint
from gitleague.league.standings import Slice, standing_of, standings
from gitleague.league.stats import Metric
from gitleague.scoring import totals
from gitleague.tables.squads import Squad
from sqlalchemy.orm import Session

FEW, TIMES, SQUADS = 60, 4, 4
TODAY = date(2026, 3, 20)
ALL = window_of(Period.ALL, today=TODAY)


class League(NamedTuple):
    field: Field
    players: list[uuid.UUID]
    squad_id: uuid.UUID

    @property
    def table(self) -> Slice:
        return Slice(self.field.project_id, ALL)


QUESTIONS: dict[str, Callable[[Session, League], object]] = {
    "standings": lambda session, of: standings(session, of.table),
    "by impact a day": lambda session, of: standings(
        session, of.table._replace(metric=Metric.IMPACT_PER_DAY)
    ),
    "of a squad": lambda session, of: standings(session, of.table._replace(squad_id=of.squad_id)),
    "of a repository": lambda session, of: standings(
        session, of.table._replace(repo_id=of.field.repo_id)
    ),
    "leaders": lambda session, of: leaders(session, of.table, [Metric.PTS, Metric.BLK]),
    "card": lambda session, of: standing_of(session, of.table, of.players[0]),
    "compare": lambda session, of: head_to_head(
        session, of.field.project_id, ALL, (of.players[0], of.players[1]), by=Period.MONTH
    ),
    "hall": lambda session, of: hall_of_fame(session, of.field.project_id),
    "squads": lambda session, of: squad_standings(session, of.table),
    "search": lambda session, of: search(session, of.field.project_id, "player", limit=5),
}


@pytest.fixture
def two_leagues(database: Database) -> Iterator[tuple[League, League]]:
    with database.writing() as session:
        yield made(session, FEW), made(session, TIMES * FEW)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_work_of_a_page_grows_with_the_players(two_leagues: tuple[League, League]):
    few, many = two_leagues
    grows = {
        name: steps(question, many) / steps(question, few) for name, question in QUESTIONS.items()
    }
    assert {name: ratio for name, ratio in grows.items() if ratio > TIMES + 1} == {}


def made(session: Session, count: int) -> League:
    """Of players who are in their second squad, and played in three years."""
    field = make_field(session)
    squads = [
        Squad(
            id=uuid.uuid4(),
            project_id=field.project_id,
            name=f"squad {number}",
            name_key=f"squad {number}",
            created_at=now(),
        )
        for number in range(SQUADS)
    ]
    session.add_all(squads)
    session.flush()  # stints point at them
    players = [field.player(f"player {number}") for number in range(count)]
    days = [TODAY - timedelta(days=ago) for ago in (1, 40, 400, 800)]
    moved = date(2025, 1, 15)
    for place, player in enumerate(players):
        early, late = squads[place % SQUADS], squads[(place + 1) % SQUADS]
        before = moved - timedelta(days=1)
        session.add(new_stint(field.project_id, early.id, player, date(2020, 1, 7), before))
        session.add(new_stint(field.project_id, late.id, player, moved, OPEN))
        for day in days:
            field.score_unmarked(player, day, impact=place % 17, pts=place)
    session.flush()  # they are summed up below
    totals.mark(session, field.project_id, 1, days)
    field.sum_up()
    return League(field, players, squads[0].id)


def steps(question: Callable[[Session, League], object], of: League) -> int:
    """How many hundreds of instructions SQLite runs to answer."""
    session = of.field.session
    driver = session.connection().connection.driver_connection
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    driver.set_progress_handler(count, 100)
    try:
        question(session, of)
    finally:
        driver.set_progress_handler(None, 0)
    return counted
