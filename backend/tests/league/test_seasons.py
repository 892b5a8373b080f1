"""Seasons over HTTP: planned, opened, closed, and what each state refuses."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from cases import in_one_world
from gitleague.core.clock import now
from gitleague.league.seasons.proposals import next_of
from httpx import Client, Response
from make import Person, make_commit
from remote import Repo

SPRING = {"name": "Spring 2024", "first": "2024-03-01", "last": "2024-05-31"}
SUMMER = {"name": "Summer 2024", "first": "2024-06-01", "last": "2024-08-31"}


class Seasons:
    """The seasons of a league, as somebody asks for them."""

    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.person = http, person
        self.league = f"/api/v1/projects/{person.project_id}"

    def ask(self, method: str, path: str, **body: Any) -> Response:
        return self.http.request(
            method, self.league + path, json=body or None, headers=self.person.headers
        )

    def plan(self, season: dict[str, str]) -> str:
        answer = self.ask("POST", "/seasons", **season)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def opened(self, season: dict[str, str]) -> str:
        season_id = self.plan(season)
        assert self.ask("POST", f"/seasons/{season_id}/open").status_code == 200
        return season_id

    def closed(self, season: dict[str, str]) -> str:
        season_id = self.opened(season)
        assert self.ask("POST", f"/seasons/{season_id}/close").status_code == 200
        return season_id

    def table(self, query: str) -> list[tuple[int, str, float]]:
        answer = self.ask("GET", f"/standings?{query}")
        assert answer.status_code == 200, answer.text
        return [
            (row["rank"], row["player"]["name"], row["stats"]["impact"])
            for row in answer.json()["items"]
        ]


@pytest.fixture
def seasons(http: Client, ada: Person) -> Seasons:
    return Seasons(http, ada)


def on(day: str, *, by: str = "Grace", **over: Any) -> dict[str, Any]:
    email = f"{by.lower()}@example.org"
    return make_commit(author_name=by, author_email=email, author_date=f"{day}T12:00:00Z", **over)


def field_of(answer: Response) -> str:
    return str(answer.json()["errors"][0]["field"])


def test_it_works(seasons, repo):
    """Planned, played, closed: the table holds the season's days and no others."""
    repo.push(on("2024-02-29", by="Linus"), on("2024-03-01"), on("2024-05-31", by="Ada"))
    season_id = seasons.plan(SPRING)
    (listed,) = seasons.ask("GET", "/seasons").json()["items"]
    assert (listed["id"], listed["state"], listed["name"]) == (season_id, "draft", "Spring 2024")
    opened = seasons.ask("POST", f"/seasons/{season_id}/open").json()
    assert opened["state"] == "active"
    assert [name for _, name, _ in seasons.table("period=season")] == ["Ada", "Grace"]
    assert seasons.table("period=season") == seasons.table(f"season_id={season_id}")
    closed = seasons.ask("POST", f"/seasons/{season_id}/close").json()
    assert (closed["state"], closed["closed_at"] is not None) == ("closed", True)
    assert [name for _, name, _ in seasons.table(f"season_id={season_id}")] == ["Ada", "Grace"]


def test_what_comes_later_changes_a_closed_season_no_more(seasons, repo):
    repo.push(on("2024-03-01"))
    season_id = seasons.closed(SPRING)
    before = seasons.table(f"season_id={season_id}")
    repo.push(on("2024-03-02", by="Ada"), on("2024-03-02", additions=500))
    assert seasons.table(f"season_id={season_id}") == before
    assert len(seasons.table("period=month&start=2024-03-01")) == 2


@pytest.mark.on_both
def test_a_players_page_shows_the_season(seasons, repo):
    repo.push(on("2024-03-01"), on("2024-06-01"))
    season_id = seasons.closed(SPRING)
    answer = seasons.ask("GET", f"/standings?season_id={season_id}").json()
    player = answer["items"][0]["player"]["id"]
    headers = seasons.person.headers
    card = seasons.http.get(f"/api/v1/players/{player}?season_id={season_id}", headers=headers)
    assert card.json()["standing"]["stats"]["commits"] == 1
    assert card.json()["repos"][0]["stats"]["commits"] == 1
    plays = seasons.http.get(
        f"/api/v1/players/{player}/commits?season_id={season_id}", headers=headers
    )
    assert plays.json()["total"] == 1


