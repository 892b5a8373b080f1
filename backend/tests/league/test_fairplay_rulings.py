"""From a flag to a decision: who may say what, and what becomes of the numbers."""

import uuid
from itertools import product
from typing import Any, NamedTuple

import pytest
from cases import in_one_world
from chores import finish_all_jobs, finish_jobs
from gitleague.core.db import Database
from gitleague.league.fairplay import referee
from gitleague.scoring.boxscores import KEY, SUMS, recompute
from gitleague.tables.projects import Role
from gitleague.tables.scores import BoxScore
from httpx import Client, Response
from make import Person, make_commit, make_person, make_repo
from remote import Repo
from sqlalchemy import select

HUGE = {"additions": 130_000}
REASON = {"reason": "It is a copied library."}


class Court(NamedTuple):
    """Ada's league, in which Grace wrote a huge commit and a small one."""

    http: Client
    ada: Person
    database: Database
    repo: Repo

    @property
    def league(self) -> str:
        return f"/api/v1/projects/{self.ada.project_id}"

    def ask(self, method: str, path: str, *, by: Person | None = None, **body: Any) -> Response:
        headers = (by or self.ada).headers
        return self.http.request(method, self.league + path, json=body or None, headers=headers)

    def look(self) -> None:
        with self.database.reading() as session:
            sight = referee.look(session, self.ada.project_id)
        with self.database.writing() as session:
            referee.note(session, self.ada.project_id, sight)

    def ruling(self) -> dict[str, Any]:
        (ruling,) = self.ask("GET", "/rulings").json()["items"]
        found: dict[str, Any] = ruling
        return found

    def say(self, verb: str, *, by: Person | None = None, **body: Any) -> Response:
        return self.ask("POST", f"/rulings/{self.ruling()['id']}/{verb}", by=by, **body)

    def commits(self) -> dict[str, int]:
        """How many each player has in the standings."""
        table = self.ask("GET", "/standings").json()["items"]
        return {row["player"]["name"]: row["stats"]["commits"] for row in table}

    def box_scores(self) -> list[tuple[Any, ...]]:
        """Without the version: the same numbers under another one are the same."""
        columns = [getattr(BoxScore, name) for name in (*KEY, *SUMS) if name != "rules_version"]
        wanted = select(*columns).where(BoxScore.project_id == self.ada.project_id)
        with self.database.reading() as session:
            return sorted((tuple(row) for row in session.execute(wanted)), key=repr)

    def recompute(self) -> None:
        with self.database.writing() as session:
            recompute(session, self.ada.project_id)


@pytest.fixture
def court(http: Client, ada: Person, database: Database, repo: Repo) -> Court:
    court = Court(http, ada, database, repo)
    repo.push(make_commit(**HUGE), make_commit())
    court.look()
    return court


@pytest.fixture
def accused(court: Court, grace: Person) -> Person:
    """Grace, as the player of the ruling."""
    claimed = court.ask("POST", "/claims", by=grace, address="grace@example.org")
    assert claimed.json()["state"] == "approved"
    return grace


def test_it_works(court, accused):
    """Flagged, contested, upheld: the numbers follow at once. Lifted: they are back."""
    before = court.box_scores()
    contested = court.say("contest", by=accused, sentence="I wrote every line.")
    assert contested.json()["state"] == "contested"
    assert contested.json()["contest"] == "I wrote every line."
    assert court.box_scores() == before
    upheld = court.say("uphold", **REASON).json()
    assert (upheld["state"], upheld["reason"], upheld["decided_by"]) == (
        "upheld",
        "It is a copied library.",
        "Ada",
    )
    assert court.commits() == {"Grace Hopper": 1}
    assert court.say("reopen", reason="She showed me.").json()["state"] == "contested"
    assert court.box_scores() == before
    lifted = court.say("lift", reason="She wrote it.").json()
    assert (lifted["state"], lifted["reason"]) == ("lifted", "She wrote it.")
    assert court.box_scores() == before


def test_nothing_changes_until_it_is_upheld(court, accused):
    before = court.box_scores()
    court.say("contest", by=accused, sentence="No.")
    court.say("lift", reason="Right.")
    court.recompute()
    assert court.box_scores() == before


def test_a_penalty_survives_a_recomputation(court):
    court.say("uphold", **REASON)
    after = court.box_scores()
    court.recompute()
    assert court.box_scores() == after


