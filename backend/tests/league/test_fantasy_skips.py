"""Turns of a snake draft in which nothing can be picked: nobody waits for their clock."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from fantasies import DAY, NOON, Fantasy, a_draft
from gitleague.core.db import Database
from gitleague.league.fantasy.draft import Draft, run_out
from gitleague.league.fantasy.pool import PoolRow
from gitleague.league.fantasy.teams import TeamRow
from gitleague.tables.projects import Member, Role
from httpx import Client
from make import Person, make_person
from remote import Repo
from sqlalchemy import delete

pytestmark = pytest.mark.at(NOON)

HOUR = timedelta(hours=1)
NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)


def seat(name: str) -> TeamRow:
    return TeamRow(uuid.uuid4(), None, name, None, NOON)


def choice(name: str, price: int) -> PoolRow:
    player = uuid.uuid4()
    return PoolRow(player, player, name, None, price, is_estimate=False, is_struck=False)


def drafting(*free: PoolRow, cap: int | None = None) -> Draft:
    """Two managers and two rounds, an hour a turn."""
    return Draft(
        seats=[seat("Ada"), seat("Grace")],
        rounds=2,
        cap=cap,
        clock=HOUR,
        locks_at=NOON + DAY,
        turn=0,
        began=NOON,
        spent={},
        free=list(free),
    )


def ended(draft: Draft, until: datetime) -> list[tuple[int, str | None, datetime, bool]]:
    return [
        (each.turn, each.choice and each.choice.name, each.at, each.by_clock)
        for each in run_out(draft, until)
    ]


def test_once_nobody_is_left_all_turns_are_over_at_once():
    draft = drafting(choice("Bo", 400))
    assert ended(draft, NOON + HOUR) == [
        (0, "Bo", NOON + HOUR, True),
        (1, None, NOON + HOUR, False),
        (2, None, NOON + HOUR, False),
        (3, None, NOON + HOUR, False),
    ]
    assert draft.is_over


def test_only_who_can_afford_nobody_is_skipped():
    draft = drafting(choice("Bo", 400), choice("Cy", 90), choice("Di", 80), cap=400)
    assert ended(draft, NOON + 3 * HOUR) == [
        (0, "Bo", NOON + HOUR, True),
        (1, "Cy", NOON + 2 * HOUR, True),
        (2, "Di", NOON + 3 * HOUR, True),
        (3, None, NOON + 3 * HOUR, False),
    ]


def test_a_turn_that_became_hopeless_ends_when_that_is_seen():
    """Whoever is next has their whole time, and not what the other left of theirs."""
    draft = drafting(choice("Bo", 400), cap=300)
    draft.free = []
    seen = NOON + 50 * timedelta(minutes=1)
    assert ended(draft, seen)[0] == (0, None, seen, False)


@pytest.fixture
def snake(http: Client, database: Database, ada: Person, grace: Person, repo: Repo) -> Fantasy:
    return a_draft(http, database, (ada, grace), repo)


def price_of(snake: Fantasy, name: str) -> float:
    return {each["player"]["name"]: each["price"] for each in snake.items("/pool")}[name]


def test_who_can_afford_nobody_is_skipped_without_a_wait(snake, grace):
    """Ada spends all on Bo; Grace takes two, and the draft is over at once."""
    snake.ask("PATCH", salary_cap=str(price_of(snake, "Bo")))
    snake.start().pick("Bo")
    for name in ("Di", "Ed"):
        snake.as_(grace).pick(name)
    shown = snake.ask("GET").json()
    assert (shown["state"], shown["turn"]) == ("drafted", None)
    last = snake.items("/picks")[0]
    assert (last["turn"], last["player"], last["by_clock"]) == (4, None, False)
    assert last["manager"]["name"] == "Ada"


def test_a_pool_that_is_too_small_ends_the_draft(snake, grace):
    ids = snake.players()
    for name in ("Bo", "Cy", "Di"):
        snake.ask("PATCH", f"/pool/{ids[name]}", is_struck=True)
    snake.start().pick("Ed")
    assert snake.ask("GET").json()["state"] == "drafted"
    assert [name for _, name, _ in snake.history()] == ["Ed", None, None, None]
    refused = snake.as_(grace).try_to_pick("Ed")
    assert (refused.status_code, "draft is over" in refused.text) == (409, True)


@pytest.mark.parametrize("mode", ["free", "snake"])
def test_it_does_not_start_where_nobody_can_be_afforded(snake, mode):
    season = snake.ask_league("GET", "/seasons").json()["items"][0]["id"]
    snake.make(season_id=season, name="Poor", mode=mode, salary_cap="0.5")
    snake.join(snake.person)
    refused = snake.ask("POST", "/start")
    assert (refused.status_code, "salary cap" in refused.text) == (409, True), refused.text
    assert snake.ask("GET").json()["state"] == "setup"


@pytest.mark.on_both
def test_two_picks_of_one_turn_are_one(snake, ada, grace):
    """Whoever asks at once, and for whomever."""
    ids = snake.start().players()
    asked = [(ada, "Bo"), (ada, "Cy"), (grace, "Bo"), (grace, "Di"), (ada, "Bo"), (grace, "Bo")]
    with ThreadPoolExecutor(len(asked)) as threads:
        sent = [
            threads.submit(snake.as_(who).ask, "POST", "/picks", player_id=ids[name])
            for who, name in asked
        ]
        codes = [each.result().status_code for each in sent]
    assert set(codes) <= {201, 409}
    rows = snake.items("/picks")
    made = [row for row in rows if row["player"]]
    assert len(made) == codes.count(201)
    assert len({row["turn"] for row in rows}) == len(rows)
    assert len({row["player"]["id"] for row in made}) == len(made)


def test_who_has_left_the_league_has_no_seat(snake, database, settings, project_id):
    """Nor who only looks on by now: nobody waits for turns that they cannot take."""
    gone, looking = (
        make_person(database, settings, name, project_id, Role.PLAYER) for name in ("Gone", "Look")
    )
    snake.join(gone, looking)
    members = f"/members/{looking.user_id}"
    assert snake.ask_league("PATCH", members, role="spectator").is_success
    with database.writing() as session:
        session.execute(
            delete(Member).where(Member.project_id == project_id, Member.user_id == gone.user_id)
        )
    snake.start()
    assert [each["name"] for each in snake.items("/managers")] == ["Ada", "Grace"]


def test_a_draft_of_those_who_have_left_does_not_start(snake, database, project_id, grace):
    with database.writing() as session:
        session.execute(
            delete(Member).where(Member.project_id == project_id, Member.user_id == grace.user_id)
        )
    refused = snake.ask("POST", "/start")
    assert (refused.status_code, "needs 2 managers" in refused.text) == (409, True)
    assert list(snake.rosters()) == ["Ada", "Grace"]
