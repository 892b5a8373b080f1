"""A commissioner changes the rules, the line-up and fair play, without a script."""

import re

import pytest
from httpx import Client
from make import Person, make_commit
from pages_sent import Site, words_of
from remote import Repo

FIX = {"message_title": "Fix the loop", "author_name": "Grace Hopper"}


@pytest.fixture
def site(http: Client, repo: Repo, ada: Person) -> Site:
    repo.push(
        make_commit(**FIX),
        make_commit(author_name="Ada", author_email="ada@example.org", additions=30),
    )
    return Site(http, ada)


def test_rules_are_tried_before_they_are_saved(site: Site):
    tried = site.post("/rules/preview", block_points="500", period="all")
    assert tried.status_code == 200
    said = words_of(tried.text)
    assert "Block: a fix or revert: 15" in said
    assert "1 2 ▲1 GH Grace Hopper" in said
    assert 'name="block_points" value="500"' in tried.text
    assert "Version 1 is in force" in site.get("/rules/edit")
    assert site.post("/rules/edit", block_points="500", note="Fixes").status_code == 303
    said = words_of(site.get("/rules/edit"))
    assert "Version 2: Fixes" in said
    assert site.post("/rules/versions/1/restore").status_code == 303
    assert "Back to version 1." in words_of(site.get("/rules/edit"))


def test_a_rule_that_cannot_be_is_named_and_kept(site: Site):
    for place in ("/rules/preview", "/rules/edit"):
        wrong = site.post(place, block_points="many", pts_weight="2.5")
        assert wrong.status_code == 422
        assert 'name="block_points" value="many"' in wrong.text
        assert 'aria-describedby="f-block_points-wrong"' in wrong.text
        assert 'name="pts_weight" value="2.5"' in wrong.text
    assert "Version 2" not in site.get("/rules/edit")


def test_squads_are_made_and_players_put_in(site: Site):
    made = site.post("/lineup", name="Platform")
    assert made.status_code == 303
    squad = re.findall(r"/lineup/([0-9a-f-]+)", made.headers["location"])[0]
    again = site.post("/lineup", name="platform")
    assert again.status_code == 409
    assert 'value="platform"' in again.text
    grace = site.player("grace@example.org")
    wrong = site.post(
        f"/lineup/{squad}/members", player_id=grace, first="2024-05-02", last="2024-05-01"
    )
    assert wrong.status_code == 422
    assert 'value="2024-05-02"' in wrong.text
    site.post(f"/lineup/{squad}/members", player_id=grace, first="2024-05-01", last="")
    page = site.get(f"/lineup/{squad}")
    assert "1 member today" in words_of(page)
    stint = re.findall(rf"/lineup/{squad}/members/([0-9a-f-]+)", page)[0]
    site.post(f"/lineup/{squad}/members/{stint}", first="2024-05-01", last="2024-06-01")
    assert "Before, and planned" in site.get(f"/lineup/{squad}")
    site.post(f"/lineup/{squad}/members/{stint}/delete")
    site.post(f"/lineup/{squad}", name="Core")
    assert "Core" in site.get("/lineup")
    site.post(f"/lineup/{squad}/delete")
    assert "No squad yet" in site.get("/lineup")


def test_positions_are_given_all_at_once(site: Site):
    grace, ada = site.player("grace@example.org"), site.player("ada@example.org")
    site.post("/lineup/positions", **{f"position.{grace}": "backend", f"position.{ada}": ""})
    assert "In use: backend (1)" in words_of(site.get("/lineup"))


def test_the_referee_gets_other_limits(site: Site):
    wrong = site.post("/referee", **{"huge_commit.lines": "-3", "huge_commit.enabled": "true"})
    assert wrong.status_code == 422
    assert 'name="huge_commit.lines" value="-3"' in wrong.text
    site.post("/referee", **{"huge_commit.lines": "30", "since": "2024-01-01"})
    page = site.get("/referee")
    assert 'name="huge_commit.lines" value="30"' in page
    assert 'name="since" value="2024-01-01"' in page
    site.post("/referee/ai", ai_assisted="weight", ai_weight="0.25")
    assert '<option value="weight" selected>' in site.get("/referee")


def test_what_waits_is_on_one_page(site: Site, grace: Person):
    assert "Nothing waits" not in site.get("/run")  # no season is being played
    site.post("/claims", by=grace, address="ada@example.org")
    page = site.get("/run")
    assert "1 claim to decide" in words_of(page)
    assert "No season is being played" in page
