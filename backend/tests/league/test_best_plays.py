"""The best plays, over HTTP: kept of whole months, found in the commits of all other days."""

import uuid
from typing import Any

import pytest
from gitleague.core.db import Database
from gitleague.league.careers.records import find_records
from gitleague.scoring.best_plays import KEPT
from gitleague.scoring.totals import sum_up_next
from httpx import Client
from make import Person, make_commit
from pushes import people
from remote import Repo

ADA, GRACE = people("Ada", "Grace")


def commit(day: str, additions: int, person: dict[str, str], **more: Any) -> dict[str, object]:
    dates = {"author_date": f"{day}T12:00:00Z", "commit_date": f"{day}T12:00:00Z"}
    return make_commit(**dates, **person, additions=additions, **more)


def sum_up(database: Database, project_id: uuid.UUID) -> None:
    waits = True
    while waits:
        with database.writing() as session:
            waits = sum_up_next(session, project_id)


def plays(http: Client, ada: Person, path: str = "", **asked: str) -> list[tuple[str, str, int]]:
    place = path or f"projects/{ada.project_id}"
    answer = http.get(f"/api/v1/{place}/plays", params=asked, headers=ada.headers)
    items = answer.raise_for_status().json()["items"]
    return [(item["player"]["name"], item["day"], item["additions"]) for item in items]


@pytest.mark.on_both
def test_most_impact_first_whatever_is_summed_up(
    http: Client, ada: Person, database: Database, repo: Repo
) -> None:
    repo.push(
        commit("2024-01-05", 50, ADA),
        commit("2024-01-31", 90, GRACE),
        commit("2024-02-01", 70, ADA),
        commit("2024-02-02", 500, ADA, is_merge=True, parent_count=2),
    )
    expected = [("Grace", "2024-01-31", 90), ("Ada", "2024-02-01", 70), ("Ada", "2024-01-05", 50)]
    assert plays(http, ada) == expected
    sum_up(database, ada.project_id)
    assert plays(http, ada) == expected
    assert plays(http, ada, period="month", start="2024-01-01") == [expected[0], expected[2]]
    assert plays(http, ada, period="day", start="2024-02-01") == [expected[1]]
    assert plays(http, ada, limit="1", page="2") == [expected[1]]
    with database.reading() as session:
        (biggest,) = (
            record for record in find_records(session, ada.project_id) if record["span"] == "play"
        )
    assert [holder["first"] for holder in biggest["holders"]] == ["2024-01-31"]
    standings = http.get(f"/api/v1/projects/{ada.project_id}/standings", headers=ada.headers)
    ids = {row["player"]["name"]: row["player"]["id"] for row in standings.json()["items"]}
    assert plays(http, ada, player_id=ids["Ada"]) == expected[1:]
    assert plays(http, ada, f"players/{ids['Grace']}") == expected[:1]
    assert plays(http, ada, repo_id=str(uuid.uuid4())) == []


def test_of_each_player_the_best_few_of_a_month(
    http: Client, ada: Person, database: Database, repo: Repo
) -> None:
    repo.push(*(commit(f"2024-01-{day:02}", 10 + day, ADA) for day in range(1, 10)))
    expected = [("Ada", f"2024-01-{day:02}", 10 + day) for day in range(9, 9 - KEPT, -1)]
    assert plays(http, ada) == expected
    sum_up(database, ada.project_id)
    assert plays(http, ada) == expected


@pytest.mark.on_both
def test_the_page_of_a_player_and_of_two(http: Client, ada: Person, repo: Repo) -> None:
    repo.push(commit("2024-01-05", 50, ADA), commit("2024-01-31", 90, GRACE))
    place = f"/api/v1/projects/{ada.project_id}"
    rows = http.get(f"{place}/all-time", headers=ada.headers).json()["items"]
    assert [(row["player"]["name"], row["first_day"], row["titles"]) for row in rows] == [
        ("Grace", "2024-01-31", 0),
        ("Ada", "2024-01-05", 0),
    ]
    one, other = (row["player"]["id"] for row in rows)
    career = http.get(f"/api/v1/players/{one}/career", headers=ada.headers).json()["career"]
    assert career["best_day"]["first"] == "2024-01-31"
    seasons = http.get(f"/api/v1/players/{one}/seasons", headers=ada.headers).json()
    assert seasons["items"] == []
    pair = {"a": one, "b": other, "by": "month"}
    met = http.get(f"{place}/head-to-head", params=pair, headers=ada.headers).json()
    assert met["won"] == {"a": 1, "b": 0}
    hall = http.get(f"{place}/hall-of-fame", headers=ada.headers).json()
    assert hall["members"] == []
    assert [way["name"] for way in hall["ways"]] == [
        *("mvp", "awards", "commits", "active_days", "impact")
    ]


def test_nobody_plays_against_themselves(http: Client, ada: Person, repo: Repo) -> None:
    repo.push(commit("2024-01-05", 50, ADA))
    place = f"/api/v1/projects/{ada.project_id}"
    (row,) = http.get(f"{place}/all-time", headers=ada.headers).json()["items"]
    one = row["player"]["id"]
    refused = http.get(f"{place}/head-to-head", params={"a": one, "b": one}, headers=ada.headers)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "b"
    other = {"a": one, "b": str(uuid.uuid4())}
    assert http.get(f"{place}/head-to-head", params=other, headers=ada.headers).status_code == 404
