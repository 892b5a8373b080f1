"""This is wrong: who may say so of what, who reads it, and what comes back."""

import uuid
from datetime import datetime, timezone
from typing import Any, NamedTuple

import pytest
from awarding import give
from cases import in_one_world
from gitleague.core.db import Database
from gitleague.league.fairplay import referee
from gitleague.league.fairplay.reports import MOST_OPEN
from gitleague.tables.projects import Project
from httpx import Client, Response
from make import Person, make_commit
from remote import Repo
from sqlalchemy import update

SENTENCE = "This is Linus's work."


class Desk(NamedTuple):
    """Ada's league, with something of each kind to report."""

    http: Client
    ada: Person
    subjects: dict[str, str]

    def ask(self, method: str, path: str, *, by: Person, **body: Any) -> Response:
        league = f"/api/v1/projects/{self.ada.project_id}"
        return self.http.request(method, league + path, json=body or None, headers=by.headers)

    def report(self, by: Person, subject: str = "commit", **over: Any) -> Response:
        named = {"subject": subject, "subject_id": self.subjects.get(subject), **over}
        return self.ask("POST", "/reports", by=by, **{"sentence": SENTENCE, **named})

    def seen(self, by: Person, query: str = "") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.ask("GET", f"/reports?{query}", by=by).json()["items"]
        return items


@pytest.fixture
def desk(http: Client, ada: Person, database: Database, repo: Repo) -> Desk:
    commits = [make_commit(additions=130_000), *(make_commit() for _ in range(MOST_OPEN))]
    repo.push(*commits)
    with database.writing() as session:
        began = datetime(2024, 4, 1, tzinfo=timezone.utc)
        session.execute(
            update(Project).where(Project.id == ada.project_id).values(created_at=began)
        )
        give(session, ada.project_id)
    with database.reading() as session:
        sight = referee.look(session, ada.project_id)
    with database.writing() as session:
        referee.note(session, ada.project_id, sight)
    empty = Desk(http, ada, {})

    def first(path: str) -> dict[str, Any]:
        item: dict[str, Any] = empty.ask("GET", path, by=ada).json()["items"][0]
        return item

    player_id = first("/standings")["player"]["id"]
    return empty._replace(
        subjects={
            "commit": commits[0]["sha"],
            "player": player_id,
            "standing": player_id,
            "award": first("/awards")["id"],
            "ruling": first("/rulings")["id"],
            **{str(number): commit["sha"] for number, commit in enumerate(commits)},
        }
    )


def test_it_works(desk, ada, linus):
    """A spectator reports, the commissioner answers, the spectator sees it."""
    made = desk.report(linus)
    assert made.status_code == 201
    assert made.json()["state"] == "open"
    (shown,) = desk.seen(ada, "state=open")
    assert (shown["sentence"], shown["reporter"]["name"]) == (SENTENCE, "Linus")
    answered = desk.ask("POST", f"/reports/{shown['id']}/answer", by=ada, reply="Joined now.")
    assert answered.status_code == 200
    (seen,) = desk.seen(linus)
    assert (seen["state"], seen["reply"], seen["decided_by"]) == ("answered", "Joined now.", "Ada")
    assert desk.seen(ada, "state=open") == []


@pytest.mark.parametrize("subject", ["commit", "player", "standing", "award", "ruling"])
def test_every_row_can_be_reported(desk, grace, subject):
    made = desk.report(grace, subject)
    assert made.status_code == 201, made.text
    assert made.json()["subject_id"] == desk.subjects[subject]


def test_it_is_dismissed_with_words_or_without(desk, ada, grace):
    for subject, said in (("commit", {}), ("player", {"reply": "It is right."})):
        made = desk.report(grace, subject).json()
        answer = desk.ask("POST", f"/reports/{made['id']}/dismiss", by=ada, **said)
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["reply"]) == (
            "dismissed",
            said.get("reply", ""),
        )


