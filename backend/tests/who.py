"""The people of a league, and how somebody asks for them."""

from typing import Any

from httpx import Client, Response
from make import Person

GRACE = {"author_name": "Grace Hopper", "author_email": "grace@example.org"}
HOME = {"author_name": "grace", "author_email": "amazing@home.example"}
LINUS = {"author_name": "Linus", "author_email": "linus@example.org"}


class People:
    """The people of a league, as somebody asks for them."""

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
        return answer.json()

    def identities(self, q: str = "") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.done("GET", f"/identities?q={q}")["items"]
        return items

    def player(self, email: str) -> str:
        (found,) = self.identities(email)
        return str(found["player"]["id"])

    def table(self, stat: str = "commits") -> dict[str, float]:
        rows = self.done("GET", "/standings")["items"]
        return {row["player"]["name"]: row["stats"][stat] for row in rows}
