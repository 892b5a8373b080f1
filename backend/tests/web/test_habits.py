"""What people get used to: the keyboard, pages that follow the league, the screen on the wall."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from httpx import Client
from make import Person, make_commit
from playwright.sync_api import expect
from remote import Repo
from served import Filled
from windows import Windows, in_browser


@in_browser
def test_the_keyboard_leads_everywhere(windows: Windows, season: str, linus: Person):
    page = windows.open(season, linus)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    # Who does not play has no card of their own: `p` leads to the table.
    places = {"h": "$", "s": "/seasons$", "a": "/awards$", "p": "/standings$", "u": "/rules$"}
    for key, place in (places | {"l": "/standings$"}).items():
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(re.compile(f"/projects/[0-9a-f-]+{place}"))  # loaded, so it hears keys
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("gj?")
    expect(page.get_by_role("searchbox")).to_have_value("gj?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


@in_browser
def test_the_palette_leads_to_pages_and_players(windows: Windows, season: str, ada: Person):
    page = windows.open(season, ada)
    page.keyboard.press("Control+k")
    wish = page.get_by_role("dialog", name="Go to").get_by_role("combobox")
    expect(wish).to_be_focused()
    page.keyboard.type("hall")
    expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/hall-of-fame")
    page.get_by_role("button", name="Go to").click()
    wish.fill("grace")
    first = page.get_by_role("dialog").get_by_role("option", name="Grace Hopper")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/players/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Grace Hopper")
    page.keyboard.press("Control+k")
    page.keyboard.type("bump ")
    play = page.get_by_role("dialog").get_by_role("option", name="Bump").first
    expect(play).to_have_attribute("data-path", re.compile("/plays/[0-9a-f]{40}$"))


@in_browser
def test_the_palette_says_what_it_has_to_whoever_cannot_see_it(
    windows: Windows, season: str, ada: Person
):
    page = windows.open(season, ada)
    page.keyboard.press("Control+k")
    wish = page.get_by_role("combobox", name="Go to a page, a player, a commit or an award")
    for key, place in (("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", -1), ("ArrowDown", 0)):
        page.keyboard.press(key)
        ids = page.locator("[role=option]").evaluate_all("all => all.map(each => each.id)")
        expect(wish).to_have_attribute("aria-activedescendant", ids[place])
    wish.fill("nobody at all")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        "Nothing is called “nobody at all”."
    )
    expect(wish).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


@in_browser
def test_without_scripts_there_is_no_palette(windows: Windows, season: str, ada: Person):
    page = windows.open(season, ada, scripts=False)
    expect(page.locator("[data-palette-switch], #palette")).to_have_count(2)
    for each in page.locator("[data-palette-switch], #palette").all():
        expect(each).to_be_hidden()


@in_browser
def test_rows_are_walked_and_opened_and_tabs_are_numbered(
    windows: Windows, season: str, linus: Person
):
    page = windows.open(season, linus)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("tr.box").nth(1)).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("tr.box").nth(0)).to_be_visible()
    page.locator("tr.box a").first.click()
    page.wait_for_url("**/players/**")
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("/career$"))


@in_browser
def test_a_row_appears_without_a_reload(windows: Windows, repo: Repo, linus: Person):
    repo.push(make_commit(author_name="Grace"))
    page = windows.open(f"/projects/{linus.project_id}/standings", linus)
    expect(page.locator("tr.line")).to_have_count(1)
    repo.push(make_commit(author_name="Hedy", author_email="hedy@example.org"))
    expect(page.locator("tr.line")).to_have_count(2)


@in_browser
def test_what_is_being_read_is_not_taken_away(windows: Windows, repo: Repo, linus: Person):
    repo.push(make_commit(author_name="Grace"))
    page = windows.open(f"/projects/{linus.project_id}/standings", linus)
    page.locator("tr.line summary").click()
    repo.push(make_commit(author_name="Hedy", author_email="hedy@example.org"))
    expect(page.get_by_role("status")).to_contain_text("There are new numbers")
    expect(page.locator("tr.line")).to_have_count(1)
    page.locator("tr.line summary").click()
    page.locator("h1").click()
    expect(page.locator("tr.line")).to_have_count(2)


@pytest.mark.browser
def test_the_wall_shows_one_panel_after_the_other(filled_windows: Windows, filled: Filled):
    page = filled_windows.open(f"/projects/{filled.league.project}?tv", filled.ada)
    shown = page.locator(".panel:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Standings")
    page.keyboard.press("ArrowRight")
    expect(shown).to_contain_text("Play of the day")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(shown).to_contain_text("Activity")


@in_browser
def test_times_are_those_of_the_reader(windows: Windows, repo: Repo, ada: Person):
    repo.push(make_commit())
    place = f"/projects/{ada.project_id}/log"
    time = windows.open(place, ada, time_zone="Asia/Tokyo").locator("time").first
    there = datetime.fromisoformat(time.get_attribute("datetime") or "").astimezone(
        ZoneInfo("Asia/Tokyo")
    )
    expect(time).to_have_text(f"{there.day} {there:%B %Y, %H:%M}")
    expect(time).to_have_attribute("title", re.compile(f"{there:%H:%M:%S}"))
    unscripted = windows.open(place, ada, scripts=False, time_zone="Asia/Tokyo")
    here = there.astimezone(ZoneInfo("UTC"))
    expect(unscripted.locator("time").first).to_have_text(f"{here.day} {here:%B %Y, %H:%M}")


def test_a_page_that_is_as_it_was_is_not_sent_again(http: Client, ada: Person):
    place = f"/projects/{ada.project_id}/standings"
    first = http.get(place, headers=ada.headers)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = http.get(place, headers={**ada.headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = http.get(f"{place}?period=week", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 401
    assert (
        http.get("/api-keys", headers=ada.headers).headers["Cache-Control"] == "private, no-store"
    )


@in_browser
def test_on_paper_there_is_only_what_is_said(windows: Windows, season: str, linus: Person):
    page = windows.open(season, linus, dark=True)
    page.emulate_media(media="print")
    expect(page.locator("tr.line").first).to_be_visible()
    for each in (".top", ".parts", ".filters", ".foot"):
        expect(page.locator(each).first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
