"""The squads of a league, and commits of the people in them."""

from typing import Any

from httpx import Client, Response
from make import Person, make_commit

SPRING = {"name": "Spring 2024", "first": "2024-03-01", "last": "2024-05-31"}
ALL = "period=all"


class Squads:
    """The squads of a league, as somebody asks for them."""

    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.person = http, person
        self.league = f"/api/v1/projects/{person.project_id}"

    def ask(self, method: str, path: str, **body: Any) -> Response:
        return self.http.request(
            method, self.league + path, json=body or None, headers=self.person.headers
        )

    def done(self, method: str, path: str, **body: Any) -> Any:
        answer = self.ask(method, path, **body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def made(self, name: str) -> str:
        return str(self.done("POST", "/squads", name=name)["id"])

    def player(self, name: str) -> str:
        (found,) = self.done("GET", f"/identities?q={name}")["items"]
        return str(found["player"]["id"])

    def put_in(self, squad: str, name: str, **days: str) -> str:
        body = {"player_id": self.player(name), **days}
        return str(self.done("POST", f"/squads/{squad}/members", **body)["id"])

    def members(self, squad: str, query: str = "ever=true") -> list[tuple[str, str, str | None]]:
        items = self.done("GET", f"/squads/{squad}/members?{query}")["items"]
        return [(each["player"]["name"], each["first"], each["last"]) for each in items]

    def table(self, query: str = ALL) -> list[tuple[int, str, float]]:
        """By commits."""
        items = self.done("GET", f"/squads/standings?metric=commits&{query}")["items"]
        return [(row["rank"], row["squad"]["name"], row["stats"]["commits"]) for row in items]

    def players(self, query: str) -> dict[str, int]:
        """Their commits."""
        items = self.done("GET", f"/standings?{query}")["items"]
        return {row["player"]["name"]: row["stats"]["commits"] for row in items}

    def closed(self, season: dict[str, str]) -> str:
        season_id = str(self.done("POST", "/seasons", **season)["id"])
        for verb in ("open", "close"):
            self.done("POST", f"/seasons/{season_id}/{verb}")
        return season_id


def on(day: str, *, by: str = "Grace", **over: Any) -> dict[str, Any]:
    email = f"{by.lower()}@example.org"
    return make_commit(author_name=by, author_email=email, author_date=f"{day}T12:00:00Z", **over)


def field_of(answer: Response) -> str:
    return str(answer.json()["errors"][0]["field"])
