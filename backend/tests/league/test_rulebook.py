"""The rules of a league over HTTP: changed, seen before they are, taken back."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from awaited import until
from cases import in_one_world
from gitleague.core.db import Database
from gitleague.jobs.queue import enqueue
from gitleague.jobs.runner import Runner
from gitleague.projects.leagues import lock_project
from gitleague.scoring.rules import save_rules
from gitleague.tables.commits import CommitRow
from gitleague.tables.jobs import Job
from gitleague.tables.scores import BoxScore
from gitleague.tasks import TASKS
from gitleague_client.rules.defaults import Rules
from httpx import Client, Response
from make import Person, make_commit
from sqlalchemy import select, update


class Rulebook:
    """The rules of a league, as somebody asks for them."""

    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.person = http, person
        self.league = f"/api/v1/projects/{person.project_id}"

    def ask(self, method: str, path: str = "", **body: Any) -> Response:
        return self.http.request(
            method, f"{self.league}/rules{path}", json=body or None, headers=self.person.headers
        )

    def change(self, **changes: Any) -> dict[str, Any]:
        """In force when it returns."""
        answer = self.ask("PATCH", changes=changes)
        assert answer.status_code == 202, answer.text
        return self.settled()

    def settled(self) -> dict[str, Any]:
        def in_force_or_failed() -> dict[str, Any]:
            book: dict[str, Any] = self.ask("GET").json()
            pending = book["pending"]
            return book if pending is None or pending["state"] == "failed" else {}

        return until(in_force_or_failed)

    def stats(self, name: str = "Grace Hopper") -> dict[str, float]:
        table = self.http.get(f"{self.league}/standings", headers=self.person.headers).json()
        (found,) = [row["stats"] for row in table["items"] if row["player"]["name"] == name]
        return dict(found)


@pytest.fixture
def rulebook(http: Client, ada: Person) -> Rulebook:
    return Rulebook(http, ada)


def test_it_works(rulebook, repo):
    """A change brings new numbers for old commits, and for those that come."""
    repo.push(make_commit(message_title="Fix it"))
    assert rulebook.stats()["blk"] == 15
    book = rulebook.change(block_points="20.5", commit_points=0)
    assert (book["version"], book["rules"]["block_points"]) == (2, "20.5")
    assert (rulebook.stats()["blk"], rulebook.stats()["pts"]) == (20.5, 10)
    repo.push(make_commit(message_title="Fix that too"))
    assert rulebook.stats()["blk"] == 41


def test_a_league_begins_with_the_defaults(rulebook):
    book = rulebook.ask("GET").json()
    assert (book["version"], book["pending"]) == (1, None)
    assert book["rules"]["commit_points"] == "10"
    (first,) = rulebook.ask("GET", "/versions").json()["items"]
    assert (first["version"], first["state"], first["changes"]) == (1, "in_force", [])


def test_new_patterns_read_old_texts_again(rulebook, repo):
    repo.push(
        make_commit(message_title="Add a page, see #12"),
        make_commit(message_title="Do ABC-1", message_body="gone: nothing"),
    )
    assert rulebook.stats()["jt"] == 2
    rulebook.change(ticket_pattern=r"#\d+|\bgone\b", unclean_pattern="page")
    assert (rulebook.stats()["jt"], rulebook.stats()["cc"]) == (4, 1.5)
    rulebook.change(ticket_pattern="")
    assert rulebook.stats()["jt"] == 0


def test_what_a_client_said_of_a_text_that_it_kept_stays(rulebook, repo):
    repo.push(make_commit(message_title="", flags=["ticket"]))
    rulebook.change(ticket_pattern=r"#\d+", unclean_pattern="")
    assert (rulebook.stats()["jt"], rulebook.stats()["cc"]) == (2, 0)


@pytest.mark.on_both
def test_the_history_says_who_changed_what(rulebook, repo):
    rulebook.ask("PATCH", changes={"steal_points": 12}, note="Steals are rare")
    rulebook.settled()
    rulebook.change(score_merges=True)
    newest, second, first = rulebook.ask("GET", "/versions").json()["items"]
    assert (newest["version"], newest["state"]) == (3, "in_force")
    assert newest["changes"] == [{"field": "score_merges", "before": False, "after": True}]
    assert (second["state"], second["note"]) == ("past", "Steals are rare")
    assert second["changes"] == [{"field": "steal_points", "before": "10", "after": "12"}]
    assert second["created_by"] == "ada@example.org"
    assert (first["version"], first["created_by"]) == (1, None)
    page = rulebook.ask("GET", "/versions?limit=1&page=2").json()
    assert ([each["version"] for each in page["items"]], page["total"]) == ([2], 3)
    assert page["items"][0]["changes"] == second["changes"]


@pytest.mark.on_both
def test_an_old_version_comes_back(rulebook, repo):
    repo.push(make_commit(message_title="Fix it"))
    rulebook.change(block_points=99)
    assert rulebook.ask("POST", "/versions/1/restore").status_code == 202
    assert (rulebook.settled()["version"], rulebook.stats()["blk"]) == (3, 15)
    for version in (-1, 0, 9, 10**20):
        assert rulebook.ask("POST", f"/versions/{version}/restore").status_code == 404


def test_what_changes_nothing_is_no_version(rulebook):
    assert rulebook.change(block_points="15.00")["version"] == 1
    assert rulebook.change()["version"] == 1


WRONG = [
    ({"block_points": -1}, "block_points"),
    ({"block_points": "many"}, "block_points"),
    ({"block_points": "1.001"}, "block_points"),
    ({"additions_cap": 10**9}, "additions_cap"),
    ({"block_pints": 1}, "block_pints"),
    ({"ticket_pattern": "("}, "ticket_pattern"),
    ({"ticket_pattern": "x" * 501}, "ticket_pattern"),
    ({"unclean_pattern": r"(?=wip)"}, "unclean_pattern"),
    ({"unclean_pattern": r"(a)\1"}, "unclean_pattern"),
    ({"ticket_pattern": "(((a{100}){100}){100})"}, "ticket_pattern"),
]


@in_one_world("changes, field", WRONG)
def test_rules_that_cannot_be_are_refused(rulebook, changes, field):
    for method, path in (("PATCH", ""), ("POST", "/preview")):
        refused = rulebook.ask(method, path, changes=changes)
        assert refused.status_code == 422
        assert [each["field"] for each in refused.json()["errors"]] == [field]
    assert rulebook.ask("GET").json()["version"] == 1


def test_no_pattern_can_hang_the_server(rulebook, repo):
    """It would take Python's own engine until the end of the world."""
    repo.push(make_commit(message_title="a" * 1000, message_body="a" * 50_000 + "!"))
    rulebook.change(ticket_pattern="(a+)+$", unclean_pattern="(a|a|aa)+!$")
    repo.push(make_commit(message_title="a" * 1000 + "!"))
    assert rulebook.stats()["commits"] == 2


