"""API keys on their page: made, shown once with a ready repos.yaml, rotated, revoked."""

import re
import uuid
from pathlib import Path

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import Scope
from gitleague.tables.projects import MemberStatus, Role
from gitleague_client.config import load_config
from histories import run_git
from httpx import Client, Response
from make import Person, make_key, make_member, make_person, make_project
from playwright.sync_api import Page, expect
from test_client import ClientHere
from windows import Windows, in_browser

HTML = {"Accept": "text/html"}
FULL_KEY = re.compile(r"tgl_[a-z0-9]{8}_\w+")


def make_in(page: Page, name: str) -> str:
    """Fill the form in and send it; the key that is shown."""
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("button", name="Make the key").click()
    return page.locator("#full-key").inner_text()


def opens(http: Client, key: str, project_id: uuid.UUID) -> int:
    """The status that the API answers to the key."""
    address = f"/api/v1/projects/{project_id}/standings"
    return http.get(address, headers={"Authorization": f"Bearer {key}"}).status_code


def send(http: Client, person: Person, place: str = "", **form: str) -> Response:
    return http.post(f"/api-keys{place}", data=form, headers=person.headers | HTML)


def key_id(http: Client, person: Person, prefix: str) -> str:
    keys = http.get("/api/v1/api-keys/", headers=person.headers).json()["items"]
    (found,) = [key["id"] for key in keys if prefix.startswith(key["prefix"])]
    return str(found)


@in_browser
def test_it_works(windows: Windows, http: Client, ada: Person):
    page = windows.open("/api-keys", ada)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    key = make_in(page, "Laptop")
    assert FULL_KEY.fullmatch(key)
    assert opens(http, key, ada.project_id) == 200
    page.locator("[data-copies=full-key]").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    page.reload()
    expect(page.locator("li.key")).to_have_count(1)  # and not a second one
    assert key not in page.content()
    expect(page.locator("li.key")).to_contain_text("Laptop")
    expect(page.locator("li.key")).to_contain_text("active")


@in_browser
def test_a_key_is_rotated_and_revoked(windows: Windows, http: Client, ada: Person):
    page = windows.open("/api-keys", ada)
    first = make_in(page, "CI")
    page.get_by_role("button", name="Rotate CI").click()
    second = page.locator("#full-key").inner_text()
    assert opens(http, first, ada.project_id) == 401
    assert opens(http, second, ada.project_id) == 200
    page.reload()
    page.get_by_role("button", name="Revoke CI").click()
    expect(page.locator(".chip.revoked")).to_have_count(2)
    expect(page.get_by_role("button", name="Revoke")).to_have_count(0)
    assert opens(http, second, ada.project_id) == 401


