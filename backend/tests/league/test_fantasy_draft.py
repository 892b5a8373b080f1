"""Snake drafts: whose turn it is, what the clock does, and what is gone is gone."""

import uuid
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from awaited import until
from chores import finish_jobs
from fantasies import DAY, NOON, PRICES, TODAY, Fantasy, a_draft, field_of, on
from gitleague.core.db import Database
from gitleague.jobs import queue
from gitleague.league.fantasy.draft import Draft, run_out, seat_of
from gitleague.league.fantasy.pool import PoolRow
from gitleague.league.fantasy.teams import TeamRow
from gitleague.league.fantasy.turns import END_TURNS, ask_for_turns
from gitleague.tables.accounts import User
from gitleague.tables.fantasy import FantasyLeague
from gitleague.tables.projects import Role
from httpx import Client
from make import Person, make_person
from remote import Repo
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

pytestmark = pytest.mark.at(NOON)

HOUR = timedelta(hours=1)
NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("seats", "order"),
    [
        (1, [0, 0, 0]),
        (2, [0, 1, 1, 0, 0, 1]),
        (3, [0, 1, 2, 2, 1, 0, 0, 1, 2]),
    ],
)
def test_turns_go_there_and_back(seats, order):
    assert [seat_of(turn, seats) for turn in range(len(order))] == order


def seat(name: str, user_id: uuid.UUID | None = None) -> TeamRow:
    return TeamRow(uuid.uuid4(), user_id, name, None, NOON)


def choice(name: str, price: int, user_id: uuid.UUID | None = None) -> PoolRow:
    player = uuid.uuid4()
    return PoolRow(player, player, name, user_id, price, is_estimate=False, is_struck=False)


def drafting(*free: PoolRow, seats: list[TeamRow], **over: Any) -> Draft:
    """Two rounds, an hour a turn, locked after a day."""
    whole: dict[str, Any] = {
        "rounds": 2,
        "cap": None,
        "clock": HOUR,
        "locks_at": NOON + DAY,
        "turn": 0,
        "began": NOON,
        "spent": {},
        **over,
    }
    return Draft(seats=seats, free=list(free), **whole)


def ended(draft: Draft, until: datetime) -> list[tuple[int, str | None, datetime]]:
    return [
        (each.turn, each.choice and each.choice.name, each.at) for each in run_out(draft, until)
    ]


@pytest.fixture
def two() -> list[TeamRow]:
    return [seat("Ada"), seat("Grace")]


def test_the_clock_picks_the_dearest_who_is_free(two):
    draft = drafting(*(choice(*each) for each in PRICES.items()), seats=two)
    assert ended(draft, NOON + HOUR - timedelta(seconds=1)) == []
    assert ended(draft, NOON + 3 * HOUR) == [
        (0, "Bo", NOON + HOUR),
        (1, "Cy", NOON + 2 * HOUR),
        (2, "Di", NOON + 3 * HOUR),
    ]
    assert (draft.on_the_clock.name, draft.turn_ends_at) == ("Ada", NOON + 4 * HOUR)


def test_however_late_the_clock_is_the_draft_is_the_same(two):
    free = [choice(*each) for each in PRICES.items()]
    late = ended(drafting(*free, seats=two), NOON + 9 * HOUR)
    draft, often = drafting(*free, seats=two), []
    for minutes in range(0, 9 * 60, 7):
        often += ended(draft, NOON + timedelta(minutes=minutes))
    assert late == often
    assert len(late) == 4


def test_whom_nobody_can_afford_the_clock_does_not_pick(two):
    draft = drafting(choice("Bo", 400), choice("Cy", 300), choice("Di", 90), seats=two, cap=400)
    assert [name for _, name, _ in ended(draft, NOON + DAY)] == ["Bo", "Cy", "Di", None]


def test_the_clock_picks_nobody_for_themself():
    me = uuid.uuid4()
    draft = drafting(choice("Bo", 400, me), choice("Cy", 300), seats=[seat("Bo", me), seat("Ada")])
    assert [name for _, name, _ in ended(draft, NOON + 2 * HOUR)] == ["Cy", "Bo", None, None]


def test_with_the_lock_all_turns_end(two):
    locks_at = NOON + 90 * timedelta(minutes=1)
    draft = drafting(*(choice(*each) for each in PRICES.items()), seats=two, locks_at=locks_at)
    assert ended(draft, locks_at) == [
        (0, "Bo", NOON + HOUR),
        (1, "Cy", locks_at),
        (2, "Di", locks_at),
        (3, "Ed", locks_at),
    ]
    assert draft.is_over


