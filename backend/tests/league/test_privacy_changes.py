"""Erasing takes along the keys of changes, which are made of addresses: clients have the salt."""

import uuid
from typing import Any

import pytest
from gitleague.core.db import Database
from gitleague.tables.commits import CommitRow
from gitleague.tables.projects import Project
from gitleague_client.rules.change_keys import keyed
from httpx import Client
from make import Person, make_commit
from pushes import people
from remote import Repo
from sqlalchemy import select

KIESLER, LINUS = people("Kiesler", "Linus")
FIRST, SECOND, OTHERS = (f"1:{digit * 32}" for digit in "abc")
LATER = {"commit_date": "2024-05-02T12:00:00Z"}


class League:
    """Ada's league, in which Kiesler has a commit with a copy, and Linus one of his own."""

    def __init__(self, http: Client, person: Person, database: Database, repo: Repo) -> None:
        self.http, self.person, self.database, self.repo = http, person, database, repo
        self.place = f"/api/v1/projects/{person.project_id}"
        self.first = make_commit(**KIESLER, patch_key=FIRST)
        self.copy = make_commit(**KIESLER, patch_key=FIRST, **LATER)
        self.others = make_commit(**LINUS, patch_key=OTHERS)
        repo.push(self.first, self.copy, self.others)

    def erase(self) -> None:
        (player,) = (
            row["player"]["id"] for row in self.table() if row["player"]["name"] == "Kiesler"
        )
        path = f"/api/v1/players/{player}/erase"
        answer = self.http.post(path, json={"confirm": "Kiesler"}, headers=self.person.headers)
        assert answer.status_code == 200, answer.text

    def table(self) -> list[dict[str, Any]]:
        answer = self.http.get(f"{self.place}/standings?period=all", headers=self.person.headers)
        rows: list[dict[str, Any]] = answer.json()["items"]
        return rows

    def commits(self) -> dict[str, int]:
        return {row["player"]["name"]: row["stats"]["commits"] for row in self.table()}

    def keys(self) -> dict[str, str]:
        """By sha."""
        with self.database.reading() as session:
            found = session.execute(
                select(CommitRow.sha, CommitRow.change_key).where(
                    CommitRow.project_id == self.person.project_id
                )
            )
            return dict(found.tuples().all())

    def keyed(self, digest: str) -> str:
        """What whoever is told the salt makes of a guess."""
        with self.database.reading() as session:
            project = session.get_one(Project, self.person.project_id)
            return keyed(digest, project.change_salt)


@pytest.fixture
def league(http: Client, ada: Person, database: Database, repo: Repo) -> League:
    return League(http, ada, database, repo)


@pytest.mark.on_both
def test_no_guess_fits_what_is_kept(league: League) -> None:
    assert league.keys()[league.first["sha"]] == league.keyed(FIRST)
    league.erase()
    keys = league.keys()
    assert league.keyed(FIRST) not in keys.values()
    assert keys[league.first["sha"]] == keys[league.copy["sha"]]
    assert keys[league.others["sha"]] == league.keyed(OTHERS)


@pytest.mark.on_both
@pytest.mark.parametrize("is_keyed", [False, True], ids=["an older client", "a newer client"])
def test_a_copy_that_comes_later_is_known(league: League, *, is_keyed: bool) -> None:
    league.erase()
    assert league.commits() == {"Erased player 1": 1, "Linus": 1}
    key = league.keyed(FIRST) if is_keyed else FIRST
    copy = make_commit(**KIESLER, patch_key=key, **LATER)
    league.repo.push(copy)
    assert league.commits() == {"Erased player 1": 1, "Linus": 1}
    assert league.keyed(FIRST) not in league.keys().values()


def test_a_change_that_they_push_later_is_kept_the_same_way(league: League) -> None:
    league.erase()
    changes = [make_commit(**KIESLER, patch_key=SECOND, **date) for date in ({}, LATER)]
    league.repo.push(*changes)
    assert league.commits()["Erased player 1"] == 2
    assert league.keyed(SECOND) not in league.keys().values()


def test_the_same_commit_of_another_repository_brings_no_key_back(
    league: League, http: Client
) -> None:
    """Also under another name, as a `.mailmap` of that repository may have it."""
    league.erase()
    fork = f"{league.place}/repos"
    answer = http.post(
        fork, json={"git_url": "git@example.org:a/fork.git"}, headers=league.person.headers
    )
    assert answer.status_code == 201, answer.text
    elsewhere = Repo(
        http, league.person.project_id, uuid.UUID(answer.json()["id"]), league.person.jwt
    )
    elsewhere.push(league.first | LINUS)
    assert league.keyed(FIRST) not in league.keys().values()
    # In which of two repositories it counts, and so under which name, is for their ids to say.
    assert sum(league.commits().values()) == 2, "the change that both have, and Linus's own"
