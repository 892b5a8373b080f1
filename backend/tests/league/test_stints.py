"""Who plays for which squad when: transfers, ends, and what is refused."""

from datetime import date, timedelta

import pytest
from gitleague.core.clock import now
from gitleague.league.squads.stints import OPEN, whole_months
from httpx import Client
from make import Person
from teams import ALL, SPRING, Squads, field_of, on


@pytest.fixture
def squads(http: Client, ada: Person) -> Squads:
    return Squads(http, ada)


@pytest.mark.on_both
def test_a_transfer_does_not_move_earlier_plays(squads, repo):
    repo.push(on("2024-03-01"), on("2024-04-09"), on("2024-04-10"), on("2024-05-01"))
    core, web = squads.made("Core"), squads.made("Web")
    squads.put_in(core, "Grace", first="2024-01-01")
    squads.put_in(web, "Grace", first="2024-04-10")
    assert squads.members(core) == [("Grace", "2024-01-01", "2024-04-09")]
    assert squads.members(web) == [("Grace", "2024-04-10", None)]
    assert squads.table() == [(1, "Core", 2), (1, "Web", 2)]
    april = "period=month&start=2024-04-01"
    assert squads.table(april) == [(1, "Core", 1), (1, "Web", 1)]
    assert squads.table("period=month&start=2024-05-01") == [(1, "Web", 1)]
    assert squads.players(f"{april}&squad={web}") == {"Grace": 1}
    assert squads.members(core, "on=2024-04-09") == [("Grace", "2024-01-01", "2024-04-09")]
    assert squads.members(core, "on=2024-04-10") == []


def test_a_player_is_taken_out_and_comes_back(squads, repo):
    repo.push(on("2024-03-01"), on("2024-03-05"), on("2024-03-09"))
    core = squads.made("Core")
    stint = squads.put_in(core, "Grace", first="2024-03-01")
    place = f"/squads/{core}/members/{stint}"
    assert squads.done("PATCH", place, last="2024-03-03")["last"] == "2024-03-03"
    assert squads.table() == [(1, "Core", 1)]
    squads.put_in(core, "Grace", first="2024-03-09")
    assert squads.table() == [(1, "Core", 2)]
    assert squads.ask("PATCH", place, last=None).status_code == 409  # would reach into the other
    assert field_of(squads.ask("PATCH", place, first=None)) == "first"
    squads.done("PATCH", place, first="2024-03-02")
    assert squads.table() == [(1, "Core", 1)]
    assert squads.done("DELETE", place) is None
    assert squads.ask("DELETE", place).status_code == 404
    assert squads.members(core) == [("Grace", "2024-03-09", None)]


def test_without_a_day_it_is_today(squads, repo):
    repo.push(on("2024-03-01"))
    core = squads.made("Core")
    squads.put_in(core, "Grace")
    assert squads.members(core, "") == squads.members(core)
    assert squads.done("GET", f"/squads/{core}")["members"] == 1
    assert squads.players(f"{ALL}&squad={core}") == {}


@pytest.mark.parametrize(
    ("days", "status", "field"),
    [
        ({"first": "2024-03-05", "last": "2024-03-04"}, 422, "last"),
        ({"first": "1899-12-31"}, 422, "first"),
        ({"first": "2024-03-05", "last": "9950-01-01"}, 422, "last"),
        ({"first": "soon"}, 422, "first"),
        ({"first": "2023-12-01"}, 409, "first"),  # without an end it reaches into what is there
        ({"first": "2024-02-01", "last": "2024-02-02"}, 409, "first"),
        ({"first": "2024-03-01"}, 409, "first"),
        ({"since": "2024-03-01"}, 422, "since"),
    ],
)
def test_days_that_cannot_be_are_refused(squads, repo, days, status, field):
    repo.push(on("2024-03-01"))
    core, web = squads.made("Core"), squads.made("Web")
    squads.put_in(core, "Grace", first="2024-01-01", last="2024-03-01")
    body = {"player_id": squads.player("Grace"), **days}
    refused = squads.ask("POST", f"/squads/{web}/members", **body)
    assert (refused.status_code, field_of(refused)) == (status, field), refused.text
    assert squads.members(web) == []


def test_nobody_joins_a_squad_twice(squads, repo):
    repo.push(on("2024-03-01"))
    core = squads.made("Core")
    squads.put_in(core, "Grace", first="2024-01-01")
    body = {"player_id": squads.player("Grace"), "first": "2024-02-01"}
    refused = squads.ask("POST", f"/squads/{core}/members", **body)
    assert (refused.status_code, field_of(refused)) == (409, "player_id")
    assert "plays for Core already" in refused.text