@pytest.fixture
def cy(database, settings, project_id) -> Person:
    """Another player."""
    return make_person(database, settings, "Cy", project_id, Role.PLAYER)


@pytest.fixture
def snake(http: Client, database: Database, ada: Person, grace: Person, repo: Repo) -> Fantasy:
    """Ada and Grace have joined, in this order; two rounds, an hour a turn."""
    return a_draft(http, database, (ada, grace), repo)


def run_jobs(fantasy: Fantasy) -> None:
    """What the clock asks for is done, by this runner or by the server's own."""
    with fantasy.database.writing() as session:
        ask_for_turns(session)
    finish_jobs(fantasy.database)

    def have_ended() -> bool:
        with fantasy.database.reading() as session:
            return not queue.unfinished(session, END_TURNS)

    until(have_ended)


def turn_of(fantasy: Fantasy) -> tuple[int, int, str] | None:
    turn = fantasy.ask("GET").json()["turn"]
    return turn and (turn["turn"], turn["round"], turn["manager"]["name"])


def stored_end(session: Session, fantasy: Fantasy) -> datetime | None:
    """What the clock goes by."""
    of_this = FantasyLeague.id == uuid.UUID(fantasy.id)
    return session.scalar(select(FantasyLeague.turn_ends_at).where(of_this))


def test_it_works(snake, repo, ada, grace, linus):
    """In turns, in public, and then points from the lock on."""
    started = snake.ask("POST", "/start").json()
    assert started == snake.ask("GET").json()
    hers = snake.as_(grace)
    assert turn_of(snake) == (1, 1, "Ada")
    snake.pick("Cy")
    assert turn_of(snake) == (2, 1, "Grace")
    hers.pick("Bo")
    assert turn_of(snake) == (3, 2, "Grace")
    hers.pick("Ed")
    snake.pick("Di")
    assert (turn_of(snake), snake.ask("GET").json()["state"]) == (None, "drafted")
    assert snake.as_(linus).rosters() == {"Ada": ["Cy", "Di"], "Grace": ["Bo", "Ed"]}
    assert [name for _, name, _ in snake.as_(linus).history()] == ["Cy", "Bo", "Ed", "Di"]
    assert [each["seat"] for each in snake.items("/managers")] == [1, 2]
    snake.locked_on(TODAY)
    repo.push(on(TODAY, "Ed"))
    assert [name for _, name, _ in snake.table()] == ["Grace", "Ada"]


def test_one_waits_for_ones_turn(snake, grace):
    refused = snake.start().as_(grace).try_to_pick("Bo")
    assert (refused.status_code, "the turn of Ada" in refused.text) == (409, True)


def test_who_was_picked_is_gone(snake, grace):
    snake.start().pick("Bo")
    refused = snake.as_(grace).try_to_pick("Bo")
    assert (refused.status_code, field_of(refused)) == (409, "player_id")
    assert "picked already" in refused.text


def test_who_was_picked_is_gone_also_under_another_name(snake, grace):
    snake.start().pick("Bo")
    ids = snake.players()
    snake.ask_league("POST", f"/players/{ids['Ed']}/merge", players=[ids["Bo"]])
    refused = snake.as_(grace).try_to_pick("Ed")
    assert (refused.status_code, field_of(refused)) == (409, "player_id")
    assert snake.rosters()["Ada"] == ["Ed"]


def test_a_pick_of_a_draft_stays(snake):
    pick = snake.start().pick("Bo")
    refused = snake.ask("DELETE", f"/picks/{pick}")
    assert (refused.status_code, "stay" in refused.text) == (409, True)


def test_the_cap_holds_in_a_draft(snake, grace):
    prices = {each["player"]["name"]: each["price"] for each in snake.items("/pool")}
    snake.ask("PATCH", salary_cap=str(prices["Bo"] + prices["Cy"] - 1))
    snake.start().pick("Ed")
    hers = snake.as_(grace)
    hers.pick("Bo")
    refused = hers.try_to_pick("Cy")
    assert (refused.status_code, field_of(refused)) == (409, "player_id")
    snake.hours_pass(2)
    run_jobs(snake)
    assert hers.rosters()["Grace"] == ["Bo", "Di"]  # nor does the clock spend more


@pytest.mark.on_both
def test_the_clock_picks_when_a_turn_runs_out(snake):
    snake.start()
    run_jobs(snake)
    assert snake.history() == []
    snake.hours_pass(1.5)
    run_jobs(snake)
    assert [(row["player"]["name"], row["by_clock"]) for row in snake.items("/picks")] == [
        ("Bo", True)
    ]
    assert turn_of(snake) == (2, 1, "Grace")


