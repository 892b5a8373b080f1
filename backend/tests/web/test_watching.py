"""The pages beside the standings, as somebody goes through them."""

import re
import uuid

import pytest
from gitleague.core.clock import now
from gitleague.core.db import Database
from httpx import Client
from make import Person, make_commit
from playwright.sync_api import expect
from remote import Repo
from served import Filled
from windows import Windows, in_browser

HTML = {"Accept": "text/html"}


@pytest.mark.browser
def test_from_the_home_of_a_league_to_the_report_of_its_season(
    filled_windows: Windows, filled: Filled
):
    began = now()
    page = filled_windows.open(f"/projects/{filled.league.project}", filled.somebody())
    expect(page.get_by_role("heading", level=1)).to_have_text("The League")
    played = {64 + (moment.date() - filled.made_on).days for moment in (began, now())}
    expect(page.locator(".so-far")).to_contain_text(
        re.compile(rf"Day ({'|'.join(map(str, played))}) of 94")
    )
    assert page.locator(".ranking > li").count() > 5
    page.get_by_role("link", name="The long season").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The long season")
    page.get_by_role("link", name="The whole table").click()
    expect(page).to_have_url(re.compile(r"/standings\?period=season&season_id="))
    expect(page.locator("tr.line")).to_have_count(12)


@pytest.mark.browser
def test_the_table_of_a_season_a_squad_and_back(filled_windows: Windows, filled: Filled):
    page = filled_windows.open(f"/projects/{filled.league.project}/standings", filled.somebody())
    seasons = page.locator("select[name=season_id]")
    seasons.select_option(label="Opening season")
    expect(seasons).to_have_value(str(filled.league.closed))
    expect(page.locator("#table-title")).to_have_text("Opening season")
    seasons.select_option(label="The long season")
    page.wait_for_url(f"**season_id={filled.league.season}*")
    page.get_by_label("Squad").select_option(label="Engine room")
    expect(page.locator("tr.line")).to_have_count(3)
    page.get_by_role("link", name="Month", exact=True).click()
    expect(seasons).to_have_value("")
    expect(page.get_by_label("Squad")).to_have_value(str(filled.league.squad))


@pytest.mark.browser
def test_an_award_opens_to_its_working(filled_windows: Windows, filled: Filled):
    page = filled_windows.open(f"/projects/{filled.league.project}/awards", filled.somebody())
    page.get_by_label("Kind").select_option("mvp")
    expect(page.locator("#list-title")).to_have_text("1 award")
    page.locator("summary", has_text="MVP").click()
    expect(page.locator(".working")).to_contain_text("What it was decided by")
    page.get_by_label("Kind").select_option("play_of_the_day")
    page.locator(".play summary").first.click()
    expect(page.locator(".working").first).to_contain_text("How it scored")


@in_browser
def test_a_season_is_planned_opened_and_closed(windows: Windows, repo: Repo, ada: Person):
    repo.push(make_commit())
    page = windows.open(f"/projects/{ada.project_id}/seasons", ada)
    page.get_by_label("Name").fill("Spring")
    page.get_by_label("First day").fill("2024-04-01")
    page.get_by_label("Last day").fill("2024-06-30")
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring")
    page.get_by_role("button", name="Open the season").click()
    page.locator("summary", has_text="Close the season").click()
    page.get_by_role("button", name="Close it", exact=True).click()
    expect(page.locator("#podium-title")).to_have_text("Final table")
    expect(page.locator(".podium")).to_contain_text("Grace Hopper")


@pytest.mark.browser
def test_two_players_are_compared(filled_windows: Windows, filled: Filled):
    page = filled_windows.open(f"/players/{filled.league.player}", filled.somebody())
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_label("One")).to_have_value(str(filled.league.player))
    page.get_by_label("The other").select_option(label="Ada Lovelace")
    page.get_by_role("button", name="Compare").click()
    names = page.locator(".versus thead a")
    expect(names).to_have_text(["Grace Hopper", "Ada Lovelace"])
    score = page.locator("#meetings-title").inner_text().rpartition(": ")[2].split(" to ")
    page.get_by_role("link", name="Swap").click()
    expect(names).to_have_text(["Ada Lovelace", "Grace Hopper"])
    expect(page.locator("#meetings-title")).to_contain_text(f"{score[1]} to {score[0]}")
    page.get_by_label("Meetings").select_option("month")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#meetings-title")).to_contain_text("Month by month")


def test_who_looks_in_sees_no_absences(filled_http: Client, filled: Filled):
    place = f"/projects/{filled.league.project}/seasons/{filled.league.season}"
    assert "A week off" in filled_http.get(place, headers=filled.ada.headers | HTML).text
    linus = filled.somebody()
    assert "A week off" not in filled_http.get(place, headers=linus.headers | HTML).text


def test_a_refusal_leads_back(http: Client, ada: Person):
    unknown = f"/projects/{ada.project_id}/members/invitations/{uuid.uuid4()}/revoke"
    came_from = {"Referer": f"{str(http.base_url).rstrip('/')}/somewhere"}
    refused = http.post(unknown, headers=ada.headers | HTML | came_from)
    assert refused.status_code == 404
    assert 'href="/somewhere"' in refused.text
    elsewhere = {"Referer": "https://elsewhere.example/somewhere"}
    refused = http.post(unknown, headers=ada.headers | HTML | elsewhere)
    assert "somewhere" not in refused.text


ATTACKS = [  # those that do most lead the league, and are on every page
    "</title><svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "<script>alert(1)</script>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}",
    "javascript:alert(1)//",
    "\u202egnp.exe",
]


@in_browser
def test_a_hostile_name_or_title_breaks_no_page(
    windows: Windows, http: Client, database: Database, repo: Repo, ada: Person
):
    """`windows` fails the test if a page logs an error or asks another host."""
    for commits, attack in enumerate(reversed(ATTACKS), 1):
        told = dict.fromkeys(("author_name", "message_title", "message_body"), attack)
        told["author_email"] = f"{commits}@example.org"
        repo.push(*(make_commit(**told) for _ in range(commits)))
    rows = http.get(f"/api/v1/projects/{ada.project_id}/standings", headers=ada.headers).json()
    players = {row["player"]["name"]: row["player"]["id"] for row in rows["items"]}
    assert players.keys() == set(ATTACKS)
    page = windows.open(f"/projects/{ada.project_id}", ada)
    page.on("dialog", lambda dialog: windows.complaints.append(dialog.message))

    def is_shown_as_text(*attacks: str) -> None:
        assert page.locator("img, main script:not([src]), svg[onload]").count() == 0
        shown = page.locator("main").inner_text()
        assert [attack for attack in attacks if " ".join(attack.split()) not in shown] == []

    for place, shows in {
        "/standings": ATTACKS,
        "": ATTACKS[:5],
        "/records": ATTACKS[:1],
        "/hall-of-fame": ATTACKS,
        "/seasons": [],
    }.items():
        page.goto(f"/projects/{ada.project_id}{place}")
        is_shown_as_text(*shows)
    for attack, player_id in players.items():
        page.goto(f"/players/{player_id}")
        is_shown_as_text(attack)