@pytest.mark.on_both
def test_who_played_for_whom_in_a_closed_season_stays(squads, repo):
    repo.push(on("2024-03-01"), on("2024-06-01"))
    core, web = squads.made("Core"), squads.made("Web")
    stint = squads.put_in(core, "Grace", first="2024-01-01")
    season_id = squads.closed(SPRING)
    place = f"/squads/{core}/members"
    grace = squads.player("Grace")
    for method, path, body in (
        ("DELETE", f"{place}/{stint}", {}),
        ("PATCH", f"{place}/{stint}", {"first": "2024-03-02"}),
        ("PATCH", f"{place}/{stint}", {"last": "2024-05-30"}),
        ("POST", f"/squads/{web}/members", {"player_id": grace, "first": "2024-05-31"}),
        ("DELETE", f"/squads/{core}", {}),
    ):
        refused = squads.ask(method, path, **body)
        assert (refused.status_code, "Spring 2024" in refused.text) == (409, True), refused.text
    squads.put_in(web, "Grace", first="2024-06-01")
    squads.done("PATCH", f"{place}/{stint}", first="2023-12-01")
    assert squads.table(f"season_id={season_id}") == [(1, "Core", 1)]
    assert squads.table("period=month&start=2024-06-01") == [(1, "Web", 1)]


def test_when_players_are_joined_their_days_come_along(squads, repo):
    """Where both had a squad the one that stays keeps theirs; undone, all is as it was."""
    repo.push(on("2024-03-01"), on("2024-03-01", by="Home"), on("2024-04-01", by="Home"))
    core, web = squads.made("Core"), squads.made("Web")
    squads.put_in(core, "Home", first="2024-01-01")
    squads.put_in(web, "Grace", first="2024-02-01", last="2024-03-31")
    before = squads.table(), squads.members(core), squads.members(web)
    grace, home = squads.player("Grace"), squads.player("Home")
    change = squads.done("POST", f"/players/{grace}/merge", players=[home])
    assert squads.members(core) == [
        ("Grace", "2024-01-01", "2024-01-31"),
        ("Grace", "2024-04-01", None),
    ]
    assert squads.members(web) == [("Grace", "2024-02-01", "2024-03-31")]
    assert squads.table() == [(1, "Web", 2), (2, "Core", 1)]
    assert squads.done("GET", f"/squads/{core}")["members"] == 1
    for _ in range(2):
        squads.done("POST", f"/identities/changes/{change['id']}/undo")
    assert (squads.table(), squads.members(core), squads.members(web)) == before


def test_who_was_joined_with_another_is_put_in_no_squad(squads, repo):
    """Their days would count for nothing, and nobody would see them."""
    repo.push(on("2024-03-01"), on("2024-03-01", by="Home"))
    core, grace, home = squads.made("Core"), squads.player("Grace"), squads.player("Home")
    squads.done("POST", f"/players/{grace}/merge", players=[home])
    refused = squads.ask("POST", f"/squads/{core}/members", player_id=home)
    assert (refused.status_code, field_of(refused)) == (409, "player_id")


def test_who_is_split_off_stays_in_the_squad(squads, repo):
    """No table of the past changes because two people turn out to be two."""
    repo.push(on("2024-03-01"), on("2024-03-01", by="Home"))
    core = squads.made("Core")
    grace = squads.player("Grace")
    home = squads.done("GET", "/identities?q=Home")["items"][0]
    squads.done("POST", f"/players/{grace}/merge", players=[home["player"]["id"]])
    squads.put_in(core, "grace@", first="2024-01-01")
    change = squads.done("POST", "/identities/split", identities=[home["id"]])
    assert squads.table() == [(1, "Core", 2)]
    assert [name for name, *_ in squads.members(core)] == ["Grace", "Home"]
    squads.done("POST", f"/identities/changes/{change['id']}/undo")
    assert [name for name, *_ in squads.members(core)] == ["Grace"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-03-01", "2024-03-31", ("2024-03-01", "2024-04-01")),
        ("2024-03-02", "2024-05-30", ("2024-04-01", "2024-05-01")),
        ("2024-03-05", "2024-03-20", ("2024-04-01", "2024-03-01")),
        ("2024-03-05", str(OPEN), ("2024-04-01", str(OPEN))),
    ],
)
def test_the_whole_months_of_some_days(first, last, expected):
    found = whole_months(date.fromisoformat(first), date.fromisoformat(last))
    assert tuple(map(str, found)) == expected


@pytest.mark.any_day
def test_a_stint_may_be_planned(squads, repo):
    repo.push(on("2024-03-01"))
    core = squads.made("Core")
    later = now().date() + timedelta(days=40)
    squads.put_in(core, "Grace", first=str(later))
    assert squads.members(core, "") == []
    assert squads.members(core) == [("Grace", str(later), None)]
    assert squads.table() == []