def test_it_is_seen_before_it_is(rulebook, repo):
    """Side by side, and nothing of it stays."""
    repo.push(
        make_commit(message_title="Fix it", additions=1, author_name="Fixer"),
        make_commit(additions=40, author_name="Writer", author_email="w@example.org"),
    )
    before = rulebook.stats("Fixer"), rulebook.stats("Writer")
    asked = {"period": "month", "start": "2024-05-01"}
    seen = rulebook.ask("POST", "/preview", changes={"block_points": 90}, **asked).json()
    places = {place["player"]["name"]: place for place in seen["places"]}
    fixer = places["Fixer"]
    assert (fixer["rank"], fixer["rank_now"]) == (1, 2)
    assert (fixer["stats"]["blk"], fixer["stats_now"]["blk"]) == (90, 15)
    assert seen["changes"] == [{"field": "block_points", "before": "15", "after": "90"}]
    assert (seen["first"], seen["last"]) == ("2024-05-01", "2024-05-31")
    assert (rulebook.stats("Fixer"), rulebook.stats("Writer")) == before
    assert rulebook.ask("GET", "/versions").json()["total"] == 1


@pytest.mark.on_both
def test_a_preview_is_what_comes(rulebook, repo):
    repo.push(make_commit(message_title="see #1"), make_commit(message_title="Fix #2"))
    wish = {"ticket_pattern": r"#\d", "pts_weight": 0, "jt_weight": 100}
    asked = {"period": "all", "changes": wish}
    (place,) = rulebook.ask("POST", "/preview", **asked).json()["places"]
    rulebook.change(**wish)
    now = rulebook.stats()
    del now["streak"]
    assert place["stats"] == now
    assert place["stats"]["jt"] == 4


