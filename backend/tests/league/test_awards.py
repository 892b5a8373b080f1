"""Who gets which award, as a commissioner could read it; given by themselves, and never twice."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from awarding import Shelf, on
from cases import in_one_world
from chores import finish_jobs
from gitleague.core.db import Database
from gitleague.league.awards.giving import due
from gitleague.league.awards.rules import GRACE
from gitleague.league.awards.schedule import ask_for_awards
from gitleague.scoring.players import fingerprint
from gitleague.tables.projects import Project
from gitleague_client.reading import Named
from httpx import Client
from make import Person
from remote import Repo
from sqlalchemy import update

WEEK = timedelta(days=7)


@pytest.fixture
def shelf(http: Client, ada: Person, database: Database, repo: Repo) -> Shelf:
    return Shelf(http, ada, database, repo)


@pytest.mark.any_day
def test_it_works(shelf):
    """A month with three players."""
    shelf.began("2024-04-01")
    shelf.repo.push(
        on("2024-04-02", additions=500),
        on("2024-04-02", by="Linus"),
        on("2024-04-09", by="Linus", additions=300, message_title="Fix the pump"),
        on("2024-04-16"),
    )
    shelf.give()
    assert shelf.winners("player_of_the_month") == {"2024-04-01": "Grace"}
    assert shelf.winners("player_of_the_week") == {
        "2024-04-01": "Grace",
        "2024-04-08": "Linus",
        "2024-04-15": "Grace",
    }
    (play,) = shelf.awards("kind=play_of_the_day")[1:2]
    assert (play["first"], play["player"]["name"]) == ("2024-04-09", "Linus")
    assert play["working"]["title"] == "Fix the pump"
    lines = {line["reason"]: line["points"] for line in play["working"]["lines"]}
    assert lines["lines added"] == 300
    same = shelf.ask("GET", f"/plays/{play['sha']}").json()
    assert play["working"]["lines"] == same["working"]


def test_each_shows_its_working(shelf):
    shelf.began("2024-04-01")
    shelf.repo.push(on("2024-04-02"))
    shelf.give()
    (award,) = shelf.awards("kind=player_of_the_week")
    table = shelf.ask("GET", "/standings?period=week&start=2024-04-02").json()["items"]
    stats = {name: value for name, value in table[0]["stats"].items() if name != "streak"}
    assert award["working"]["stats"] == stats
    assert award["score"] == stats["impact"]


def test_none_is_given_twice(shelf):
    shelf.began("2024-04-01")
    shelf.repo.push(on("2024-04-02"))
    given = shelf.give()
    before = shelf.awards()
    assert (shelf.give(), shelf.awards()) == (0, before)
    assert given == len(before)


def test_what_comes_late_takes_nothing_back(shelf):
    shelf.began("2024-04-01")
    shelf.repo.push(on("2024-04-02"))
    shelf.give()
    shelf.repo.push(on("2024-04-02", by="Linus", additions=900))
    shelf.give()
    assert shelf.winners("player_of_the_week") == {"2024-04-01": "Grace"}


def test_a_commissioner_has_them_given_anew(shelf):
    shelf.began("2024-04-10")
    shelf.repo.push(on("2024-04-02"), on("2024-04-09"), on("2024-04-11"))
    shelf.give()
    assert "2024-04-01" not in shelf.winners("player_of_the_week")
    shelf.repo.push(on("2024-04-11", by="Linus", additions=900))
    asked = shelf.ask("POST", "/awards/give", anew_from="2024-04-01")
    assert asked.status_code == 202
    finish_jobs(shelf.database)
    assert shelf.winners("player_of_the_week") == {"2024-04-01": "Grace", "2024-04-08": "Linus"}
    assert shelf.winners("play_of_the_day")["2024-04-11"] == "Linus"


@pytest.mark.at("2024-04-20 12:00")
@pytest.mark.on_both
def test_given_anew_from_a_day_that_is_not_due_yet_leaves_none_out(shelf):
    """Neither of the days before it, nor of those that are due later."""
    shelf.began("2024-04-10")
    shelf.repo.push(on("2024-04-11"), on("2024-04-16"))
    shelf.give(anew_from=date(2024, 4, 15))
    assert set(shelf.winners("play_of_the_day")) == {"2024-04-11", "2024-04-16"}
    shelf.repo.push(on("2024-04-17", by="Linus"))
    shelf.give(anew_from=date(2024, 4, 19))
    assert shelf.give() == 0
    with shelf.database.reading() as session:
        assert due(session, shelf.ada.project_id)[0] == date(2024, 4, 19)


@pytest.mark.at("2024-04-20 12:00")
@pytest.mark.on_both
def test_a_league_begins_with_the_day_that_it_is_where_it_plays(shelf):
    """Made at three in the morning of London, which is the evening before in Los Angeles."""
    with shelf.database.writing() as session:
        session.execute(
            update(Project)
            .where(Project.id == shelf.ada.project_id)
            .values(
                time_zone="America/Los_Angeles",
                created_at=datetime.fromisoformat("2024-04-11T03:00:00+00:00"),
                awards_through=None,
            )
        )
    shelf.repo.push(on("2024-04-10"))
    shelf.give()
    assert shelf.winners("play_of_the_day") == {"2024-04-10": "Grace"}


def test_days_long_before_anybody_played_cost_nothing(shelf, queries):
    shelf.began("2024-04-10")
    shelf.repo.push(on("2024-04-02"))
    finish_jobs(shelf.database)
    queries.clear()
    shelf.give(anew_from=date(1900, 1, 1))
    assert shelf.winners("play_of_the_day") == {"2024-04-02": "Grace"}
    assert len(queries) < 150, "and not a question for each of the quarters since 1900"


@in_one_world("day", ["0001-01-01", "9999-12-31", "2024-02-30", "soon"])
def test_a_day_that_cannot_be_is_refused(shelf, day):
    refused = shelf.ask("POST", "/awards/give", anew_from=day)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "anew_from"


def test_bots_and_merges_are_out(shelf):
    shelf.began("2024-04-01")
    parents = ["a" * 40, "b" * 40]
    shelf.repo.push(
        on("2024-04-02"),
        on("2024-04-02", by="dependabot[bot]", additions=999),
        on("2024-04-02", by="Linus", additions=999, parents=parents, is_merge=True),
    )
    shelf.give()
    assert shelf.winners("play_of_the_day") == {"2024-04-02": "Grace"}
    assert shelf.winners("player_of_the_week") == {"2024-04-01": "Grace"}


def test_equals_are_told_apart_the_same_way_everywhere(shelf):
    shelf.began("2024-04-01")
    same = {"additions": 10, "message_title": "Same"}
    shelf.repo.push(on("2024-04-02", by="Zoe", **same), on("2024-04-02", by="Bo", **same))
    shelf.give()
    assert shelf.winners("player_of_the_week") == {"2024-04-01": "Bo"}


def test_names_are_compared_by_their_bytes_whatever_the_collation_of_a_database(shelf, queries):
    shelf.began("2024-04-01")
    same = {"additions": 10, "message_title": "Same"}
    shelf.repo.push(on("2024-04-02", by="bo", **same), on("2024-04-02", by="Zoe", **same))
    queries.clear()
    shelf.give()
    assert shelf.winners("player_of_the_week") == {"2024-04-01": "Zoe"}
    table = shelf.ask("GET", "/standings").json()["items"]
    assert [(row["rank"], row["player"]["name"]) for row in table] == [(1, "Zoe"), (1, "bo")]
    assert shelf.database.is_sqlite or any('COLLATE "C"' in query for query in queries)


@pytest.mark.on_both
def test_namesakes_are_told_apart_by_what_their_commits_say(shelf):
    shelf.began("2024-04-01")
    addresses = [f"{number}@example.org" for number in range(4)]
    shelf.repo.push(*(on("2024-04-02") | {"author_email": each} for each in addresses))
    shelf.give()
    (award,) = shelf.awards("kind=player_of_the_week")
    (winner,) = shelf.ask("GET", f"/identities?player_id={award['player']['id']}").json()["items"]
    first = min(addresses, key=lambda each: fingerprint(Named("Grace", each)))
    assert winner["email"] == first


def test_the_most_improved(shelf):
    """Grace does more than Linus, and Linus more than before."""
    shelf.began("2024-04-01")
    for day in ("02", "03"):
        shelf.repo.push(
            on(f"2024-04-{day}", additions=500),
            on(f"2024-04-{day}", by="Linus", additions=10),
            on(f"2024-05-{day}", additions=510),
            on(f"2024-05-{day}", by="Linus", additions=200),
            on(f"2024-05-{day}", by="Newcomer", additions=400),
        )
    shelf.give()
    assert shelf.winners("most_improved") == {"2024-05-01": "Linus"}
    (award,) = shelf.awards("kind=most_improved")
    working = award["working"]
    assert award["score"] == working["stats"]["impact"] - working["before"]["impact"]


def test_the_rookie_of_the_month_is_new_and_needs_two_days(shelf):
    """By the average of an active day: a long month does not beat a good one."""
    shelf.began("2024-01-01")
    shelf.repo.push(on("2024-01-02", by="Veteran"))
    for day in ("02", "03", "04"):
        shelf.repo.push(
            on(f"2024-05-{day}", by="Veteran", additions=900),
            on(f"2024-05-{day}", by="Diligent", additions=50),
        )
    shelf.repo.push(
        on("2024-05-06", by="Bright", additions=60),
        on("2024-05-07", by="Bright", additions=60),
        on("2024-05-08", by="OneDay", additions=900),
    )
    shelf.give()
    assert shelf.winners("rookie_of_the_month")["2024-05-01"] == "Bright"
    (award,) = [
        each for each in shelf.awards("kind=rookie_of_the_month") if each["first"] == "2024-05-01"
    ]
    assert award["working"]["first_day"] == "2024-05-06"
    assert award["score"] == pytest.approx(award["working"]["stats"]["impact"] / 2)


SEASON = {"name": "Spring", "first": "2024-04-01", "last": "2024-06-30"}


def opened(shelf: Shelf) -> str:
    season_id = str(shelf.ask("POST", "/seasons", **SEASON).json()["id"])
    shelf.ask("POST", f"/seasons/{season_id}/open")
    return season_id


def test_a_season_ends_with_its_awards(shelf):
    shelf.repo.push(on("2024-01-02", by="Veteran"), on("2024-04-02", by="Veteran", additions=999))
    shelf.repo.push(*(on(f"2024-04-{day:02}", by="Steady") for day in (2, 9, 16, 23)))
    shelf.repo.push(*(on(f"2024-04-{day:02}", by="Short", additions=90) for day in (2, 9, 16)))
    season_id = opened(shelf)
    for _ in range(2):
        shelf.ask("POST", f"/seasons/{season_id}/close")
    awards = {each["kind"]: each for each in shelf.awards(f"season_id={season_id}")}
    assert awards["mvp"]["player"]["name"] == "Veteran"
    rookie = awards["rookie_of_the_year"]
    assert (rookie["player"]["name"], rookie["working"]["active_weeks"]) == ("Steady", 4)
    shelf.ask("POST", "/awards/give", anew_from="2024-01-01")
    finish_jobs(shelf.database)
    assert len(shelf.awards(f"season_id={season_id}")) == 2


def test_the_runner_up_takes_what_somebody_away_would_get(shelf):
    shelf.began("2024-04-01")
    shelf.repo.push(on("2024-04-02", additions=900), on("2024-04-02", by="Linus"))
    grace = shelf.ask("GET", "/standings?q=Grace").json()["items"][0]["player"]["id"]
    away = {"player_id": grace, "first": "2024-04-03", "last": "2024-04-06"}
    made = shelf.ask("POST", f"/seasons/{opened(shelf)}/absences", **away)
    assert made.status_code == 201
    shelf.give()
    assert shelf.winners("player_of_the_week") == {"2024-04-01": "Linus"}
    assert shelf.winners("player_of_the_month") == {"2024-04-01": "Grace"}
    (award,) = shelf.awards("kind=player_of_the_week")
    assert award["working"]["passed_by"] == ["Grace"]


def test_awards_go_along_when_players_are_joined(shelf):
    shelf.began("2024-04-01")
    shelf.repo.push(on("2024-04-02", additions=900), on("2024-04-02", by="Linus"))
    shelf.give()
    table = shelf.ask("GET", "/standings").json()["items"]
    grace, linus = (row["player"]["id"] for row in table)
    shelf.ask("POST", f"/players/{linus}/merge", players=[grace])
    headers = shelf.ada.headers
    won = shelf.http.get(f"/api/v1/players/{linus}/awards", headers=headers).json()
    assert won["total"] == len(shelf.awards()) == 3
    assert {each["player"]["name"] for each in won["items"]} == {"Linus"}


def test_they_belong_to_their_league(shelf, mallory):
    shelf.began("2024-04-01")
    shelf.repo.push(on("2024-04-02"))
    shelf.give()
    theirs = shelf._replace(ada=mallory)
    assert theirs.awards() == []
    place = f"{shelf.league}/awards"
    assert shelf.http.get(place, headers=mallory.headers).status_code == 404


@pytest.mark.on_both
@pytest.mark.at("2026-05-13 12:00")
def test_an_outage_is_caught_up_with(shelf):
    """A league that began a week ago and saw nobody since."""
    day = "2026-05-06"
    shelf.began(day)
    shelf.repo.push(on(day))
    with shelf.database.writing() as session:
        for _ in range(2):  # asked for twice, given once
            ask_for_awards(session)
            session.flush()  # the second look shall find what the first one asked for
    finish_jobs(shelf.database)
    assert shelf.winners("play_of_the_day") == {day: "Grace"}
    with shelf.database.writing() as session:
        first, last = due(session, shelf.ada.project_id)
        assert first > last
        assert last == date(2026, 5, 13) - GRACE


def test_a_league_that_is_new_has_none_due(database: Database, project_id: uuid.UUID):
    with database.writing() as session:
        first, last = due(session, project_id)
        assert first > last