def test_the_trend_is_against_the_season_before(seasons, repo):
    repo.push(
        on("2024-03-01", additions=100),
        on("2024-03-01", by="Ada"),
        on("2024-06-01", by="Ada", additions=100),
        on("2024-06-01"),
        on("2024-06-01", by="Linus"),
    )
    seasons.closed(SPRING)
    summer = seasons.opened(SUMMER)
    rows = seasons.ask("GET", f"/standings?season_id={summer}").json()["items"]
    trends = {row["player"]["name"]: row["trend"] for row in rows}
    assert trends["Ada"] == {"direction": "up", "change": 1}
    assert trends["Linus"]["direction"] == "new"


def test_one_season_is_played_at_a_time(seasons):
    spring, summer = seasons.opened(SPRING), seasons.plan(SUMMER)
    refused = seasons.ask("POST", f"/seasons/{summer}/open")
    assert (refused.status_code, "Spring 2024 is still being played" in refused.text) == (409, True)
    assert seasons.ask("POST", f"/seasons/{spring}/open").status_code == 200  # it is already
    seasons.ask("POST", f"/seasons/{spring}/close")
    assert seasons.ask("POST", f"/seasons/{summer}/open").status_code == 200


def test_seasons_do_not_overlap(seasons):
    spring = seasons.plan(SPRING)
    for first, last in (("2024-05-31", "2024-06-30"), ("2023-01-01", "2025-01-01")):
        refused = seasons.ask("POST", "/seasons", name="Other", first=first, last=last)
        assert (refused.status_code, field_of(refused)) == (409, "first")
        assert "Spring 2024 is from 2024-03-01 to 2024-05-31" in refused.json()["detail"]
    seasons.plan(SUMMER)
    refused = seasons.ask("PATCH", f"/seasons/{spring}", last="2024-06-01")
    assert refused.status_code == 409
    assert seasons.ask("PATCH", f"/seasons/{spring}", first="2024-02-01").status_code == 200


@in_one_world(
    "change, field",
    [
        ({"last": "2024-02-01"}, "last"),
        ({"first": "1899-12-31"}, "first"),
        ({"last": "9999-12-31"}, "last"),
        ({"first": "yesterday"}, "first"),
        ({"name": " "}, "name"),
    ],
)
def test_a_season_that_cannot_be_is_refused(seasons, change, field):
    refused = seasons.ask("POST", "/seasons", **{**SPRING, **change})
    assert (refused.status_code, field_of(refused)) == (422, field)
    assert seasons.ask("GET", "/seasons").json()["total"] == 0


@pytest.mark.any_day
def test_a_season_ends_before_it_is_closed(seasons):
    today = now().date()
    days = {"first": str(today - timedelta(days=9)), "last": str(today + timedelta(days=9))}
    season_id = seasons.opened({"name": "Now", **days})
    refused = seasons.ask("POST", f"/seasons/{season_id}/close")
    assert (refused.status_code, "runs until" in refused.text) == (409, True)
    seasons.ask("PATCH", f"/seasons/{season_id}", last=str(today - timedelta(days=2)))
    assert seasons.ask("POST", f"/seasons/{season_id}/close").status_code == 200


def test_what_is_closed_stays(seasons):
    season_id = seasons.closed(SPRING)
    for method, path, body in (
        ("PATCH", "", {"first": "2024-04-01"}),
        ("DELETE", "", {}),
        ("POST", "/open", {}),
        ("POST", "/absences", away_of(str(uuid.uuid4()))),
    ):
        refused = seasons.ask(method, f"/seasons/{season_id}{path}", **body)
        assert (refused.status_code, "closed" in refused.text) == (409, True), refused.text
    renamed = seasons.ask("PATCH", f"/seasons/{season_id}", name="The first")
    assert renamed.json()["name"] == "The first"
    assert seasons.ask("POST", f"/seasons/{season_id}/close").status_code == 200  # it is already


@pytest.mark.on_both
def test_a_season_that_was_closed_by_mistake_is_played_again(seasons, repo):
    repo.push(on("2024-05-01"))
    season_id = seasons.closed(SPRING)
    repo.push(on("2024-05-02", by="Ada"))
    assert [name for _, name, _ in seasons.table(f"period=season&season_id={season_id}")] == [
        "Grace"
    ]
    for _ in range(2):  # twice is no error
        again = seasons.ask("POST", f"/seasons/{season_id}/reopen")
        assert (again.status_code, again.json()["state"]) == (200, "active"), again.text
        assert (again.json()["closed_at"], again.json()["rules_version"]) == (None, None)
    assert len(seasons.table("period=season")) == 2
    kinds = {each["kind"] for each in seasons.ask("GET", "/awards").json()["items"]}
    assert "mvp" not in kinds
    actions = [each["action"] for each in seasons.ask("GET", "/audit-log").json()["items"]]
    assert actions.count("league:season:reopened") == 1
    assert seasons.ask("POST", f"/seasons/{season_id}/close").status_code == 200
    assert len(seasons.table(f"period=season&season_id={season_id}")) == 2


