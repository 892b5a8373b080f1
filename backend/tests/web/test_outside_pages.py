"""What leaves the league, on pages: webhooks, the weekly digest, badges, feed, exports, the log."""

import csv
import re

import pytest
import servers
from gitleague.app import create_app
from gitleague.core.settings import Settings
from httpx import Client
from make import Person, make_commit
from pages_sent import Site, words_of
from pydantic import SecretStr
from remote import Repo

DISCORD = f"https://discord.com/api/webhooks/{'1' * 18}/{'t' * 68}"


@pytest.fixture
def site(http: Client, ada: Person) -> Site:
    return Site(http, ada)


@pytest.mark.on_both
def test_a_webhook_is_made_tried_and_deleted(site: Site):
    wrong = site.post("/webhooks", url="http://10.0.0.1/", events=["season.opened"])
    assert wrong.status_code == 422
    assert 'value="http://10.0.0.1/"' in wrong.text
    assert re.search(r'value="season.opened" checked', wrong.text)
    none = site.post("/webhooks", url="https://hooks.invalid/x")
    assert (none.status_code, "f-events-wrong" in none.text) == (422, True)
    made = site.post("/webhooks", url="https://hooks.invalid/x", events=["season.opened"])
    assert made.status_code == 201
    (secret,) = re.findall(r'<code id="secret">(whsec_[^<]+)<', made.text)
    (place,) = set(re.findall(r"/webhooks/[0-9a-f-]{36}", made.text))
    assert secret not in site.get(place)
    site.post(f"{place}/ping")
    assert "ping" in words_of(site.get(place))
    rotated = site.post(f"{place}/rotate")
    assert secret not in rotated.text
    assert "whsec_" in rotated.text
    site.post(f"{place}/disable")
    refused = site.post(f"{place}/ping")
    assert (refused.status_code, "Enable it first" in refused.text) == (409, True)
    site.post(f"{place}/enable")
    site.post(place, url="https://hooks.invalid/y", events=["award.given"])
    assert "https://hooks.invalid/y" in site.get(place)
    assert site.post(f"{place}/delete").status_code == 303
    assert "No webhook yet" in site.get("/webhooks")


def test_a_digest_is_previewed_added_and_deleted(site: Site):
    assert "Nobody played." in site.get("/digests")
    wrong = site.post("/digests", name="Team", kind="slack", destination=DISCORD)
    assert wrong.status_code == 422
    assert "hooks.slack.com/services/" in wrong.text
    assert 'value="Team"' in wrong.text
    site.post("/digests", name="Team", kind="discord", destination=DISCORD)
    page = site.get("/digests")
    assert "Team" in page
    assert "t" * 68 not in page
    (place,) = set(re.findall(r"/digests/[0-9a-f-]{36}(?=/delete)", page))
    site.post(f"{place}/delete")
    assert "It goes nowhere yet" in site.get("/digests")


def test_mails_are_offered_where_they_are_sent(site: Site, settings: Settings):
    page = site.get("/digests")
    assert '<option value="slack"' in page
    assert '<option value="email"' not in page
    assert "This server sends no mails" in page
    sending = settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:9")})
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        app = create_app(sending.model_copy(update={"public_url": url}))
        with servers.serving(app, opened), Client(base_url=url, timeout=30) as http:
            page = Site(http, site.person).get("/digests")
    assert '<option value="email"' in page
    assert "This server sends no mails" not in page


@pytest.mark.on_both
def test_badges_and_the_feed_are_opened_to_everybody(site: Site):
    feed = f"/api/v1{site.league}/feed.atom"
    assert site.http.get(feed).status_code == 401
    site.post("/sharing", name="The League", public_feed="true")
    assert site.http.get(feed).status_code == 200
    assert site.http.get(f"/api/v1{site.league}/badges/leader.svg").status_code == 401
    unnamed = site.post("/sharing", name=" ", public_badges="true")
    assert unnamed.status_code == 422
    assert re.search(r'name="public_badges" value="true" checked', unnamed.text)
    site.post("/sharing", name="The League")
    assert site.http.get(feed).status_code == 401


def test_exports_lead_to_files(site: Site, repo: Repo):
    repo.push(make_commit())
    page = site.get("/exports")
    for link in re.findall(r'href="(/api/[^"]+)" download', page):
        assert site.http.get(link, headers=site.person.headers).status_code == 200, link


@pytest.mark.on_both
def test_the_log_is_narrowed_and_taken_along(site: Site, repo: Repo, grace: Person):
    repo.push(make_commit())
    site.post("/claims", by=grace, address=grace.email)
    everything = site.get("/log")
    assert "claim made" in words_of(everything)
    hers = site.get(f"/log?user_id={grace.user_id}&action=&first=&last=")
    assert "2 entries" in words_of(hers)
    assert "0 entries" in words_of(site.get("/log?first=2001-01-01&last=2001-01-02"))
    (link,) = re.findall(r'href="(/api/[^"]+/audit-log/export[^"]*)"', hers)
    rows = list(csv.DictReader(site.http.get(link, headers=site.person.headers).text.splitlines()))
    assert {row["user"] for row in rows} == {grace.email}
    assert [row["action"] for row in rows] == ["league:claim:approved", "league:claim:made"]


def test_an_invitation_is_sent_again_under_another_link(site: Site, mallory: Person):
    wrong = site.post("/members", email="no address", role="spectator")
    assert wrong.status_code == 422
    assert 'value="no address"' in wrong.text
    first = site.post("/members", email=mallory.email, role="player")
    (old,) = re.findall(r"/invitations/[\w-]{20,}(?=<)", first.text)
    (again,) = re.findall(r"/members(/invitations/[0-9a-f-]+/resend)", first.text)
    second = site.post(f"/members{again}")
    (new,) = re.findall(r"/invitations/[\w-]{20,}(?=<)", second.text)
    accept = "/api/v1/invitations/accept"
    for path, status in ((old, 410), (new, 200)):
        token = {"token": path.rsplit("/", 1)[-1]}
        answer = site.http.post(accept, json=token, headers=mallory.headers)
        assert answer.status_code == status


def test_wrong_days_and_addresses_come_back_as_typed(site: Site):
    season = site.post("/seasons", name="Spring", first="2024-06-01", last="2024-04-01")
    assert season.status_code == 422
    assert 'value="Spring"' in season.text
    assert 'value="2024-04-01"' in season.text
    repo = site.post("/repos", git_url="not an address", name="x")
    assert repo.status_code == 422
    assert 'value="not an address"' in repo.text
