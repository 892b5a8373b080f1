"""Addresses that members say are theirs, and what commissioners make of it."""

import pytest
from gitleague_client.rules.pseudonyms import pseudonym
from httpx import Client
from make import Person, make_commit
from who import GRACE, HOME, LINUS, People


@pytest.fixture
def people(http: Client, ada: Person) -> People:
    return People(http, ada)


def test_an_address_is_claimed(people, repo, http, grace):
    repo.push(make_commit(**HOME), make_commit(**GRACE))
    player = People(http, grace)
    claim = player.done("POST", "/claims", address="Amazing@Home.example")
    assert claim["state"] == "pending"
    assert player.done("POST", "/claims", address="amazing@home.example")["id"] == claim["id"]
    assert people.done("GET", "/claims?state=pending")["items"][0]["user_email"] == grace.email
    assert people.done("POST", f"/claims/{claim['id']}/approve")["state"] == "approved"
    own = player.done("POST", "/claims", address=grace.email)  # what she signs in with
    assert own["state"] == "approved"
    assert people.table() == {"grace": 2}


@pytest.mark.on_both
def test_a_claim_finds_an_address_that_was_kept_back(people, repo, http, grace):
    salt = people.done("GET", "/audit-log") and _salt_of(http, people)
    hidden = {"author_name": "grace", "author_email": pseudonym("amazing@home.example", salt)}
    repo.push(make_commit(**hidden), make_commit(**GRACE))
    player = People(http, grace)
    player.done("POST", "/claims", address=grace.email)
    claim = player.done("POST", "/claims", address="amazing@home.example")
    people.done("POST", f"/claims/{claim['id']}/approve")
    assert people.table() == {"Grace Hopper": 2}


def _salt_of(http: Client, people: People) -> str:
    place = f"/api/v1/sync/projects/{people.person.project_id}/rules"
    return str(http.get(place, headers=people.person.headers).json()["pseudonym_salt"])


def test_claims_that_come_to_nothing(people, repo, http, grace, mallory):
    repo.push(make_commit(**HOME), make_commit(**LINUS))
    player = People(http, grace)
    nobody = player.ask("POST", "/claims", address="nobody@example.org")
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "address")
    claim = player.done("POST", "/claims", address=HOME["author_email"])
    assert People(http, mallory).ask("POST", f"/claims/{claim['id']}/approve").status_code == 404
    people.done("POST", f"/claims/{claim['id']}/reject")
    assert people.done("GET", "/claims?state=pending")["total"] == 0
    again = player.done("POST", "/claims", address=HOME["author_email"])
    assert again["id"] != claim["id"]
    mine = people.done("POST", "/claims", address=HOME["author_email"])
    people.done("POST", f"/claims/{mine['id']}/approve")
    refused = people.ask("POST", f"/claims/{again['id']}/approve")
    assert (refused.status_code, "another member" in refused.text) == (409, True)


@pytest.mark.on_both
def test_a_claim_that_was_approved_in_error_is_taken_back(people, repo, http, grace):
    """Until then the player is the wrong member's, and nobody else can claim it."""
    repo.push(make_commit(**LINUS))
    claim = People(http, grace).done("POST", "/claims", address=LINUS["author_email"])
    people.done("POST", f"/claims/{claim['id']}/approve")
    (player,) = [each["player"]["id"] for each in people.done("GET", "/standings")["items"]]
    place = f"/api/v1/players/{player}/hide"
    assert http.post(place, headers=grace.headers).is_success
    assert people.done("POST", f"/claims/{claim['id']}/reject")["state"] == "rejected"
    assert http.post(place, headers=grace.headers).status_code == 403
    mine = people.done("POST", "/claims", address=LINUS["author_email"])
    assert people.done("POST", f"/claims/{mine['id']}/approve")["state"] == "approved"


def test_a_player_sees_their_own_claims_only(people, repo, http, grace):
    repo.push(make_commit(**HOME))
    people.done("POST", "/claims", address=HOME["author_email"])
    assert People(http, grace).done("GET", "/claims")["total"] == 0
    assert people.done("GET", "/claims")["total"] == 1