def test_it_is_reopened_while_no_other_is_played(seasons):
    draft = seasons.plan({"name": "Later", "first": "2024-09-01", "last": "2024-09-30"})
    assert seasons.ask("POST", f"/seasons/{draft}/reopen").status_code == 409
    closed = seasons.closed(SPRING)
    seasons.ask("POST", f"/seasons/{draft}/open")
    refused = seasons.ask("POST", f"/seasons/{closed}/reopen")
    assert (refused.status_code, "Later is being played" in refused.text) == (409, True)


def test_a_draft_can_be_deleted_and_not_closed(seasons):
    season_id = seasons.plan(SPRING)
    assert seasons.ask("POST", f"/seasons/{season_id}/close").status_code == 409
    assert seasons.ask("DELETE", f"/seasons/{season_id}").status_code == 204
    assert seasons.ask("GET", f"/seasons/{season_id}").status_code == 404


def test_without_a_season_there_is_no_table_of_it(seasons):
    refused = seasons.ask("GET", "/standings?period=season")
    assert (refused.status_code, field_of(refused)) == (422, "period")


def test_a_season_can_be_asked_for_by_a_day_of_it(seasons, repo):
    repo.push(on("2024-03-01"))
    seasons.closed(SPRING)
    assert len(seasons.table("period=season&start=2024-05-31")) == 1
    seasons.plan(SUMMER)
    refused = seasons.ask("GET", "/standings?period=season&start=2024-06-01")
    assert (refused.status_code, "no such season" in refused.text) == (422, True)


@pytest.mark.on_both
def test_the_page_of_a_season_leads_to_its_neighbours(seasons, repo):
    repo.push(on("2024-03-01"), on("2024-06-01"))
    seasons.closed(SPRING)
    seasons.opened(SUMMER)
    place = f"/projects/{seasons.person.project_id}/standings?period=season"
    page = seasons.http.get(place, headers=seasons.person.headers)
    assert page.status_code == 200
    assert "Summer 2024" in page.text
    assert "period=season&amp;start=2024-03-01" in page.text


def test_seasons_belong_to_their_league(seasons, http, mallory, repo):
    mine = seasons.opened(SPRING)
    theirs = Seasons(http, mallory)
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/open"),
        ("POST", "/close"),
        ("GET", "/summary"),
        ("GET", "/absences"),
    ):
        body = {"name": "Mine now"} if method == "PATCH" else {}
        assert theirs.ask(method, f"/seasons/{mine}{path}", **body).status_code == 404
    assert theirs.ask("GET", f"/standings?season_id={mine}").status_code == 404
    assert theirs.plan(SPRING)  # on the same days


@pytest.mark.on_both
def test_a_season_at_a_glance(seasons, repo):
    repo.push(
        on("2024-03-01", additions=100),
        on("2024-03-02"),
        on("2024-03-02", by="Ada", message_title="Fix it"),
        on("2024-06-01", by="Linus"),
        make_commit(author_name="dependabot[bot]", author_email="bot@x.org"),
    )
    season_id = seasons.closed(SPRING)
    told = seasons.ask("GET", f"/seasons/{season_id}/summary").json()
    assert (told["players"], told["stats"]["commits"], told["stats"]["active_days"]) == (2, 3, 2)
    assert [row["player"]["name"] for row in told["podium"]] == ["Grace", "Ada"]
    leaders = {each["metric"]: (each["player"]["name"], each["value"]) for each in told["leaders"]}
    assert leaders["blk"] == ("Ada", 15)
    assert leaders["commits"] == ("Grace", 2)
    assert told["busiest"] == {"day": "2024-03-02", "commits": 2}


@pytest.mark.on_both
def test_an_empty_season_at_a_glance(seasons):
    told = seasons.ask("GET", f"/seasons/{seasons.plan(SPRING)}/summary").json()
    assert (told["players"], told["podium"], told["leaders"], told["busiest"]) == (0, [], [], None)


