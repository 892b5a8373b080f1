"""The search: players, squads, seasons, commits and awards by a part of their name."""

from typing import Any

import pytest
from cases import in_one_world
from everything import Everything, fill
from gitleague.core.db import Database
from gitleague.tables.commits import Player
from httpx import Client
from make import Person, make_commit
from remote import Repo
from sqlalchemy import update


def found(http: Client, person: Person, q: str, **asked: Any) -> list[dict[str, Any]]:
    place = f"/api/v1/projects/{person.project_id}/search"
    answer = http.get(place, params={"q": q, **asked}, headers=person.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.fixture
def league(database: Database, ada: Person) -> Everything:
    return fill(database, ada)


def test_it_works(http: Client, league: Everything, linus: Person):
    kinds = {each["kind"]: each for each in found(http, linus, "hopper")}
    assert kinds["player"]["title"] == "Grace Hopper"
    assert kinds["player"]["page"] == f"/players/{league.player}"
    assert kinds["award"]["title"].endswith("Grace Hopper")
    (season,) = found(http, linus, "opening")
    assert (season["kind"], season["page"]) == (
        "season",
        f"/projects/{league.project}/seasons/{league.closed}",
    )
    (squad,) = found(http, linus, "ENGINE ROOM")
    assert squad["kind"] == "squad"
    (commit,) = found(http, linus, "Copy the whole of another")
    assert commit["kind"] == "commit"
    assert "Alan Turing" in commit["detail"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_page_that_it_names_is_there(http: Client, league: Everything, linus: Person):
    for each in [*found(http, linus, "a", limit=3), *found(http, linus, "e", limit=3)]:
        page = http.get(each["page"], headers=linus.headers | {"Accept": "text/html"})
        assert page.status_code == 200, each


def test_a_commit_by_the_beginning_of_its_sha(http: Client, repo: Repo, linus: Person):
    commit = make_commit()
    repo.push(commit, make_commit())
    (only,) = found(http, linus, commit["sha"][:10].upper())
    assert only["page"].endswith(commit["sha"])


@pytest.mark.on_both
@pytest.mark.parametrize("q", ["ÄRGER", "ärger", "Ärger"])
def test_letters_beyond_ascii_in_whatever_case(http: Client, repo: Repo, linus: Person, q: str):
    repo.push(make_commit(message_title="Weniger Ärger mit Umlauten"))
    assert [each["kind"] for each in found(http, linus, q)] == ["commit"]


@in_one_world("q", ["%", "_", "100%", "\\", "' OR 1=1", "<script>"])
def test_words_are_looked_for_as_they_are(http: Client, repo: Repo, linus: Person, q: str):
    repo.push(make_commit(message_title=f"Say {q} here"), make_commit(message_title="Nothing"))
    assert [each["title"] for each in found(http, linus, q)] == [f"Say {q} here"]


def test_nothing_is_found_under_nothing(http: Client, repo: Repo, linus: Person):
    repo.push(make_commit())
    assert found(http, linus, "") == found(http, linus, "   ") == []
    assert found(http, linus, "no such thing") == []


@pytest.mark.on_both
def test_nobody_is_found_who_is_not_shown(
    http: Client, database: Database, repo: Repo, ada: Person, linus: Person
):
    repo.push(make_commit(message_title="A private affair"))
    with database.writing() as session:
        session.execute(update(Player).values(is_hidden=True))
    assert found(http, linus, "Grace") == []
    assert found(http, linus, "private affair") == []
    assert {each["kind"] for each in found(http, ada, "Grace")} == {"player"}


def test_of_each_kind_so_many(http: Client, repo: Repo, linus: Person):
    repo.push(*(make_commit(message_title=f"Page {number}") for number in range(9)))
    assert len(found(http, linus, "page")) == 5
    assert len(found(http, linus, "page", limit=2)) == 2
