"""Pages say by which rule an award is given, and who came second."""

from datetime import date

import pytest
from awarding import give
from gitleague.core.db import Database
from gitleague.tables.awards import Award
from gitleague.web.award_words import award_rules, rules_of_all_awards
from httpx import Client
from make import Person, make_commit
from pages_sent import Site, words_of
from remote import Repo
from sqlalchemy import update

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def site(http: Client, repo: Repo, ada: Person, database: Database) -> Site:
    repo.push(
        make_commit(author_name="Grace", author_email="grace@example.org", additions=90),
        make_commit(author_name="Linus", author_email="linus@example.org", additions=30),
    )
    with database.writing() as session:
        give(session, ada.project_id, anew_from=date(2024, 1, 1))
    return Site(http, ada)


def test_an_award_says_its_rule_and_who_came_second(site: Site):
    said = words_of(site.get("/awards?kind=player_of_the_week"))
    assert "Runner-up: Linus with" in said
    assert "The player with the most impact of a week, Monday to Sunday." in said


def test_an_award_says_who_was_passed_by(site: Site, database: Database, ada: Person):
    season = {"name": "Q2", "first": "2024-04-01", "last": "2024-06-30"}
    league = f"/api/v1{site.league}"
    made = site.http.post(f"{league}/seasons", json=season, headers=ada.headers).json()
    days = {"first": "2024-04-29", "last": "2024-05-05"}
    away = {"player_id": site.player("grace@example.org"), "kind": "away", **days}
    place = f"{league}/seasons/{made['id']}/absences"
    assert site.http.post(place, json=away, headers=ada.headers).status_code == 201
    with database.writing() as session:
        give(session, ada.project_id, anew_from=date(2024, 1, 1))
    said = words_of(site.get("/awards?kind=player_of_the_week"))
    assert "Player of the week: Linus" in said
    assert "Passed by, being away for more than 50 % of the days: Grace ." in said
    assert "more than 50 % of the days gets no award" in words_of(
        site.get(f"/seasons/{made['id']}")
    )


def test_the_rules_of_awards_are_among_the_rules(site: Site):
    said = words_of(site.get("/rules"))
    for each in award_rules():
        assert f"{each.name} {each.rule}" in said
    for sentence in rules_of_all_awards():
        assert sentence in said


def test_an_award_of_the_original_deployment_is_shown_without_a_rule(
    site: Site, database: Database
):
    with database.writing() as session:
        session.execute(update(Award).values(working={"given_by": "the original deployment"}))
    said = words_of(site.get("/awards"))
    assert "Player of the week: Grace" in said
    assert "Runner-up" not in said
