"""A commissioner finds out who is who, on pages and without a script."""

import re

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.projects import Role
from httpx import Client
from make import Person, make_commit, make_person
from pages_sent import HTML, Site
from playwright.sync_api import expect
from remote import Repo
from windows import Windows, in_browser

GRACE, WORK, ADA = "grace@example.org", "ghopper@work.example.org", "ada@example.org"


@pytest.fixture
def site(http: Client, repo: Repo, ada: Person) -> Site:
    repo.push(
        make_commit(author_name="Grace Hopper", author_email=GRACE),
        make_commit(author_name="Grace Hopper", author_email=WORK),
        make_commit(author_name="Ada Lovelace", author_email=ADA),
    )
    return Site(http, ada)


@in_browser
def test_players_are_joined_and_taken_apart_again(windows: Windows, site: Site, ada: Person):
    page = windows.open(f"{site.league}/identities", ada)
    expect(page.locator("#list-title")).to_have_text("3 players")
    page.get_by_label("Choose Grace Hopper").first.check()
    page.get_by_label("Choose Grace Hopper").last.check()
    page.get_by_role("button", name="Join the chosen …").click()
    page.get_by_role("button", name="Join them into one player").click()
    expect(page.get_by_role("status").first).to_contain_text("one player now")
    assert site.player(GRACE) == site.player(WORK)
    page.goto(f"{site.league}/standings")
    expect(page.locator("tr.line")).to_have_count(2)
    page.goto(f"{site.league}/identities/changes")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".chip")).to_contain_text("undone")
    assert site.player(GRACE) != site.player(WORK)


def test_a_suggestion_says_why_and_is_taken_or_dismissed(site: Site):
    page = site.get("/identities/suggestions")
    assert "The same name: grace hopper" in page
    pair = {"players": [site.player(GRACE), site.player(WORK)]}
    assert site.post("/identities/suggestions/dismiss", **pair).status_code == 303
    page = site.get("/identities/suggestions")
    assert "Nobody looks like somebody else" in page
    assert "1 pair dismissed" in page
    site.post("/identities/suggestions/bring-back", **pair)
    assert "The same name" in site.get("/identities/suggestions")
    merged = site.post("/identities/merge", into=site.player(GRACE), players=[site.player(WORK)])
    assert merged.status_code == 303
    assert "Nobody looks like somebody else" in site.get("/identities/suggestions")


def test_addresses_are_split_off_under_a_name(site: Site):
    owner = site.player(GRACE)
    site.post("/identities/merge", into=owner, players=[site.player(WORK)])
    page = site.get(f"/identities/{owner}")
    wanted = re.findall(r'name="identities" value="([0-9a-f-]+)"', page)
    none = site.post(f"/identities/{owner}/split", name="Nobody")
    assert (none.status_code, "Check these fields: identities" in none.text) == (422, True)
    assert 'value="Nobody"' in none.text
    everything = site.post(f"/identities/{owner}/split", identities=wanted)
    assert everything.status_code == 409
    assert everything.text.count(" checked") == 2
    assert site.post(f"/identities/{owner}/split", identities=wanted[:1]).status_code == 303
    assert site.player(GRACE) != site.player(WORK)


@pytest.mark.on_both
def test_a_player_is_named_placed_and_made_a_bot(site: Site):
    player = site.player(ADA)
    wrong = site.post(f"/identities/{player}", name=" ", position="x" * 41, is_bot="true")
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert "x" * 41 in wrong.text
    changed = site.post(f"/identities/{player}", name="Countess", position="maths", is_bot="true")
    assert changed.status_code == 303
    page = site.get("/identities?bots=true")
    assert "Countess" in page
    assert "maths" in page
    assert "1 player" in page
    site.post(f"/identities/{player}", name="Countess", position="")
    assert "Nobody like this" in site.get("/identities?bots=true")


def test_a_claim_is_decided(site: Site, grace: Person, database: Database, settings: Settings):
    assert site.post("/claims", by=grace, address=WORK).status_code == 303
    page = site.get("/identities/claims")
    assert f"{grace.email} says: {WORK} is mine" in re.sub(r"<[^>]+>", "", page)
    claim = re.findall(r"claims/([0-9a-f-]+)/approve", page)[0]
    assert site.post(f"/identities/claims/{claim}/approve").status_code == 303
    assert "Take back" in site.get("/identities/claims")
    assert site.post(f"/identities/claims/{claim}/reject").status_code == 303
    again = site.post(f"/identities/claims/{claim}/approve")
    assert again.status_code == 409
    assert "already" in again.text
    other = make_person(database, settings, "Joan", grace.project_id, Role.PLAYER)
    site.post("/claims", by=other, address=ADA)
    claim = re.findall(r"claims/([0-9a-f-]+)/reject", site.get("/identities/claims"))[0]
    site.post(f"/identities/claims/{claim}/reject")
    assert "rejected" in site.get("/identities/claims")


def test_a_mailmap_is_read_and_what_it_did_is_told(site: Site):
    line = f"Admiral Hopper <{GRACE}> <{WORK}>"
    done = site.post("/identities/mailmap", text=line)
    assert done.status_code == 200
    assert "Imported" in done.text
    assert "Admiral Hopper" in done.text
    assert site.player(GRACE) == site.player(WORK)
    history = site.get("/identities/changes")
    assert re.search("Grace Hopper</bdi> → <a [^>]+><bdi>Admiral Hopper<", history)
    site.post("/identities/mailmap", text=f"Rear Admiral <{GRACE}>")
    assert ": 1 name<" in site.get("/identities/changes")
    wrong = site.post("/identities/mailmap", text="# fine\nno address here")
    assert wrong.status_code == 422
    assert "Line 2" in wrong.text
    assert "no address here</textarea>" in wrong.text


def test_what_is_hostile_in_names_stays_text(site: Site, repo: Repo):
    name = '"><script>alert(1)</script>{{7*7}}'
    repo.push(make_commit(author_name=name, author_email="x@example.org"))
    player = site.player("x@example.org")
    for place in ("/identities", f"/identities/{player}", f"/identities/merge?players={player}"):
        answer = site.http.get(site.league + place, headers=site.person.headers | HTML)
        assert "<script>alert" not in answer.text
        assert "{{7*7}}" in answer.text
