"""A fantasy league as a test plays it: over HTTP, with a calendar that can be turned."""

import uuid
from datetime import date, timedelta
from typing import Any

from gitleague.core.db import Database
from gitleague.tables.fantasy import FantasyLeague, FantasyPick
from httpx import Client, Response
from make import Person, make_commit
from remote import Repo
from sqlalchemy import select, update

TODAY = date(2026, 5, 13)  # a Wednesday
NOON = f"{TODAY} 12:00"  # when whoever plays it runs: `@pytest.mark.at`
DAY = timedelta(days=1)
FIRST, LAST = TODAY - 20 * DAY, TODAY + 20 * DAY  # of the season
BEFORE = FIRST - DAY  # prices are made of the days up to it
PRICES = {"Bo": 400, "Cy": 300, "Di": 200, "Ed": 100}  # in lines, of a draft


def on(day: date, by: str, impact: int = 20, **over: Any) -> dict[str, Any]:
    """A commit that adds that many lines."""
    return make_commit(
        author_name=by,
        author_email=f"{by.lower()}@example.org",
        author_date=f"{day}T12:00:00Z",
        commit_date=f"{day}T12:00:00Z",
        additions=impact,
        deletions=0,
        **over,
    )


class Fantasy:
    """One fantasy league, as somebody asks about it."""

    def __init__(self, http: Client, database: Database, person: Person) -> None:
        self.http, self.database, self.person = http, database, person
        self.league = f"/api/v1/projects/{person.project_id}"
        self.id = ""

    def as_(self, person: Person) -> "Fantasy":
        other = Fantasy(self.http, self.database, person)
        other.id, other.league = self.id, self.league
        return other

    def ask(self, method: str, path: str = "", **body: Any) -> Response:
        """About this fantasy league."""
        return self.ask_league(method, f"/fantasy/{self.id}{path}", **body)

    def ask_league(self, method: str, path: str, **body: Any) -> Response:
        return self.http.request(
            method, self.league + path, json=body or None, headers=self.person.headers
        )

    def season(self, first: date = FIRST, last: date = LAST) -> str:
        days = {"first": str(first), "last": str(last)}
        answer = self.ask_league("POST", "/seasons", name=f"Season {first}", **days)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def make(self, **wish: Any) -> "Fantasy":
        answer = self.try_to_make(**wish)
        assert answer.status_code == 201, answer.text
        self.id = answer.json()["id"]
        return self

    def try_to_make(self, **wish: Any) -> Response:
        season = wish.pop("season_id", None) or self.season()
        whole = {"name": "Cup", "season_id": season, "mode": "free", **wish}
        return self.ask_league("POST", "/fantasy", **whole)

    def start(self) -> "Fantasy":
        answer = self.ask("POST", "/start")
        assert answer.status_code == 200, answer.text
        return self

    def join(self, *people: Person) -> None:
        for person in people:
            answer = self.as_(person).ask("POST", "/managers")
            assert answer.status_code == 201, answer.text

    def players(self) -> dict[str, str]:
        """The ids of those in the pool, by name."""
        return {each["player"]["name"]: each["player"]["id"] for each in self.items("/pool")}

    def try_to_pick(self, name: str) -> Response:
        return self.ask("POST", "/picks", player_id=self.players()[name])

    def pick(self, name: str) -> str:
        answer = self.try_to_pick(name)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def items(self, path: str) -> list[dict[str, Any]]:
        answer = self.ask("GET", path)
        assert answer.is_success, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def rosters(self) -> dict[str, list[str] | None]:
        return {
            each["name"]: each["roster"] and [held["player"]["name"] for held in each["roster"]]
            for each in self.items("/managers")
        }

    def history(self) -> list[tuple[str, str | None, bool]]:
        """Who picked whom, the oldest first, and whether it was undone."""
        return [
            (
                each["manager"]["name"],
                each["player"] and each["player"]["name"],
                each["undone_at"] is not None,
            )
            for each in reversed(self.items("/picks"))
        ]

    def table(self, query: str = "") -> list[tuple[int, str, float]]:
        return [
            (row["rank"], row["manager"]["name"], row["points"])
            for row in self.items(f"/table?{query}")
        ]

    def locked_on(self, day: date) -> None:
        """As if that had been the lock from the start."""
        here = FantasyLeague.id == uuid.UUID(self.id)
        with self.database.writing() as session:
            session.execute(update(FantasyLeague).where(here).values(locks_on=day))

    def hours_pass(self, hours: float) -> None:
        """What happened in the draft happened that much earlier."""
        ago = timedelta(hours=hours)
        here = uuid.UUID(self.id)
        with self.database.writing() as session:
            league = session.scalars(select(FantasyLeague).where(FantasyLeague.id == here)).one()
            league.started_at = league.started_at and league.started_at - ago
            league.turn_ends_at = league.turn_ends_at and league.turn_ends_at - ago
            for made in session.scalars(select(FantasyPick).where(FantasyPick.fantasy_id == here)):
                made.picked_at -= ago


def field_of(answer: Response) -> str:
    return str(answer.json()["errors"][0]["field"])


def claims(fantasy: Fantasy, person: Person, address: str) -> None:
    claim = fantasy.as_(person).ask_league("POST", "/claims", address=address).json()
    if claim["state"] != "approved":
        approved = fantasy.ask_league("POST", f"/claims/{claim['id']}/approve")
        assert approved.status_code == 200, approved.text


def a_draft(http: Client, database: Database, people: tuple[Person, Person], repo: Repo) -> Fantasy:
    """Both have joined, in this order; the first is a commissioner. Two rounds, an hour a turn."""
    repo.push(*(on(BEFORE, name, lines) for name, lines in PRICES.items()))
    fantasy = Fantasy(http, database, people[0])
    fantasy.make(mode="snake", roster_size=2, pick_minutes=60, locks_on=str(TODAY + 9 * DAY))
    fantasy.join(*people)
    return fantasy


def before_the_season(
    http: Client, database: Database, commissioner: Person, repo: Repo
) -> Fantasy:
    """A league in which Bo did 200 lines right before the season, Cy 100 and Di none."""
    repo.push(
        on(BEFORE, "Bo", 200),
        on(BEFORE, "Cy", 100),
        on(BEFORE - 300 * DAY, "Di"),
        on(BEFORE, "renovate[bot]", 900),
    )
    return Fantasy(http, database, commissioner)