def test_what_was_done_is_in_the_trail(seasons):
    season_id = seasons.closed(SPRING)
    seasons.ask("PATCH", f"/seasons/{season_id}", name="The first")
    trail = seasons.ask("GET", "/audit-log").json()["items"]
    assert [entry["action"] for entry in trail] == [
        f"league:season:{verb}" for verb in ("changed", "closed", "opened", "created")
    ]


def away_of(player: str, **over: str) -> dict[str, str]:
    days = {"first": "2024-03-04", "last": "2024-03-08"}
    return {"player_id": player, "kind": "away", "note": "holiday", **days, **over}


@pytest.fixture
def grace_player(seasons: Seasons, repo: Repo) -> str:
    repo.push(on("2024-03-01"))
    return str(seasons.ask("GET", "/standings").json()["items"][0]["player"]["id"])


@pytest.mark.on_both
def test_who_is_away(seasons, grace_player):
    season_id = seasons.plan(SPRING)
    place = f"/seasons/{season_id}/absences"
    made = seasons.ask("POST", place, **away_of(grace_player))
    assert made.status_code == 201, made.text
    seasons.ask("POST", place, **away_of(grace_player, first="2024-05-01", last="2024-05-31"))
    listed = seasons.ask("GET", place).json()["items"]
    assert [(each["player"]["name"], each["first"]) for each in listed] == [
        ("Grace", "2024-03-04"),
        ("Grace", "2024-05-01"),
    ]
    assert seasons.ask("GET", f"{place}?player_id={uuid.uuid4()}").json()["total"] == 0
    assert seasons.ask("DELETE", f"{place}/{made.json()['id']}").status_code == 204
    assert seasons.ask("DELETE", f"{place}/{made.json()['id']}").status_code == 404
    assert seasons.ask("GET", place).json()["total"] == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"first": "2024-02-29"}, 422, "first"),
        ({"last": "2024-06-01"}, 422, "last"),
        ({"first": "2024-03-09"}, 422, "last"),
        ({"first": "2024-02-30"}, 422, "first"),
        ({"kind": "asleep"}, 422, "kind"),
        ({"until": "2024-03-10"}, 422, "until"),
        ({"player_id": "00000000-0000-0000-0000-000000000000"}, 404, "player_id"),
        ({"first": "2024-03-08", "last": "2024-03-10"}, 409, "first"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(seasons, grace_player, change, status, field):
    place = f"/seasons/{seasons.plan(SPRING)}/absences"
    if status == 409:
        seasons.ask("POST", place, **away_of(grace_player))
    refused = seasons.ask("POST", place, **away_of(grace_player, **change))
    assert (refused.status_code, field_of(refused)) == (status, field)


def test_nobody_is_away_in_another_league(seasons, http, mallory, grace_player):
    theirs = Seasons(http, mallory)
    place = f"/seasons/{theirs.plan(SPRING)}/absences"
    assert theirs.ask("POST", place, **away_of(grace_player)).status_code == 404


def test_a_season_does_not_shrink_away_from_an_absence(seasons, grace_player):
    season_id = seasons.plan(SPRING)
    seasons.ask("POST", f"/seasons/{season_id}/absences", **away_of(grace_player))
    refused = seasons.ask("PATCH", f"/seasons/{season_id}", first="2024-03-05")
    assert (refused.status_code, "1 absences" in refused.text) == (409, True)


PROPOSALS = [
    ("quarter", date(2024, 5, 15), None, ("Q2 2024", date(2024, 4, 1), date(2024, 6, 30))),
    ("quarter", date(2024, 12, 31), None, ("Q4 2024", date(2024, 10, 1), date(2024, 12, 31))),
    (
        "quarter",
        date(2024, 5, 15),
        date(2024, 6, 30),
        ("Q3 2024", date(2024, 7, 1), date(2024, 9, 30)),
    ),
    (
        "half-year",
        date(2024, 5, 15),
        date(2024, 7, 1),
        ("H1 2025", date(2025, 1, 1), date(2025, 6, 30)),
    ),
    ("year", date(2024, 2, 29), None, ("2024", date(2024, 1, 1), date(2024, 12, 31))),
]


@pytest.mark.parametrize(("length", "today", "planned", "expected"), PROPOSALS)
def test_what_could_come_next(length, today, planned, expected):
    assert next_of(length, today, planned)[1:] == expected


def test_a_proposal_can_be_taken(seasons):
    for _ in range(2):
        proposal = seasons.ask("GET", "/seasons/proposals").json()[0]
        seasons.plan({key: proposal[key] for key in ("name", "first", "last")})
