"""A player claims an address, and decides about what the league has of them."""

import json
import re

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.projects import Role
from httpx import Client
from make import Person, make_commit, make_person
from remote import Repo

HTML = {"Accept": "text/html"}


@pytest.fixture
def player(http: Client, repo: Repo, grace: Person) -> str:
    """The path of grace's player, which is hers once she says so."""
    repo.push(make_commit(message_title="Write the compiler"))
    league = f"/projects/{grace.project_id}"
    sent = http.post(f"{league}/claims", data={"address": grace.email}, headers=grace.headers)
    assert sent.headers["location"].endswith("done=yours")
    page = http.get(f"{league}/claims?done=yours", headers=grace.headers | HTML).text
    assert "That address is yours." in page
    return re.findall(r"/players/[0-9a-f-]+", page)[0]


def test_an_address_that_no_commit_has_comes_back_in_the_form(http: Client, grace: Person):
    place = f"/projects/{grace.project_id}/claims"
    sent = http.post(place, data={"address": "x@nowhere.org"}, headers=grace.headers | HTML)
    assert sent.status_code == 422
    assert 'value="x@nowhere.org"' in sent.text
    assert "No commit of this league has this address." in sent.text


def test_who_does_not_want_to_be_shown_is_not(http: Client, player: str, grace, linus):
    standings = f"/projects/{grace.project_id}/standings"
    assert http.post(f"{player}/hide", headers=grace.headers | HTML).status_code == 303
    seen = http.get(standings, headers=linus.headers | HTML).text
    assert "Grace Hopper" not in seen
    assert "Anonymous player" in seen
    assert "Show the name again" in http.get(f"{player}/privacy", headers=grace.headers | HTML).text
    http.post(f"{player}/show", headers=grace.headers | HTML)
    assert "Grace Hopper" in http.get(standings, headers=linus.headers | HTML).text


@pytest.mark.on_both
def test_what_is_held_is_a_download(http: Client, player: str, grace: Person):
    page = http.get(f"{player}/privacy", headers=grace.headers | HTML).text
    (link,) = re.findall(r'href="(/api/v1/players/[^"]+)" download', page)
    held = http.get(link, headers=grace.headers)
    assert json.loads(held.text)["data"]["commits"]


def test_who_left_is_retired_by_a_commissioner(http: Client, player: str, grace, ada):
    assert "Retire them" not in http.get(f"{player}/privacy", headers=grace.headers | HTML).text
    assert http.post(f"{player}/retire", headers=grace.headers | HTML).status_code == 403
    wrong = http.post(f"{player}/retire", data={"on": "1200-01-01"}, headers=ada.headers | HTML)
    assert wrong.status_code == 422
    assert 'value="1200-01-01"' in wrong.text
    http.post(f"{player}/retire", data={"on": ""}, headers=ada.headers | HTML)
    assert "Bring them back" in http.get(f"{player}/privacy", headers=ada.headers | HTML).text
    http.post(f"{player}/bring-back", headers=ada.headers | HTML)
    assert "Still plays" in http.get(f"{player}/privacy", headers=ada.headers | HTML).text


@pytest.mark.on_both
def test_erasing_wants_the_name_and_is_for_good(http: Client, player: str, grace, ada):
    wrong = http.post(f"{player}/erase", data={"confirm": "Grace"}, headers=grace.headers | HTML)
    assert wrong.status_code == 422
    assert 'value="Grace"' in wrong.text
    assert "exactly as the league has it" in wrong.text
    sent = http.post(
        f"{player}/erase", data={"confirm": "Grace Hopper"}, headers=grace.headers | HTML
    )
    assert (sent.status_code, sent.headers["location"]) == (303, "/")
    page = http.get(f"{player}/privacy", headers=ada.headers | HTML).text
    assert "Grace Hopper" not in page
    assert "Erased player 1" in page


def test_it_is_nobody_elses_business(
    http: Client, player: str, linus: Person, database: Database, settings: Settings
):
    other = make_person(database, settings, "Joan", linus.project_id, Role.PLAYER)
    for person in (linus, other):
        assert http.get(f"{player}/privacy", headers=person.headers | HTML).status_code == 403
