"""Players who stopped playing: what stays theirs, and where they are marked."""

from typing import Any

import pytest
from cases import in_one_world
from httpx import Client, Response
from make import Person, make_commit


class Roster:
    """The players of a league, as somebody asks for them."""

    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.person = http, person
        self.league = f"/api/v1/projects/{person.project_id}"

    def ask(self, method: str, path: str, **body: Any) -> Response:
        return self.http.request(
            method, f"/api/v1{path}", json=body or None, headers=self.person.headers
        )

    def table(self, query: str = "") -> dict[str, dict[str, Any]]:
        answer = self.http.get(f"{self.league}/standings?{query}", headers=self.person.headers)
        return {row["player"]["name"]: row for row in answer.json()["items"]}

    def player(self, name: str) -> str:
        return str(self.table()[name]["player"]["id"])

    def retire(self, name: str, on: str = "2024-05-01") -> Response:
        return self.ask("POST", f"/players/{self.player(name)}/retire", on=on)


@pytest.fixture
def roster(http: Client, ada: Person) -> Roster:
    return Roster(http, ada)


def on(day: str, by: str = "Grace", email: str = "", **over: Any) -> dict[str, Any]:
    return make_commit(
        author_name=by,
        author_email=email or f"{by.lower().replace(' ', '.')}@example.org",
        author_date=f"{day}T12:00:00Z",
        commit_date=f"{day}T12:00:00Z",
        **over,
    )


def test_it_works(roster, repo):
    repo.push(on("2024-04-02"), on("2024-04-02", by="Linus"), on("2024-05-02", by="Linus"))
    retired = roster.retire("Grace")
    assert (retired.status_code, retired.json()["retired_on"]) == (200, "2024-05-01")
    marks = {name: row["retired"] for name, row in roster.table().items()}
    assert marks == {"Grace": True, "Linus": False}
    card = roster.ask("GET", f"/players/{roster.player('Grace')}").json()
    assert card["retired_on"] == "2024-05-01"
    assert card["standing"]["retired"]
    assert card["standing"]["stats"]["commits"] == 1


def test_who_retired_is_in_no_later_table_unless_they_play(roster, repo):
    """A table lists who played: nobody has to be taken out of it."""
    repo.push(on("2024-04-02"), on("2024-05-02", by="Linus"))
    roster.retire("Grace")
    assert list(roster.table("period=month&start=2024-05-01")) == ["Linus"]
    repo.push(on("2024-05-03"))
    assert roster.table("period=month&start=2024-05-01")["Grace"]["retired"]


def test_without_a_day_it_is_today_and_there_is_a_way_back(roster, repo):
    repo.push(on("2024-04-02"))
    place = f"/players/{roster.player('Grace')}"
    roster.http.post(f"/api/v1{place}/retire", json={}, headers=roster.person.headers)
    assert roster.table()["Grace"]["retired"]
    back = roster.ask("POST", f"{place}/bring-back")
    assert (back.status_code, back.json()["retired_on"]) == (200, None)
    assert not roster.table()["Grace"]["retired"]


def test_a_day_to_come_retires_nobody_yet(roster, repo):
    repo.push(on("2024-04-02"))
    roster.retire("Grace", on="2990-01-01")
    assert not roster.table()["Grace"]["retired"]


@in_one_world(
    "body, status", [({"on": "1066-10-14"}, 422), ({"on": "soon"}, 422), ({"day": 1}, 422)]
)
def test_what_is_no_day_is_refused(roster, repo, body, status):
    repo.push(on("2024-04-02"))
    refused = roster.ask("POST", f"/players/{roster.player('Grace')}/retire", **body)
    assert (refused.status_code, len(refused.json()["errors"])) == (status, 1)


def test_only_commissioners_of_the_league_retire_its_players(roster, repo, http, grace, mallory):
    repo.push(on("2024-04-02"))
    place = f"/players/{roster.player('Grace')}/retire"
    assert Roster(http, grace).ask("POST", place, on="2024-05-01").status_code == 403
    assert Roster(http, mallory).ask("POST", place, on="2024-05-01").status_code == 404
    assert not roster.table()["Grace"]["retired"]


def test_it_is_in_the_log_once(roster, repo):
    repo.push(on("2024-04-02"))
    for _ in range(2):
        roster.retire("Grace")
    log = roster.http.get(f"{roster.league}/audit-log", headers=roster.person.headers).json()
    found = [each for each in log["items"] if each["action"] == "league:player:retired"]
    assert [each["details"] for each in found] == [{"retired_on": "2024-05-01"}]


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("retired_on", "newcomer", "suggested"),
    [
        (None, "2024-06-01", True),
        ("2024-05-01", "2024-04-15", True),  # an address of theirs from before
        ("2024-05-01", "2024-06-01", False),  # somebody else of that name: they had left
    ],
)
def test_who_came_after_they_left_is_not_them(roster, repo, retired_on, newcomer, suggested):
    repo.push(on("2024-04-02", by="Grace Hopper"))
    if retired_on:
        roster.retire("Grace Hopper", on=retired_on)
    repo.push(on(newcomer, by="Grace Hopper", email="gh@elsewhere.example"))
    place = f"{roster.league}/identities/suggestions"
    found = roster.http.get(place, headers=roster.person.headers).json()
    assert bool(found) is suggested