def test_a_penalty_survives_new_rules(court):
    before = court.box_scores()
    court.say("uphold", **REASON)
    for points in ("20", "10"):
        court.ask("PATCH", "/rules", changes={"commit_points": points})
        finish_all_jobs(court.database)
        assert not court.ask("GET", "/rules").json()["pending"]
        assert court.commits() == {"Grace Hopper": 1}
    court.say("reopen", reason="Once more.")
    assert court.box_scores() == before


def test_a_copy_is_no_way_around_a_penalty(court, http, ada, database):
    """The same change under another sha, and the same commit in another repository."""
    key = {"patch_key": "the-same-change"}
    court.repo.push(make_commit(author_name="Linus", author_email="l@example.org", **HUGE, **key))
    court.look()
    mine = next(
        ruling
        for ruling in court.ask("GET", "/rulings").json()["items"]
        if ruling["player"]["name"] == "Linus"
    )
    court.ask("POST", f"/rulings/{mine['id']}/uphold", **REASON)
    assert court.commits() == {"Grace Hopper": 2}
    with database.writing() as session:
        other = make_repo(session, ada.project_id, "git@example.org:team/fork.git")
    fork = Repo(http, ada.project_id, other, ada.jwt)
    copy = make_commit(author_name="Linus", author_email="l@example.org", **HUGE, **key)
    fork.push(copy)
    assert court.commits() == {"Grace Hopper": 2}
    court.look()
    assert court.ask("GET", "/rulings").json()["total"] == 2
    court.ask("POST", f"/rulings/{mine['id']}/reopen", reason="Once more.")
    assert court.commits() == {"Grace Hopper": 2, "Linus": 1}


def test_a_commit_that_comes_back_counts_for_nothing_still(court, http, ada, database):
    """No branch reached it for a while, and then one of another repository."""
    sha = court.ruling()["commits"][0]["sha"]
    court.say("uphold", **REASON)
    assert court.repo.refs(pruned=[sha]).json()["pruned"] == 1
    court.repo.push(make_commit(sha=sha, **HUGE))
    assert court.commits() == {"Grace Hopper": 1}
    with database.writing() as session:
        other = make_repo(session, ada.project_id, "git@example.org:team/again.git")
    Repo(http, ada.project_id, other, ada.jwt).push(make_commit(sha=sha, **HUGE))
    assert court.commits() == {"Grace Hopper": 1}
    court.look()
    assert court.ruling()["state"] == "upheld"


def test_another_patch_key_is_no_way_around_a_penalty(court):
    """Pruned, and pushed again as if it were another change."""
    sha = court.ruling()["commits"][0]["sha"]
    court.say("uphold", **REASON)
    court.repo.refs(pruned=[sha])
    court.repo.push(make_commit(sha=sha, patch_key="0" * 40, **HUGE))
    assert court.commits() == {"Grace Hopper": 1}


def test_what_was_lifted_is_not_flagged_again(court):
    """Nor after other limits, nor after a rebase that left the change as it was."""
    court.say("lift", reason="She wrote it.")
    court.ask("PATCH", "/referee", changes={"huge_commit": {"lines": 10_000}})
    court.look()
    assert court.ruling()["state"] == "lifted"


def test_a_ruling_follows_its_player(court):
    court.repo.push(make_commit(author_name="Hopper", author_email="h@example.org"))
    table = court.ask("GET", "/standings").json()["items"]
    ids = {row["player"]["name"]: row["player"]["id"] for row in table}
    court.say("uphold", **REASON)
    court.ask("POST", f"/players/{ids['Hopper']}/merge", players=[ids["Grace Hopper"]])
    assert court.ruling()["player"]["name"] == "Hopper"
    assert court.commits() == {"Hopper": 2}
    assert court.ask("GET", f"/rulings?player_id={ids['Hopper']}").json()["total"] == 1


def test_totals_of_months_follow(court):
    finish_jobs(court.database)
    court.say("uphold", **REASON)
    assert court.commits() == {"Grace Hopper": 1}
    finish_jobs(court.database)
    assert court.commits() == {"Grace Hopper": 1}


@pytest.mark.on_both
def test_a_closed_season_stays_as_it_is(court):
    season = {"name": "Spring", "first": "2024-04-01", "last": "2024-06-30"}
    season_id = court.ask("POST", "/seasons", **season).json()["id"]
    for step in ("open", "close"):
        assert court.ask("POST", f"/seasons/{season_id}/{step}").is_success
    place = f"/standings?period=season&season_id={season_id}"
    before = court.ask("GET", place).json()
    court.say("uphold", **REASON)
    assert court.ask("GET", place).json() == before
    assert court.commits() == {"Grace Hopper": 1}


