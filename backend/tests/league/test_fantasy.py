"""A fantasy league in the free mode: made, picked in secret, locked, and counted."""

import uuid
from datetime import date, timedelta

import pytest
from fantasies import (
    BEFORE,
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
from gitleague.league.fantasy.leagues import get_fantasy
from gitleague.league.fantasy.pool import days_before
from gitleague.tables.projects import Role
from httpx import Client
from make import Person, make_person
from remote import Repo

pytestmark = pytest.mark.at(NOON)

TOMORROW = TODAY + DAY


@pytest.fixture
def fantasy(http: Client, database: Database, ada: Person, repo: Repo) -> Fantasy:
    return before_the_season(http, database, ada, repo)


def test_it_works(fantasy, repo, ada, grace):
    """Made, joined, started, picked, locked: the days from the lock on count."""
    made = fantasy.make(roster_size=2).ask("GET").json()
    assert (made["state"], made["mode"], made["locks_on"]) == ("setup", "free", str(TOMORROW))
    fantasy.join(ada, grace)
    assert fantasy.start().ask("GET").json()["state"] == "open"
    fantasy.pick("Bo")
    fantasy.as_(grace).pick("Bo")
    fantasy.as_(grace).pick("Cy")
    fantasy.locked_on(TODAY - 9 * DAY)
    assert fantasy.ask("GET").json()["state"] == "locked"
    repo.push(on(TODAY - 10 * DAY, "Bo"), on(TODAY - 9 * DAY, "Bo"), on(TODAY, "Cy"))
    shown = fantasy.ask("GET", "/table").json()
    assert (shown["first"], shown["last"]) == (str(TODAY - 9 * DAY), str(LAST))
    (first, second) = shown["items"]
    assert (first["manager"]["name"], first["points"]) == ("Grace", 2 * second["points"])
    assert {each["player"]["name"] for each in first["players"]} == {"Bo", "Cy"}
    assert second["points"] == second["players"][0]["points"] > 0


def test_points_are_the_impact_of_the_standings(fantasy, repo, ada):
    fantasy.make().join(ada)
    fantasy.start().pick("Bo")
    fantasy.locked_on(FIRST)
    repo.push(on(FIRST, "Bo", 7), on(LAST, "Bo", 9), on(LAST + DAY, "Bo"), on(FIRST, "Cy"))
    season = fantasy.ask_league("GET", "/seasons").json()["items"][0]["id"]
    rows = fantasy.ask_league("GET", f"/standings?season_id={season}").json()["items"]
    (bo,) = (row for row in rows if row["player"]["name"] == "Bo")
    assert fantasy.table() == [(1, "Ada", bo["stats"]["impact"])]


@pytest.mark.on_both
def test_a_lock_before_the_season_counts_from_its_first_day(fantasy, repo, ada):
    fantasy.make().join(ada)
    fantasy.start().pick("Bo")
    fantasy.locked_on(FIRST - 9 * DAY)
    repo.push(on(FIRST - DAY, "Bo"))
    assert fantasy.table() == [(1, "Ada", 0)]


def test_weeks(fantasy, repo, ada, grace):
    """Each week has its table, and they add up to the season's."""
    fantasy.make().join(ada, grace)
    fantasy.start().pick("Bo")
    fantasy.as_(grace).pick("Cy")
    fantasy.locked_on(TODAY - 10 * DAY)
    repo.push(*(on(TODAY - days * DAY, "Bo") for days in range(11)), on(TODAY, "Cy", 900))
    monday = TODAY - timedelta(days=TODAY.weekday())
    weeks = [fantasy.table(f"period=week&start={monday - 7 * n * DAY}") for n in range(3)]
    sums = {"Ada": 0.0, "Grace": 0.0}
    for week in weeks:
        for _, name, points in week:
            sums[name] += points
    assert {name: points for _, name, points in fantasy.table()} == pytest.approx(sums)
    assert weeks[0] == fantasy.table("period=week")
    assert [name for _, name, _ in weeks[0]] == ["Grace", "Ada"]
    assert [name for _, name, _ in weeks[1]] == ["Ada", "Grace"]
    of_week = fantasy.ask("GET", f"/table?period=week&start={monday}").json()
    assert (of_week["first"], of_week["last"]) == (str(monday), str(monday + 6 * DAY))
    assert all(points == 0 for *_, points in fantasy.table(f"period=week&start={FIRST}"))


def test_equals_share_a_rank_and_the_next_is_left_out(fantasy, repo, ada, grace, cy):
    fantasy.make().join(ada, grace, cy)
    fantasy.start()
    for person, name in ((ada, "Di"), (grace, "Bo"), (cy, "Bo")):
        fantasy.as_(person).pick(name)
    fantasy.locked_on(TODAY)
    repo.push(on(TODAY, "Bo", 100), on(TODAY, "Di"))
    assert [(rank, name) for rank, name, _ in fantasy.table()] == [
        (1, "Grace"),
        (1, "Cy"),
        (3, "Ada"),
    ]
    assert [name for _, name, _ in fantasy.table("limit=1&page=2")] == ["Cy"]
    past = fantasy.ask("GET", "/table?page=9").json()
    assert (past["items"], past["total"]) == ([], 3)


@pytest.mark.on_both
def test_picks_are_secret_until_the_lock(fantasy, ada, grace, linus):
    fantasy.make().join(ada, grace)
    fantasy.start()
    hers = fantasy.as_(grace)
    hers.pick("Bo")
    for other in (fantasy, fantasy.as_(linus)):
        assert other.rosters()["Grace"] is None
        assert other.history() == []
        assert all(row["players"] == [] for row in other.items("/table"))
    assert hers.rosters() == {"Ada": None, "Grace": ["Bo"]}
    assert hers.history() == [("Grace", "Bo", False)]
    log = fantasy.ask_league("GET", "/audit-log?limit=200")
    assert "league:fantasy_pick:made" in log.text
    assert fantasy.players()["Bo"] not in log.text
    assert "Bo" not in [each["subject"] for each in log.json()["items"]]
    fantasy.locked_on(TODAY)
    for other in (fantasy, fantasy.as_(linus)):
        assert other.rosters() == {"Ada": [], "Grace": ["Bo"]}
        assert other.history() == [("Grace", "Bo", False)]


def test_the_history_keeps_what_was_undone(fantasy, ada):
    fantasy.make(roster_size=1).join(ada)
    fantasy.start()
    first = fantasy.pick("Bo")
    for _ in range(2):  # the second time is no error
        assert fantasy.ask("DELETE", f"/picks/{first}").status_code == 204
    fantasy.pick("Cy")
    assert fantasy.history() == [("Ada", "Bo", True), ("Ada", "Cy", False)]
    assert fantasy.rosters() == {"Ada": ["Cy"]}


def test_prices_stay(fantasy, repo):
    """The impact of the days before the season; who did nothing then costs the usual."""
    fantasy.make()
    before = fantasy.items("/pool")
    assert [(each["player"]["name"], each["is_estimate"]) for each in before] == [
        ("Bo", False),
        ("Cy", False),
        ("Di", True),
    ]
    window = fantasy.ask("GET").json()
    assert (window["priced_first"], window["priced_last"]) == (str(BEFORE - 40 * DAY), str(BEFORE))
    standings = fantasy.ask_league("GET", f"/standings?period=day&start={BEFORE}").json()["items"]
    assert [row["stats"]["impact"] for row in standings] == [each["price"] for each in before[:2]]
    assert before[2]["price"] == before[1]["price"]  # of two the lower one is the median
    repo.push(on(BEFORE, "Cy", 900), on(BEFORE, "Newcomer"))
    assert fantasy.items("/pool") == before


@pytest.mark.parametrize(
    ("first", "last", "today", "days"),
    [
        ("2024-04-01", "2024-04-30", "2024-03-31", ("2024-03-01", "2024-03-30")),
        ("2024-04-01", "2024-04-30", "2024-04-15", ("2024-03-02", "2024-03-31")),
        ("2024-04-01", "2024-04-01", "2024-04-15", ("2024-03-31", "2024-03-31")),
        ("1900-01-01", "9900-12-31", "2024-04-15", ("1898-12-31", "1899-12-31")),
    ],
)
def test_prices_are_made_of_days_that_are_over(first, last, today, days):
    read = type(TODAY).fromisoformat
    assert days_before(read(first), read(last), read(today)) == tuple(map(read, days))


def test_where_nobody_played_before_all_cost_the_same(fantasy):
    made = fantasy.make(season_id=fantasy.season(TODAY + 200 * DAY, TODAY + 202 * DAY))
    pool = made.items("/pool")
    assert {each["price"] for each in pool} == {100}
    assert made.ask("GET").json()["locks_on"] == str(TODAY + 200 * DAY)


@pytest.mark.on_both
def test_several_in_a_season(fantasy):
    season = fantasy.season()
    fantasy.make(season_id=season)
    again = fantasy.try_to_make(season_id=season)
    assert (again.status_code, field_of(again)) == (409, "name")
    fantasy.make(season_id=season, name="Bowl")
    renamed = fantasy.ask("PATCH", name="Cup")
    assert (renamed.status_code, field_of(renamed)) == (409, "name")
    other = fantasy.season(LAST + DAY, LAST + 9 * DAY)
    fantasy.make(season_id=other)
    listed = fantasy.ask_league("GET", "/fantasy").json()
    assert [each["name"] for each in listed["items"]] == ["Cup", "Bowl", "Cup"]
    only = fantasy.ask_league("GET", f"/fantasy?season_id={season}").json()
    assert (only["total"], [each["name"] for each in only["items"]]) == (2, ["Bowl", "Cup"])


def test_who_turns_out_to_be_oneself_scores_nothing(fantasy, repo, ada, grace):
    fantasy.make().join(ada, grace)
    fantasy.start().pick("Bo")
    fantasy.as_(grace).pick("Bo")
    claims(fantasy, grace, "bo@example.org")
    fantasy.locked_on(TODAY)
    repo.push(on(TODAY, "Bo"))
    (first, second) = fantasy.table()
    assert (first[:2], second[1:]) == ((1, "Ada"), ("Grace", 0))


def test_picks_follow_who_people_are(fantasy, repo, ada, grace):
    """Bo turns out to be Cy: both managers hold Cy now, and who held both scores once."""
    fantasy.make().join(ada, grace)
    fantasy.start()
    for name in ("Bo", "Cy"):
        fantasy.pick(name)
    fantasy.as_(grace).pick("Bo")
    bo, cy = fantasy.players()["Bo"], fantasy.players()["Cy"]
    merged = fantasy.ask_league("POST", f"/players/{cy}/merge", players=[bo]).json()
    dearest = fantasy.items("/pool")[0]
    assert (list(fantasy.players()), dearest["player"]["id"]) == (["Cy", "Di"], cy)
    assert "already" in fantasy.as_(grace).try_to_pick("Cy").text
    fantasy.locked_on(TODAY)
    repo.push(on(TODAY, "Bo"), on(TODAY, "Cy"))
    first, second = fantasy.table()
    assert (first[0], second[0], first[2]) == (1, 1, second[2])
    fantasy.ask_league("POST", f"/identities/changes/{merged['id']}/undo")
    first, second = fantasy.table()
    assert first == (1, "Ada", 2 * second[2])


def test_reading_takes_few_queries(fantasy, repo, ada, grace, queries):
    """However many play; two of them ask who is calling."""
    fantasy.make().join(ada, grace)
    fantasy.start().pick("Bo")
    fantasy.as_(grace).pick("Cy")
    fantasy.locked_on(TODAY)
    repo.push(on(TODAY, "Bo"))
    for path, most in (("", 3), ("/pool", 5), ("/managers", 6), ("/picks", 5), ("/table", 7)):
        queries.clear()
        fantasy.ask("GET", path)
        asked = [each for each in queries if each.startswith(("SELECT", "WITH"))]
        assert len(asked) <= most, (path, asked)


@pytest.fixture
def cy(database, settings, project_id):
    """Another player."""
    return make_person(database, settings, "Cy", project_id, Role.PLAYER)


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("UTC", "2024-06-01T00:00:00+00:00"),
        ("Europe/Berlin", "2024-05-31T22:00:00+00:00"),
        ("Pacific/Kiritimati", "2024-05-31T10:00:00+00:00"),
        ("America/Los_Angeles", "2024-06-01T07:00:00+00:00"),
    ],
)
def test_the_lock_is_midnight_where_the_league_is(fantasy, ada, zone, moment):
    fantasy.make()
    with fantasy.database.reading() as session:
        row = get_fantasy(session, ada.project_id, uuid.UUID(fantasy.id))
    there = row._replace(locks_on=date(2024, 6, 1), time_zone=zone)
    assert there.locks_at.isoformat() == moment