def test_an_outage_is_caught_up_with(snake):
    """As if the clock had been there: each turn ends when its hour is over."""
    snake.start()
    snake.hours_pass(3.5)
    for _ in range(2):  # once or twice makes no difference
        run_jobs(snake)
    rows = snake.items("/picks")
    assert [row["player"]["name"] for row in rows] == ["Di", "Cy", "Bo"]
    times = [datetime.fromisoformat(row["picked_at"]) for row in rows]
    assert {later - earlier for later, earlier in pairwise(times)} == {HOUR}
    assert turn_of(snake) == (4, 2, "Ada")
    snake.hours_pass(1)
    run_jobs(snake)
    assert snake.ask("GET").json()["state"] == "drafted"


def test_a_turn_that_ran_out_is_over_though_nobody_looked(snake, grace):
    """Ada is too late, and Grace need not wait for the clock."""
    snake.start()
    snake.hours_pass(1.5)
    assert "the turn of Grace" in snake.try_to_pick("Cy").text
    snake.as_(grace).pick("Cy")
    assert snake.history() == [("Ada", "Bo", False), ("Grace", "Cy", False)]


def test_when_the_draft_is_over_nothing_is_picked(snake, grace):
    snake.start()
    for who, name in ((snake, "Bo"), (snake.as_(grace), "Cy"), (snake.as_(grace), "Di")):
        who.pick(name)
    snake.pick("Ed")
    refused = snake.try_to_pick("Ed")
    assert (refused.status_code, "draft is over" in refused.text) == (409, True)


def test_managers_join_before_the_start(snake, cy):
    snake.start()
    refused = snake.as_(cy).ask("POST", "/managers")
    assert (refused.status_code, "has started" in refused.text) == (409, True)
    assert "Join it first" in snake.as_(cy).try_to_pick("Bo").text


def test_a_draft_needs_two(snake, grace):
    snake.as_(grace).ask("DELETE", "/managers/me")
    refused = snake.ask("POST", "/start")
    assert (refused.status_code, "needs 2 managers" in refused.text) == (409, True)


@pytest.mark.on_both
def test_a_lock_that_is_moved_moves_the_last_turn(snake):
    """To tomorrow's midnight, which may be before the turn is over, and back."""
    snake.ask("PATCH", pick_minutes=7 * 24 * 60)
    ends_at = snake.start().ask("GET").json()["turn"]["ends_at"]
    tomorrow = TODAY + DAY
    snake.ask("PATCH", locks_on=str(tomorrow))
    moved = snake.ask("GET").json()["turn"]["ends_at"]
    assert moved == f"{tomorrow}T00:00:00Z"
    snake.ask("PATCH", locks_on=str(TODAY + 9 * DAY))
    assert snake.ask("GET").json()["turn"]["ends_at"] == ends_at
    with snake.database.writing() as session:
        assert stored_end(session, snake) == datetime.fromisoformat(ends_at)


def test_whose_account_is_gone_is_played_by_the_clock(snake, database, grace):
    snake.start().pick("Bo")
    with database.writing() as session:
        session.execute(delete(User).where(User.id == grace.user_id))
    assert turn_of(snake) == (2, 1, None)
    snake.hours_pass(2.5)
    run_jobs(snake)
    assert snake.history()[1:] == [(None, "Cy", False), (None, "Di", False)]
    assert turn_of(snake) == (4, 2, "Ada")


def test_the_clock_has_a_default_and_is_a_draft_s_alone(snake):
    season = snake.season(TODAY + 30 * DAY, TODAY + 40 * DAY)
    made = snake.make(season_id=season, mode="snake").ask("GET").json()
    assert made["pick_minutes"] == 24 * 60
    for minutes in (0, None, 10_081):
        refused = snake.ask("PATCH", pick_minutes=minutes)
        assert (refused.status_code, field_of(refused)) == (422, "pick_minutes")


def test_with_the_season_the_draft_is_closed(snake):
    """A season that ended before its lock: the clock picks for nobody any more."""
    snake.start()
    season = snake.ask_league("GET", "/seasons").json()["items"][0]["id"]
    snake.ask_league("PATCH", f"/seasons/{season}", last=str(TODAY - DAY))
    for step in ("open", "close"):
        assert snake.ask_league("POST", f"/seasons/{season}/{step}").is_success
    snake.hours_pass(2)
    for _ in range(2):
        run_jobs(snake)
    assert (snake.history(), turn_of(snake)) == ([], None)
