"""What a fantasy league refuses, with the sentence that says why."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from cases import in_one_world
from fantasies import (
    DAY,
    FIRST,
    LAST,
    NOON,
    TODAY,
    Fantasy,
    before_the_season,
    claims,
    field_of,
    on,
)
from gitleague.core.db import Database
from gitleague.tables.projects import Role
from httpx import Client
from make import Person, make_person
from remote import Repo

pytestmark = pytest.mark.at(NOON)

TOMORROW = TODAY + DAY


@pytest.fixture
def fantasy(http: Client, database: Database, ada: Person, repo: Repo) -> Fantasy:
    return before_the_season(http, database, ada, repo)


@pytest.fixture
def season_id(fantasy: Fantasy) -> str:
    return fantasy.season()


@in_one_world(
    "wish, field",
    [
        ({"locks_on": str(LAST + DAY)}, "locks_on"),
        ({"locks_on": str(TODAY)}, "locks_on"),
        ({"roster_size": 6}, "roster_size"),
        ({"roster_size": 0}, "roster_size"),
        ({"salary_cap": "0"}, "salary_cap"),
        ({"pick_minutes": 60}, "pick_minutes"),
        ({"name": " "}, "name"),
        ({"mode": "auction"}, "mode"),
        ({"season_id": "00000000-0000-0000-0000-000000000000"}, "season_id"),
        ({"color": "red"}, "color"),
    ],
)
def test_what_cannot_be_is_refused(fantasy, season_id, wish, field):
    refused = fantasy.try_to_make(**{"season_id": season_id, **wish})
    assert (refused.status_code, field_of(refused)) == (422, field), refused.text


def test_a_season_that_is_over_has_no_lock(fantasy):
    season = fantasy.season(TODAY - 9 * DAY, TODAY)
    refused = fantasy.try_to_make(season_id=season)
    assert (refused.status_code, field_of(refused)) == (422, "locks_on")


@pytest.mark.on_both
def test_a_league_without_players_has_no_pool(http, database, ada):
    refused = Fantasy(http, database, ada).try_to_make()
    assert (refused.status_code, "Push commits first" in refused.text) == (409, True)


def test_who_is_struck_is_not_picked(fantasy, ada):
    fantasy.make().join(ada)
    bo = fantasy.players()["Bo"]
    fantasy.ask("PATCH", f"/pool/{bo}", is_struck=True)
    cy = fantasy.players()["Cy"]
    assert fantasy.ask("PATCH", f"/pool/{fantasy.id}", is_struck=True).status_code == 404
    for is_struck in (True, False):
        assert fantasy.ask("PATCH", f"/pool/{cy}", is_struck=is_struck).is_success
    fantasy.start()
    refused = fantasy.try_to_pick("Bo")
    assert (refused.status_code, field_of(refused)) == (422, "player_id")
    fantasy.pick("Cy")
    assert fantasy.ask("PATCH", f"/pool/{bo}", is_struck=False).status_code == 409


@pytest.mark.on_both
def test_who_is_not_in_the_pool_is_not_picked(fantasy, repo, ada):
    fantasy.make().join(ada)
    fantasy.start()
    repo.push(on(TODAY, "Newcomer"))
    rows = fantasy.ask_league("GET", "/standings?bots=true").json()["items"]
    ids = {row["player"]["name"]: row["player"]["id"] for row in rows}
    for name in ("Newcomer", "renovate[bot]"):
        refused = fantasy.ask("POST", "/picks", player_id=ids[name])
        assert (refused.status_code, field_of(refused)) == (422, "player_id")


@pytest.mark.on_both
def test_a_pick_twice_and_one_too_dear(fantasy, ada):
    prices = {each["player"]["name"]: each["price"] for each in fantasy.make().items("/pool")}
    fantasy.ask("PATCH", salary_cap=str(prices["Bo"] + prices["Cy"]), roster_size=3)
    fantasy.join(ada)
    fantasy.start().pick("Bo")
    fantasy.pick("Cy")
    for name, words in (("Bo", "already"), ("Di", "salary cap")):
        refused = fantasy.try_to_pick(name)
        assert (refused.status_code, field_of(refused)) == (409, "player_id")
        assert words in refused.text
    assert fantasy.rosters() == {"Ada": ["Bo", "Cy"]}


def test_a_roster_is_full(fantasy, ada):
    fantasy.make(roster_size=1).join(ada)
    fantasy.start().pick("Bo")
    refused = fantasy.try_to_pick("Cy")
    assert (refused.status_code, field_of(refused)) == (409, "player_id")
    assert "1 players" in refused.text


def test_nobody_picks_themself(fantasy, ada, grace):
    claims(fantasy, grace, "bo@example.org")
    fantasy.make().join(ada, grace)
    fantasy.start().pick("Bo")
    refused = fantasy.as_(grace).try_to_pick("Bo")
    assert (refused.status_code, field_of(refused)) == (422, "player_id")
    assert "is you" in refused.text


def test_nobody_picks_themself_though_they_have_claimed_nothing(
    fantasy, repo, database, settings, project_id
):
    """Who signs in with an address of the player is the player, unless somebody else is."""
    bo = make_person(database, settings, "Bo", project_id, Role.PLAYER)
    fantasy.make().join(bo)
    refused = fantasy.start().as_(bo).try_to_pick("Bo")
    assert (refused.status_code, field_of(refused)) == (422, "player_id"), refused.text
    ids = fantasy.players()
    fantasy.as_(bo).pick("Cy")
    fantasy.ask_league("POST", f"/players/{ids['Cy']}/merge", players=[ids["Bo"]])
    fantasy.locked_on(TODAY)
    repo.push(on(TODAY, "Bo"), on(TODAY, "Cy"))
    assert fantasy.table() == [(1, "Bo", 0)]


def test_after_the_lock_nothing_is_picked(fantasy, ada, grace):
    fantasy.make().join(ada)
    pick = fantasy.start().pick("Bo")
    fantasy.locked_on(TODAY)
    assert field_of(fantasy.try_to_pick("Cy")) == "player_id"
    for method, path, body in (
        ("POST", "/picks", {"player_id": fantasy.players()["Cy"]}),
        ("DELETE", f"/picks/{pick}", {}),
        ("PATCH", "", {"locks_on": str(TOMORROW)}),
    ):
        refused = fantasy.ask(method, path, **body)
        assert (refused.status_code, "locked since" in refused.text) == (409, True), refused.text
    assert fantasy.as_(grace).ask("POST", "/managers").status_code == 409
    assert fantasy.ask("PATCH", name="Bowl").json()["name"] == "Bowl"


def test_one_joins_and_waits_for_the_start(fantasy, ada, grace):
    fantasy.make()
    assert "Join it first" in fantasy.try_to_pick("Bo").text
    fantasy.join(grace, ada, ada)  # the second time is no error
    refused = fantasy.try_to_pick("Bo")
    assert (refused.status_code, "has not started" in refused.text) == (409, True)
    for _ in range(2):
        assert fantasy.as_(grace).ask("DELETE", "/managers/me").status_code == 204
    assert fantasy.rosters() == {"Ada": []}
    fantasy.start()
    fantasy.join(grace)  # of the free mode until the lock
    assert fantasy.as_(grace).ask("DELETE", "/managers/me").status_code == 409


@pytest.mark.on_both
def test_rules_stay_once_it_has_started(fantasy):
    fantasy.make(salary_cap="500")
    assert fantasy.ask("PATCH", salary_cap=None).json()["salary_cap"] is None
    assert fantasy.ask("PATCH", roster_size=5).json()["roster_size"] == 5
    fantasy.start()
    for change in ({"roster_size": 4}, {"salary_cap": "9"}):
        refused = fantasy.ask("PATCH", **change)
        assert (refused.status_code, field_of(refused)) == (409, next(iter(change)))
    assert fantasy.ask("DELETE").status_code == 409
    assert fantasy.ask("POST", "/start").status_code == 409
    assert fantasy.ask("PATCH", locks_on=str(LAST)).json()["locks_on"] == str(LAST)
    refused = fantasy.ask("PATCH", locks_on=str(LAST + DAY))
    assert (refused.status_code, field_of(refused)) == (422, "locks_on")


def test_a_lock_that_passed_before_the_start_can_be_moved(fantasy):
    fantasy.make().locked_on(TODAY)
    refused = fantasy.ask("POST", "/start")
    assert (refused.status_code, "later one" in refused.text) == (409, True)
    assert fantasy.ask("PATCH", locks_on=str(TOMORROW)).status_code == 200
    fantasy.start()


def test_what_was_not_started_can_be_deleted(fantasy):
    fantasy.make()
    assert fantasy.ask("DELETE").status_code == 204
    assert fantasy.ask("GET").status_code == 404


def test_a_closed_season_is_closed(fantasy, repo, ada, grace):
    """Nothing changes any more, its points neither."""
    season = fantasy.season()
    fantasy.make(season_id=season).join(ada)
    fantasy.start().pick("Bo")
    fantasy.locked_on(FIRST)
    repo.push(on(FIRST, "Bo"))
    fantasy.ask_league("PATCH", f"/seasons/{season}", last=str(TODAY - DAY))
    for step in ("open", "close"):
        assert fantasy.ask_league("POST", f"/seasons/{season}/{step}").is_success
    before = fantasy.table()
    repo.push(on(FIRST, "Bo", 900))
    assert fantasy.table() == before
    cy = fantasy.players()["Cy"]
    for method, path, body in (
        ("PATCH", "", {"name": "Bowl"}),
        ("POST", "/start", {}),
        ("POST", "/managers", {}),
        ("POST", "/picks", {"player_id": cy}),
        ("PATCH", f"/pool/{cy}", {"is_struck": True}),
        ("POST", "/pool/refresh", {}),
    ):
        refused = fantasy.ask(method, path, **body)
        assert (refused.status_code, "closed" in refused.text) == (409, True), refused.text
    again = fantasy.try_to_make(season_id=season, name="Bowl")
    assert (again.status_code, field_of(again)) == (409, "season_id")


def test_a_pick_of_somebody_else_is_not_found(fantasy, ada, grace):
    fantasy.make().join(ada, grace)
    pick = fantasy.start().pick("Bo")
    assert fantasy.as_(grace).ask("DELETE", f"/picks/{pick}").status_code == 404


def test_it_belongs_to_its_league(fantasy, repo, ada, mallory):
    """Not even the commissioner of another league finds it, here or there."""
    fantasy.make().join(ada)
    pick = fantasy.start().pick("Bo")
    bo = fantasy.players()["Bo"]
    there = Fantasy(fantasy.http, fantasy.database, mallory)
    for theirs in (fantasy.as_(mallory), there):
        theirs.id = fantasy.id
        for method, path, body in (
            ("GET", "", {}),
            ("GET", "/pool", {}),
            ("GET", "/managers", {}),
            ("GET", "/picks", {}),
            ("GET", "/table", {}),
            ("PATCH", "", {"name": "Mine"}),
            ("PATCH", f"/pool/{bo}", {"is_struck": True}),
            ("POST", "/pool/refresh", {}),
            ("POST", "/start", {}),
            ("POST", "/managers", {}),
            ("POST", "/picks", {"player_id": bo}),
            ("DELETE", f"/picks/{pick}", {}),
            ("DELETE", "/managers/me", {}),
            ("DELETE", "", {}),
        ):
            assert theirs.ask(method, path, **body).status_code == 404
    assert there.ask_league("GET", "/fantasy").json()["total"] == 0
    season = fantasy.ask_league("GET", "/seasons").json()["items"][0]["id"]
    refused = there.try_to_make(season_id=season)
    assert (refused.status_code, field_of(refused)) == (422, "season_id")


@pytest.mark.on_both
def test_the_same_pick_at_the_same_time_is_one(fantasy, ada):
    fantasy.make(roster_size=1).join(ada)
    bo = fantasy.start().players()["Bo"]
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(fantasy.ask, "POST", "/picks", player_id=bo) for _ in range(4)]
        answers = sorted(each.result().status_code for each in asked)
    assert answers == [201, 409, 409, 409]
    assert fantasy.rosters() == {"Ada": ["Bo"]}


@pytest.mark.parametrize("path", ["", "/pool", "/managers", "/picks", "/table"])
def test_what_is_not_there_is_not_found(fantasy, path):
    fantasy.id = str(uuid.uuid4())
    answer = fantasy.ask("GET", path)
    assert (answer.status_code, "no such fantasy league" in answer.text) == (404, True)
