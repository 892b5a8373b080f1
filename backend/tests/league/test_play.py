"""One commit: whose it is, the whole working of its score, and what it has to do with others."""

import uuid
from typing import Any

import pytest
from gitleague.core.db import Database
from gitleague.league.fairplay import referee
from gitleague.tables.commits import Player
from httpx import Client, Response
from make import Person, make_commit, make_repo
from remote import Repo
from sqlalchemy import update

LINUS = {"author_name": "Linus", "author_email": "linus@example.org"}


class Plays:
    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.person = http, person

    def ask(self, sha: object, person: Person | None = None) -> Response:
        asker = person or self.person
        place = f"/api/v1/projects/{asker.project_id}/plays/{sha}"
        return self.http.get(place, headers=asker.headers)

    def get(self, sha: object) -> dict[str, Any]:
        answer = self.ask(sha)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
def plays(http: Client, linus: Person) -> Plays:
    return Plays(http, linus)


def test_it_works(plays: Plays, repo: Repo):
    commit = make_commit(additions=1200, deletions=3)
    repo.push(commit)
    play = plays.get(commit["sha"])
    assert play["player"]["name"] == "Grace Hopper"
    assert play["title"] == "Add a page"
    assert play["standing"] == "scored"
    (added,) = [line for line in play["working"] if line["reason"] == "lines added"]
    assert (added["amount"], added["cap"], added["points"]) == (1200, 1000, 1000)
    assert play["impact"] == pytest.approx(sum(share["impact"] for share in play["shares"]))


def test_a_beginning_that_no_other_has_is_enough(plays: Plays, repo: Repo):
    one, other = ("abcdef0" + digit * 33 for digit in "12")
    repo.push(make_commit(sha=one), make_commit(sha=other))
    assert plays.get("ABCDEF01")["sha"] == one
    several = plays.ask("abcdef0")
    assert several.status_code == 404
    assert "name more digits" in several.json()["detail"]
    for nothing in ("abcdef09", "abc", "xyzxyzxyz", "%_%_%_%_"):
        assert plays.ask(nothing).status_code == 404


def test_what_it_mends_and_what_mends_it(plays: Plays, repo: Repo):
    bug = make_commit()
    fix = make_commit(**LINUS, message_title="fix: it", message_body=f"Fixes: {bug['sha'][:9]}")
    back = make_commit(
        message_title='Revert "fix: it"', message_body=f"This reverts commit {fix['sha']}."
    )
    repo.push(bug, fix, back)
    assert plays.get(bug["sha"])["mended_by"] == [
        {"sha": fix["sha"], "title": "fix: it", "relation": "fixes"}
    ]
    middle = plays.get(fix["sha"])
    assert [each["sha"] for each in middle["mends"]] == [bug["sha"]]
    assert [each["relation"] for each in middle["mended_by"]] == ["reverts"]
    assert middle["is_reverted"]


def test_of_copies_one_counts(plays: Plays, repo: Repo, database: Database, ada: Person):
    with database.writing() as session:
        fork = make_repo(session, ada.project_id, "git@example.org:team/fork.git")
    commit = make_commit()
    repo.push(commit)
    other = Repo(repo.http, ada.project_id, fork, repo.headers["Authorization"][7:])
    other.push(commit)
    play = plays.get(commit["sha"])
    assert play["standing"] == "scored"
    assert len(play["copies"]) == 1
    assert not play["copies"][0]["counts"]
    picked = make_commit(patch_key="same-change", commit_date="2024-05-02T12:00:00Z")
    first = make_commit(patch_key="same-change")
    repo.push(first, picked)
    late = plays.get(picked["sha"])
    assert late["standing"] == "copy"
    assert [(each["sha"], each["counts"]) for each in late["copies"]] == [(first["sha"], True)]


def test_a_merge_scores_nothing(plays: Plays, repo: Repo):
    merge = make_commit(is_merge=True, parent_count=2)
    repo.push(merge)
    play = plays.get(merge["sha"])
    assert (play["standing"], play["impact"], play["working"]) == ("merge", 0, [])


@pytest.mark.on_both
def test_a_ruling_that_was_upheld_takes_it_out(
    plays: Plays, http: Client, database: Database, repo: Repo, ada: Person
):
    huge = make_commit(additions=140_000)
    repo.push(huge)
    league = f"/api/v1/projects/{ada.project_id}"
    with database.writing() as session:
        referee.note(session, ada.project_id, referee.look(session, ada.project_id))
    (ruling,) = plays.get(huge["sha"])["rulings"]
    assert ruling["state"] == "open"
    reason = {"reason": "It is a copy."}
    place = f"{league}/rulings/{ruling['id']}/uphold"
    assert http.post(place, json=reason, headers=ada.headers).status_code == 200
    assert plays.get(huge["sha"])["standing"] == "penalized"


def test_who_is_not_shown_is_neither_named_nor_linked(
    plays: Plays, repo: Repo, database: Database, ada: Person, http: Client
):
    mine = make_commit(author_name="Hedy", author_email="hedy@example.org")
    ours = make_commit(coauthors=[{"name": "Hedy", "email": "hedy@example.org"}])
    repo.push(mine, ours)
    with database.writing() as session:
        hidden = update(Player).where(Player.name == "Hedy").values(is_hidden=True)
        session.execute(hidden)
    assert plays.ask(mine["sha"]).status_code == 404
    assert plays.get(ours["sha"])["coauthors"] == [{"id": None, "name": "Anonymous player"}]
    assert plays.ask(mine["sha"], ada).status_code == 200  # a commissioner sees all


def test_of_another_league_there_is_none(plays: Plays, repo: Repo, mallory: Person):
    commit = make_commit()
    repo.push(commit)
    assert plays.ask(commit["sha"], mallory).status_code == 404
    assert plays.ask(uuid.uuid4().hex + "0" * 8).status_code == 404