def test_one_sees_ones_own_and_a_commissioner_all(desk, ada, grace, linus):
    of_grace, of_linus = (desk.report(person).json()["id"] for person in (grace, linus))
    desk.report(ada)
    assert [report["id"] for report in desk.seen(grace)] == [of_grace]
    assert [report["id"] for report in desk.seen(linus)] == [of_linus]
    assert len(desk.seen(ada)) == 3
    assert len(desk.seen(ada, "mine=true")) == 1
    assert desk.ask("GET", f"/reports/{of_linus}", by=grace).status_code == 404
    assert desk.ask("GET", f"/reports/{of_linus}", by=linus).status_code == 200
    assert desk.ask("GET", f"/reports/{of_linus}", by=ada).status_code == 200


def test_open_reports_are_bounded(desk, ada, grace, linus):
    for number in range(MOST_OPEN):
        assert desk.report(grace, "commit", subject_id=desk.subjects[str(number)]).is_success
    assert desk.report(grace, "player").status_code == 409
    assert desk.report(linus, "player").status_code == 201
    first = desk.seen(grace)[0]["id"]
    desk.ask("POST", f"/reports/{first}/answer", by=ada, reply="Yes.")
    assert desk.report(grace, "player").status_code == 201


def test_the_same_is_reported_once_while_it_is_open(desk, ada, grace, linus):
    made = desk.report(grace).json()
    assert desk.report(grace).status_code == 409
    assert desk.report(linus).status_code == 201
    assert desk.report(grace, "player").status_code == 201
    assert desk.report(grace, "standing").status_code == 201
    desk.ask("POST", f"/reports/{made['id']}/answer", by=ada, reply="Yes.")
    assert desk.report(grace).status_code == 201


def test_a_report_is_decided_once(desk, ada, grace):
    place = f"/reports/{desk.report(grace).json()['id']}"
    desk.ask("POST", f"{place}/answer", by=ada, reply="Yes.")
    for verb in ("answer", "dismiss"):
        assert desk.ask("POST", f"{place}/{verb}", by=ada, reply="No.").status_code == 409


def test_only_commissioners_answer(desk, grace, linus):
    place = f"/reports/{desk.report(grace).json()['id']}"
    for person in (grace, linus):
        for verb in ("answer", "dismiss"):
            assert desk.ask("POST", f"{place}/{verb}", by=person, reply="Yes.").status_code == 403


def test_an_answer_has_words(desk, ada, grace):
    place = f"/reports/{desk.report(grace).json()['id']}/answer"
    for reply in ("", "  ", "x" * 1001):
        answer = desk.ask("POST", place, by=ada, reply=reply)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "reply"


@in_one_world(
    "over, field",
    [
        ({"sentence": " "}, "sentence"),
        ({"sentence": "x" * 1001}, "sentence"),
        ({"subject": "weather", "subject_id": "f" * 40}, "subject"),
        ({"subject_id": "abc1234"}, "subject_id"),
        ({"subject_id": "f" * 40}, "subject_id"),
        ({"subject": "player", "subject_id": "Grace"}, "subject_id"),
        ({"subject": "award", "subject_id": str(uuid.uuid4())}, "subject_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_reports_that_cannot_be(desk, grace, over, field):
    subject = over.get("subject", "commit")
    subject_id = over.get("subject_id", desk.subjects["commit"])
    answer = desk.report(grace, **{**over, "subject": subject, "subject_id": subject_id})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.on_both
def test_leagues_know_nothing_of_each_other(desk, ada, grace, mallory):
    made = desk.report(grace).json()
    theirs = desk._replace(ada=mallory)
    assert theirs.seen(mallory) == []
    for subject in ("commit", "player", "standing", "award", "ruling"):
        assert theirs.report(mallory, subject).status_code == 422
    place = f"/reports/{made['id']}"
    assert theirs.ask("GET", place, by=mallory).status_code == 404
    assert theirs.ask("POST", f"{place}/answer", by=mallory, reply="Yes.").status_code == 404
    assert desk.ask("GET", "/reports", by=mallory).status_code == 404


def test_reports_are_written_down(desk, ada, grace):
    made = desk.report(grace).json()
    desk.ask("POST", f"/reports/{made['id']}/answer", by=ada, reply="Yes.")
    log = desk.ask("GET", "/audit-log", by=ada).json()["items"]
    assert [entry["action"] for entry in log[:2]] == [
        "league:report:answered",
        "league:report:made",
    ]
