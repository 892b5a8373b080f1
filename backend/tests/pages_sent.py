"""A league's pages, as somebody opens them and sends their forms: over HTTP, without a script."""

import html
import re
from typing import Any

from httpx import Client, Response
from make import Person

HTML = {"Accept": "text/html"}


class Site:
    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.person = http, person
        self.league = f"/projects/{person.project_id}"

    def get(self, place: str, *, by: Person | None = None) -> str:
        answer = self.http.get(self.league + place, headers=(by or self.person).headers | HTML)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def post(self, place: str, *, by: Person | None = None, **form: Any) -> Response:
        return self.http.post(
            self.league + place, data=form, headers=(by or self.person).headers | HTML
        )

    def player(self, address: str) -> str:
        """The id of who has this address now."""
        found = self.http.get(
            f"/api/v1{self.league}/identities", params={"q": address}, headers=self.person.headers
        ).json()["items"]
        return str(found[0]["player"]["id"])


def words_of(page: str) -> str:
    """What is read on a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(page)).split())
