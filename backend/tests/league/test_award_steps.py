"""Awards are given in steps, between which others write; and an old history gets its own."""

import uuid
from datetime import date

import pytest
from awarding import Shelf, on
from chores import do_now, finish_all_jobs, finish_jobs
from gitleague.core.db import Database
from gitleague.league.awards.giving import Giving, find, keep
from gitleague.league.awards.stretches import both
from gitleague.scoring.days import Days
from gitleague.scoring.history import GIVE_AWARDS, HISTORY
from gitleague.tables.jobs import Job
from gitleague.tables.outside import Event, Happening
from httpx import Client
from make import Person
from remote import Repo
from sqlalchemy import select, update
from steps import KilledError, Steps


@pytest.fixture
def shelf(http: Client, ada: Person, database: Database, repo: Repo) -> Shelf:
    return Shelf(http, ada, database, repo)


@pytest.mark.at("2024-08-20 12:00")
@pytest.mark.on_both
def test_awards_are_given_anew_month_by_month_and_others_write_in_between(shelf, monkeypatch):
    """Taken up where it was when the process that did it dies."""
    shelf.began("2024-01-01")
    shelf.repo.push(*(on(f"2024-0{month}-03") for month in range(1, 8)))
    shelf.give()
    before = shelf.awards()
    steps = Steps(monkeypatch, shelf.database, shelf.ada.project_id, GIVE_AWARDS)
    steps.end_after(2)
    with pytest.raises(KilledError):
        do_now(shelf.database, shelf.ada.project_id, GIVE_AWARDS, anew_from="2024-03-01")
    taken_for_dead(shelf.database)
    finish_jobs(shelf.database)
    assert len(steps.progress) == 6, "five months of play, and the days of August"
    after = shelf.awards()
    assert [each["first"] for each in after] == [each["first"] for each in before]
    kept = [each["id"] for each in before if each["last"] < "2024-03"]
    assert [each["id"] for each in after if each in before] == kept


@pytest.mark.at("2024-08-20 12:00")
@pytest.mark.on_both
def test_a_history_that_is_imported_gets_its_awards_by_itself(shelf):
    """Once it is quiet, without telling of each, and what is there already stays."""
    shelf.began("2024-08-01")
    shelf.repo.push(on("2024-05-06"), on("2024-08-06"))
    finish_jobs(shelf.database)
    assert shelf.awards() == [], "the import may go on"
    finish_all_jobs(shelf.database)
    assert shelf.winners("play_of_the_day") == {"2024-05-06": "Grace", "2024-08-06": "Grace"}
    assert shelf.winners("player_of_the_month") == {"2024-05-01": "Grace"}
    assert told_of(shelf, Event.AWARD_GIVEN) == ["2024-08-06", "2024-08-05"]
    shelf.repo.push(on("2024-05-06", by="Linus", additions=900), on("2024-04-30", by="Linus"))
    finish_all_jobs(shelf.database)
    plays = shelf.winners("play_of_the_day")
    assert (plays["2024-05-06"], plays["2024-04-30"]) == ("Grace", "Linus")


@pytest.mark.at("2024-08-20 12:00")
def test_the_newest_of_a_history_comes_first(shelf, monkeypatch):
    shelf.began("2024-08-01")
    shelf.repo.push(on("2023-05-01"), on("2024-05-06"), on("2024-07-06"))
    Steps(monkeypatch, shelf.database, shelf.ada.project_id, GIVE_AWARDS).end_after(2)
    with pytest.raises(KilledError):
        do_now(shelf.database, shelf.ada.project_id, GIVE_AWARDS, **HISTORY)
    assert set(shelf.winners("play_of_the_day")) == {"2024-07-06"}


@pytest.mark.at("2024-08-20 12:00")
@pytest.mark.on_both
def test_nothing_is_given_anew_from_before_the_first_commit(shelf):
    shelf.began("2024-08-10")
    shelf.repo.push(on("2024-05-06"))
    job_id = shelf.ask("POST", "/awards/give", anew_from="1900-01-01").json()["job_id"]
    with shelf.database.reading() as session:
        assert session.get_one(Job, uuid.UUID(job_id)).arguments["anew_from"] == "2024-05-06"


FOLDED = [
    ({"anew_from": "2024-05-06"}, {"anew_from": "2024-01-01"}, {"anew_from": "2024-01-01"}),
    ({"anew_from": "2024-05-06"}, {"anew_from": "2024-07-01"}, {"anew_from": "2024-05-06"}),
    ({"anew_from": "2024-05-06", "until": "2024-06-01"}, {"anew_from": "2024-05-06"}, None),
    ({}, {"anew_from": "2024-05-06"}, None),
    ({}, {}, {}),
]


@pytest.mark.parametrize(("waiting", "wanted", "folded"), FOLDED)
def test_however_often_they_are_asked_for_anew_it_is_one_job(waiting, wanted, folded):
    """Unless it has begun."""
    assert both(waiting, wanted) == folded


@pytest.mark.at("2024-08-20 12:00")
@pytest.mark.on_both
def test_who_is_erased_while_awards_are_found_is_named_in_none(shelf):
    shelf.began("2024-08-01")
    shelf.repo.push(on("2024-08-06", message_title="Grace was here"))
    project_id, days = shelf.ada.project_id, Days(date(2024, 8, 1), date(2024, 8, 18))
    with shelf.database.reading() as session:
        found = find(session, project_id, days)
    grace = shelf.ask("GET", "/standings?q=Grace").json()["items"][0]["player"]["id"]
    erased = shelf.http.post(
        f"/api/v1/players/{grace}/erase", json={"confirm": "Grace"}, headers=shelf.ada.headers
    )
    assert erased.is_success
    with shelf.database.writing() as session:
        assert keep(session, project_id, days, found, how=Giving.DUE) is None
    assert shelf.awards() == []


def taken_for_dead(database: Database) -> None:
    """As it is some time after its process died."""
    with database.writing() as session:
        session.execute(update(Job).where(Job.state == "running").values(not_before=Job.created_at))


def told_of(shelf: Shelf, event: Event) -> list[str]:
    with shelf.database.reading() as session:
        rows = session.scalars(select(Happening.data).where(Happening.event == event.value))
        return [row["award"]["first"] for row in rows]
