"""What a commissioner does on pages."""

import re
from pathlib import Path

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.projects import MemberStatus, Role
from histories import run_git
from httpx import Client
from make import Person, make_commit, make_person
from playwright.sync_api import expect
from remote import Repo
from test_client import ClientHere
from windows import Windows, in_browser

HTML = {"Accept": "text/html"}


@in_browser
def test_whoever_waits_is_let_in_and_gets_a_role(
    windows: Windows, http: Client, database: Database, settings: Settings, ada: Person
):
    hedy = make_person(
        *(database, settings, "Hedy", ada.project_id, Role.SPECTATOR), status=MemberStatus.PENDING
    )
    league = f"/projects/{ada.project_id}"
    assert http.get(league, headers=hedy.headers | HTML).status_code == 403
    page = windows.open(f"{league}/members", ada)
    page.get_by_role("button", name="Let in hedy@example.org").click()
    assert http.get(league, headers=hedy.headers | HTML).status_code == 200
    page.get_by_label("Role of hedy@example.org").select_option("player")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the role of hedy@example.org").click()
    expect(page.get_by_label("Role of hedy@example.org")).to_have_value("player")
    page.locator("summary", has_text="Remove hedy@example.org").click()
    page.get_by_role("button", name="Remove for good hedy@example.org").click()
    expect(page.locator("#members-title")).to_have_text("1 member")
    assert http.get(league, headers=hedy.headers | HTML).status_code == 404


@in_browser
def test_an_invitation_is_shown_once_and_can_be_taken_back(
    windows: Windows, http: Client, ada: Person
):
    page = windows.open(f"/projects/{ada.project_id}/members", ada)
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_role("button", name="Invite").click()
    link = page.locator("#invitation-link").inner_text()
    path = re.sub(r"^https?://[^/]+", "", link)
    assert http.get(path).status_code == 200
    page.get_by_role("button", name="Take back the invitation of new@example.org").click()
    expect(page.locator("#invitation-link")).to_have_count(0)
    assert (
        http.get(f"/projects/{ada.project_id}/members", headers=ada.headers).text.count(
            "new@example.org"
        )
        == 0
    )


@in_browser
def test_the_log_says_who_did_it(windows: Windows, ada: Person):
    page = windows.open(f"/projects/{ada.project_id}/members", ada)
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("link", name="Log").click()
    page.get_by_label("Action").select_option(label="invitation created")
    expect(page.locator("#log-title")).to_have_text("1 entry")
    page.locator("summary", has_text="new@example.org").click()
    expect(page.locator(".plain-log")).to_contain_text("ada@example.org")
    expect(page.locator(".plain-log dl")).to_contain_text("player")


@in_browser
def test_from_nothing_to_the_first_table(windows: Windows, tmp_path: Path, ada: Person):
    """With the file that the page hands out, and the real client."""
    history = tmp_path / "site"
    run_git(tmp_path, "init", "--quiet", "-b", "main", str(history))
    run_git(history, "remote", "add", "origin", "git@example.org:team/site.git")
    for number in range(3):
        (history / "page.txt").write_text(f"{number}\n")
        run_git(history, "add", ".")
        run_git(history, "commit", "--quiet", "-m", f"Write page {number}")
    page = windows.open("/leagues/new", ada)
    page.get_by_label("Name").fill("Analytical Engines")
    page.get_by_role("button", name="Make the league").click()
    page.get_by_role("button", name="Make the key").click()
    config = page.locator("#repos-yaml").inner_text()
    file = tmp_path / "repos.yaml"
    file.write_text(config.replace("~/code/your-repository", str(history)))
    file.chmod(0o600)
    page.reload()
    expect(page.locator("#full-key")).to_have_count(0)
    expect(page.locator("#live-push")).to_contain_text("Waiting for the first commits")
    ClientHere(file).run("sync")
    expect(page.locator("#live-push")).to_contain_text("3 commits of 1 repository arrived")
    page.get_by_role("link", name="See the standings").click()
    expect(page.locator("tr.line")).to_have_count(1)


@in_browser
def test_a_repository_tells_how_it_is(windows: Windows, http: Client, repo: Repo, ada: Person):
    repo.push(make_commit(), make_commit(additions=-1))
    page = windows.open(f"/projects/{ada.project_id}/repos", ada)
    expect(page.locator(".ranking")).to_contain_text("1 commit not taken")
    page.get_by_role("link", name="site", exact=True).click()
    expect(page.locator("#health-title")).to_have_text("Pushed within the last week.")
    expect(page.get_by_role("region", name="Not taken")).to_contain_text("additions")
    expect(page.get_by_role("region", name="Syncs").locator("li")).to_have_count(1)
    page.get_by_label("Name").fill("The site")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The site")
    page.goto(f"/projects/{ada.project_id}/repos")
    page.get_by_label("Address").fill("git@example.org:team/empty.git")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#health-title")).to_have_text("Nothing has been pushed yet.")
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("#list-title")).to_have_text("1 repository")


def test_the_last_commissioner_stays(http: Client, ada: Person):
    place = f"/projects/{ada.project_id}/members/{ada.user_id}/remove"
    refused = http.post(place, headers=ada.headers | HTML)
    assert refused.status_code == 409
    assert "<h1>" in refused.text


@pytest.mark.on_both
def test_rules_that_were_changed_are_told_as_they_are(http: Client, ada: Person):
    league = f"/projects/{ada.project_id}"
    http.patch(
        f"/api/v1{league}/rules", json={"changes": {"block_points": "77"}}, headers=ada.headers
    )
    page = http.get(f"{league}/rules", headers=ada.headers | HTML).text
    assert "77 for a fix or a revert" in page or "is being counted" in page