@pytest.mark.on_both
def test_what_is_left_of_a_season_counts(fantasy, repo, ada):
    """The season ends earlier than planned, before the lock even: nothing counts."""
    season = fantasy.season()
    fantasy.make(season_id=season).join(ada)
    fantasy.start().pick("Bo")
    fantasy.locked_on(TODAY - 3 * DAY)
    repo.push(on(TODAY - 3 * DAY, "Bo"))
    assert fantasy.table()[0][2] > 0
    fantasy.ask_league("PATCH", f"/seasons/{season}", last=str(TODAY - 4 * DAY))
    assert fantasy.table() == [(1, "Ada", 0)]


def test_with_a_season_that_is_deleted_it_is_gone(fantasy, ada):
    season = fantasy.season()
    fantasy.make(season_id=season).join(ada)
    fantasy.start().pick("Bo")
    assert fantasy.ask_league("DELETE", f"/seasons/{season}").status_code == 204
    assert fantasy.ask_league("GET", "/fantasy").json()["total"] == 0


def test_who_turns_out_to_be_a_bot_is_not_picked(fantasy):
    bo = fantasy.make().players()["Bo"]
    fantasy.ask_league("PATCH", f"/players/{bo}", is_bot=True)
    assert list(fantasy.players()) == ["Cy", "Di"]


def test_every_step_is_in_the_audit_log(fantasy, ada, grace):
    fantasy.make().ask("DELETE")
    fantasy.make(season_id=fantasy.ask_league("GET", "/seasons").json()["items"][0]["id"])
    fantasy.ask("PATCH", name="Bowl")
    fantasy.ask("PATCH", f"/pool/{fantasy.players()['Cy']}", is_struck=True)
    fantasy.join(ada, grace)
    fantasy.as_(grace).ask("DELETE", "/managers/me")
    pick = fantasy.start().pick("Bo")
    fantasy.ask("DELETE", f"/picks/{pick}")
    log = fantasy.ask_league("GET", "/audit-log?limit=200").json()["items"]
    steps = [each["action"] for each in log if each["action"].startswith("league:fantasy")]
    assert list(reversed(steps)) == [
        "league:fantasy:created",
        "league:fantasy:deleted",
        "league:fantasy:created",
        "league:fantasy:changed",
        "league:fantasy_pool:changed",
        "league:fantasy:joined",
        "league:fantasy:joined",
        "league:fantasy:left",
        "league:fantasy:started",
        "league:fantasy_pick:made",
        "league:fantasy_pick:undone",
    ]