@pytest.mark.on_both
def test_a_preview_waits_for_nobody_and_nobody_for_it(rulebook, repo, database, http):
    """Another writes to the league meanwhile, and will go on."""
    repo.push(make_commit(message_title="see #1"))
    changes = {"ticket_pattern": r"#\d", "block_points": 90}
    with database.writing() as session:
        lock_project(session, rulebook.person.project_id)
        session.execute(update(CommitRow).values(files_changed=7))
        for _ in range(7):  # PostgreSQL keeps the plan of what is asked again and again
            tried = rulebook.ask("POST", "/preview", period="all", changes=changes)
            assert tried.status_code == 200, tried.text
            assert tried.json()["places"][0]["stats"]["jt"] == 2
    assert rulebook.stats()["jt"] == 0
    with database.reading() as session:
        assert set(session.scalars(select(BoxScore.rules_version))) == {1}


def test_a_closed_season_stays_under_the_rules_it_was_played_by(rulebook, repo):
    repo.push(make_commit(message_title="Fix it"))
    headers = rulebook.person.headers
    season = {"name": "Spring", "first": "2024-04-01", "last": "2024-06-30"}
    place = f"{rulebook.league}/seasons"
    season_id = rulebook.http.post(place, json=season, headers=headers).json()["id"]
    for verb in ("open", "close"):
        rulebook.http.post(f"{place}/{season_id}/{verb}", headers=headers)
    rulebook.change(block_points=99, ticket_pattern="Fix")
    table = rulebook.http.get(
        f"{rulebook.league}/standings?season_id={season_id}", headers=headers
    ).json()
    assert (table["items"][0]["stats"]["blk"], rulebook.stats()["blk"]) == (15, 99)
    assert rulebook.ask("GET", "/versions").json()["total"] == 2  # its copy is no change


def test_the_change_is_in_the_trail(rulebook):
    rulebook.change(steal_points=1)
    headers = rulebook.person.headers
    trail = rulebook.http.get(f"{rulebook.league}/audit-log", headers=headers).json()["items"]
    (entry,) = [entry for entry in trail if entry["action"] == "project:rules:changed"]
    assert entry["details"]["changes"] == {"steal_points": ["10", "1"]}


def test_rules_belong_to_their_league(rulebook, http, mallory, repo):
    repo.push(make_commit(message_title="Fix it"))
    theirs = Rulebook(http, mallory)
    theirs.change(block_points=99)
    assert (rulebook.stats()["blk"], rulebook.ask("GET").json()["version"]) == (15, 1)


def test_of_two_changes_at_once_the_last_one_counts(
    rulebook, repo, database: Database, project_id: uuid.UUID
):
    repo.push(make_commit(message_title="Fix it"))
    for points in (20, 30):
        rulebook.ask("PATCH", changes={"block_points": points})
    assert rulebook.settled()["version"] == 3
    assert rulebook.stats()["blk"] == 30
    with database.writing() as session:  # an old job that somebody finds in the queue
        enqueue(session, "rules:apply", project_id=project_id, arguments={"version": 2})
    Runner(database, TASKS).run_all()
    assert rulebook.stats()["blk"] == 30


def test_what_failed_can_be_wished_for_again(rulebook, database, project_id):
    with database.writing() as session:
        version = save_rules(session, project_id, Rules(steal_points=Decimal(1)), created_by=None)
        failed = enqueue(
            session, "rules:apply", project_id=project_id, arguments={"version": version}
        )
        session.flush()  # changed below by plain SQL, before anybody takes it
        session.execute(update(Job).where(Job.id == failed).values(state="failed", error="no room"))
    pending = rulebook.ask("GET").json()["pending"]
    assert (pending["version"], pending["state"], pending["error"]) == (2, "failed", "no room")
    assert rulebook.change(steal_points=1)["version"] == 3
