"""The records book is written anew after whatever changes it, and not only after a push."""

from typing import Any, NamedTuple

import pytest
from awaited import until
from chores import finish_all_jobs
from gitleague.core.db import Database
from httpx import Client
from make import Person, make_commit
from remote import Repo

MAY = {"name": "May", "first": "2024-05-01", "last": "2024-05-31"}
LINUS = {"author_name": "Linus", "author_email": "linus@example.org"}


class Shelf(NamedTuple):
    """The book of ada's league, as its readers see it."""

    http: Client
    ada: Person
    database: Database
    repo: Repo

    def ask(self, method: str, path: str, **body: Any) -> Any:
        league = f"/api/v1/projects/{self.ada.project_id}"
        answer = self.http.request(
            method, league + path, json=body or None, headers=self.ada.headers
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def held(self, span: str) -> tuple[int, list[str]]:
        """The most commits in such a span, and who has them."""
        for record in self.ask("GET", "/records")["records"]:
            if (record["span"], record["metric"]) == (span, "commits"):
                return record["value"], [held["player"]["name"] for held in record["holders"]]
        return 0, []

    def comes_to(self, span: str, value: int, *names: str) -> bool:
        """Jobs do it a moment later."""
        return until(lambda: self.written() or self.held(span) == (value, list(names)))

    def written(self) -> None:
        finish_all_jobs(self.database)

    def player(self, name: str) -> str:
        rows = self.ask("GET", "/standings?bots=true")["items"]
        (found,) = (row["player"]["id"] for row in rows if row["player"]["name"] == name)
        return str(found)


@pytest.fixture
def shelf(http: Client, ada: Person, database: Database, repo: Repo) -> Shelf:
    """Linus wrote two commits on a day of May, Grace one."""
    repo.push(make_commit(), make_commit(**LINUS), make_commit(**LINUS))
    shelf = Shelf(http, ada, database, repo)
    assert shelf.comes_to("day", 2, "Linus")
    return shelf


def test_a_season_that_is_opened_moved_and_closed(shelf: Shelf) -> None:
    season = shelf.ask("POST", "/seasons", **MAY)
    place = f"/seasons/{season['id']}"
    shelf.ask("POST", f"{place}/open")
    assert shelf.comes_to("season", 2, "Linus")
    shelf.ask("PATCH", place, first="2024-05-02")
    assert shelf.comes_to("season", 0)
    shelf.ask("PATCH", place, first="2024-05-01")
    shelf.ask("POST", f"{place}/close")
    assert shelf.comes_to("season", 2, "Linus")


@pytest.mark.on_both
def test_what_is_found_to_be_a_bot(shelf: Shelf) -> None:
    shelf.ask("PATCH", f"/players/{shelf.player('Linus')}", is_bot=True)
    assert shelf.comes_to("day", 1, "Grace Hopper")


def test_players_that_are_joined(shelf: Shelf) -> None:
    grace = shelf.player("Grace Hopper")
    joined = shelf.ask("POST", f"/players/{grace}/merge", players=[shelf.player("Linus")])
    assert shelf.comes_to("day", 3, "Grace Hopper")
    shelf.ask("POST", f"/identities/changes/{joined['id']}/undo")
    assert shelf.comes_to("day", 2, "Linus")


def test_other_rules(shelf: Shelf) -> None:
    shelf.ask("PATCH", "/rules", changes={"commit_points": "77"})

    def most() -> float:
        records = shelf.ask("GET", "/records")["records"]
        return next(each["value"] for each in records if each["metric"] == "pts")

    until(lambda: shelf.written() or most() > 2 * 77)