def test_every_step_is_written_down(court, accused):
    court.say("contest", by=accused, sentence="I wrote it.")
    court.say("uphold", **REASON)
    court.say("reopen", reason="Once more.")
    log = court.ask("GET", "/audit-log").json()["items"]
    steps = [entry for entry in log if entry["action"].startswith("league:ruling:")]
    assert [(step["action"].rsplit(":", 1)[-1], step["details"]["was"]) for step in steps] == [
        ("reopened", "upheld"),
        ("upheld", "contested"),
        ("contested", "open"),
    ]
    assert steps[1]["details"]["reason"] == "It is a copied library."


def test_spectators_see_rulings(court, linus):
    shown = court.ask("GET", "/rulings", by=linus).json()["items"]
    assert [ruling["rule"] for ruling in shown] == ["huge_commit"]


STEPS: dict[str, tuple[list[str], str, int]] = {
    "contested twice": (["contest"], "contest", 409),
    "contested once it was upheld": (["uphold"], "contest", 409),
    "upheld twice": (["uphold"], "uphold", 409),
    "lifted once it was upheld": (["uphold"], "lift", 409),
    "upheld once it was lifted": (["lift"], "uphold", 409),
    "reopened before it was decided": ([], "reopen", 409),
    "contested again once it was reopened": (["contest", "lift", "reopen"], "contest", 409),
    "contested for the first time once it was reopened": (["lift", "reopen"], "contest", 200),
    "upheld once it was reopened": (["lift", "reopen"], "uphold", 200),
}


@pytest.mark.parametrize(("before", "verb", "status"), STEPS.values(), ids=STEPS.keys())
def test_what_follows_what(court, accused, before, verb, status):
    def step(verb: str) -> Response:
        if verb == "contest":
            return court.say(verb, by=accused, sentence="I wrote it.")
        return court.say(verb, **REASON)

    for each in before:
        assert step(each).status_code == 200
    answer = step(verb)
    assert answer.status_code == status, answer.text


@in_one_world(
    "verb, said",
    list(product(["contest", "uphold", "lift", "reopen"], ["", "   ", "x" * 1001, None])),
)
def test_words_are_needed(court, accused, verb, said):
    field = "sentence" if verb == "contest" else "reason"
    by = accused if verb == "contest" else None
    answer = court.say(verb, by=by, **({field: said} if said is not None else {"other": "x"}))
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_only_the_player_contests(court, grace, ada):
    """Neither another player nor a commissioner does it for them."""
    for other in (grace, ada):
        answer = court.say("contest", by=other, sentence="Not me.")
        assert answer.status_code == 403
    assert court.ruling()["state"] == "open"


def test_only_commissioners_decide(court, accused, linus):
    for verb in ("uphold", "lift", "reopen"):
        for other in (accused, linus):
            assert court.say(verb, by=other, **REASON).status_code == 403


@pytest.mark.on_both
def test_nobody_decides_about_themself_where_there_is_another(court, ada, database, settings):
    court.repo.push(make_commit(author_name="Ada", author_email=ada.email, **HUGE))
    court.look()
    assert court.ask("POST", "/claims", address=ada.email).json()["state"] == "approved"
    (about_ada,) = (
        ruling
        for ruling in court.ask("GET", "/rulings").json()["items"]
        if ruling["player"]["name"] == "Ada"
    )
    place = f"/rulings/{about_ada['id']}"
    assert court.ask("POST", f"{place}/lift", **REASON).status_code == 200  # she is alone
    second = make_person(database, settings, "Second", ada.project_id, Role.COMMISSIONER)
    assert court.ask("POST", f"{place}/reopen", **REASON).status_code == 403
    assert court.ask("POST", f"{place}/reopen", by=second, **REASON).status_code == 200
    assert court.ask("POST", f"{place}/uphold", **REASON).status_code == 403
    assert court.ask("POST", f"{place}/uphold", by=second, **REASON).status_code == 200


def test_a_ruling_that_is_not_there(court, accused):
    place = f"/rulings/{uuid.uuid4()}"
    assert court.ask("GET", place).status_code == 404
    for verb in ("uphold", "lift", "reopen"):
        assert court.ask("POST", f"{place}/{verb}", **REASON).status_code == 404
    said = {"sentence": "I wrote it."}
    assert court.ask("POST", f"{place}/contest", by=accused, **said).status_code == 404