@in_browser
def test_a_client_whose_key_is_revoked_gets_no_further(
    windows: Windows, tmp_path: Path, ada: Person
):
    history = tmp_path / "site"
    run_git(tmp_path, "init", "--quiet", "-b", "main", str(history))
    run_git(history, "remote", "add", "origin", "git@example.org:team/site.git")
    run_git(history, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    page = windows.open("/api-keys", ada)
    make_in(page, "Laptop")
    file = tmp_path / "repos.yaml"
    config = page.locator("#repos-yaml").inner_text()
    file.write_text(config.replace("~/code/your-repository", str(history)))
    file.chmod(0o600)
    ClientHere(file).run("sync")
    page.goto("/api-keys")
    expect(page.locator("li.key")).to_contain_text("last used")
    page.get_by_role("button", name="Revoke Laptop").click()
    expect(page.locator(".chip.revoked")).to_have_count(1)
    run_git(history, "commit", "--quiet", "--allow-empty", "-m", "Go on")
    ClientHere(file).run("sync", code=3)


@in_browser
@pytest.mark.parametrize("name", ["The League", '"O\'Hara": [#1] & <b>\\n</b>', "Österreich 🏀"])
def test_its_repos_yaml_is_ready_for_the_client(
    windows: Windows, database: Database, tmp_path: Path, ada: Person, name: str
):
    with database.writing() as session:
        project_id = make_project(session, name, slug="named")
        make_member(session, project_id, ada.user_id, role=Role.COMMISSIONER)
    page = windows.open("/api-keys", ada)
    page.get_by_role("combobox", name="League").select_option(str(project_id))
    key = make_in(page, name)
    (tmp_path / "repos.yaml").write_text(page.locator("#repos-yaml").inner_text(), encoding="utf-8")
    config = load_config(tmp_path / "repos.yaml")
    assert config.api_key
    assert config.api_key.get_secret_value() == key
    assert config.api_url == windows.url
    (project,) = config.projects
    assert (project.name, project.project_id) == (name, project_id)
    assert len(project.repos) == 1


def test_a_key_for_any_league_names_them_all(http: Client, database: Database, ada: Person):
    with database.writing() as session:
        for name, status in (("Open", MemberStatus.APPROVED), ("Shut", MemberStatus.PENDING)):
            project_id = make_project(session, name)
            make_member(session, project_id, ada.user_id, status=status)
    answer = send(http, ada, name="all", scopes="sync:commits", project_id="", expires_in_days="")
    assert answer.status_code == 201
    assert re.findall(r"- name: (.*)", answer.text) == ["&#34;The League&#34;", "&#34;Open&#34;"]
    assert "never runs out" in answer.text


def test_a_player_is_offered_what_they_may_make(http: Client, grace: Person):
    page = http.get("/api-keys", headers=grace.headers | HTML).text
    offered = re.findall(r'value="([a-z]+:[a-z]+)" (checked|disabled)', page)
    assert dict(offered) == {
        "sync:commits": "disabled",
        "write:repos": "disabled",
        "read:repos": "checked",
    }
    refused = send(http, grace, name="push", scopes="sync:commits")
    assert refused.status_code == 403
    assert "Only a commissioner" in refused.text
    assert not FULL_KEY.search(refused.text)
    made = send(http, grace, name="read", scopes="read:repos", project_id=str(grace.project_id))
    assert made.status_code == 201
    assert "repos.yaml" not in made.text  # nothing to send with it


def test_who_is_in_no_league_is_told(http: Client, database: Database, settings: Settings):
    with database.writing() as session:
        project_id = make_project(session)
    hedy = make_person(
        database, settings, "Hedy", project_id, Role.SPECTATOR, status=MemberStatus.PENDING
    )
    page = http.get("/api-keys", headers=hedy.headers | HTML).text
    assert "You are in no league yet" in page
    assert "Make the key" not in page


def test_a_commissioner_sees_and_revokes_the_keys_of_the_league(
    http: Client, ada: Person, grace: Person, mallory: Person
):
    key = make_key(http, grace, Scope.READ_REPOS, project_id=grace.project_id)
    page = http.get("/api-keys", headers=ada.headers | HTML).text
    assert "somebody else's" in page
    assert "/rotate" not in page
    its_id = key_id(http, grace, key)
    assert send(http, mallory, f"/{its_id}/revoke").status_code == 404
    assert opens(http, key, grace.project_id) == 200
    assert send(http, ada, f"/{its_id}/revoke").status_code == 303
    assert opens(http, key, grace.project_id) == 401


def test_the_page_never_holds_a_key_that_was_made_before(http: Client, ada: Person):
    key = make_key(http, ada, Scope.READ_REPOS)
    page = http.get("/api-keys", headers=ada.headers | HTML).text
    assert key[:12] in page
    assert key.rsplit("_", 1)[-1] not in page


def test_what_is_wrong_in_the_form_is_named(http: Client, ada: Person):
    answer = send(http, ada, name=" ", expires_in_days="soon")
    assert answer.status_code == 422
    for field in ("name", "scopes", "expires_in_days"):
        assert f"<strong><bdi>{field}</bdi></strong>" in answer.text


def test_an_api_key_opens_no_page_of_keys(http: Client, ada: Person):
    key = make_key(http, ada, *Scope)
    headers = {"Authorization": f"Bearer {key}"} | HTML
    assert http.get("/api-keys", headers=headers).status_code == 403
