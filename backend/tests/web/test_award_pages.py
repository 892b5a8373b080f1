"""Pages say by which rule an award is given, and who came second."""

from datetime import date

import pytest
from gitleague.core.db import Database
from gitleague.league.awards.giving import give
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
