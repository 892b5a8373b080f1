"""What people get used to: the keyboard, pages that follow the league, the screen on the wall."""

import re

from everything import fill
from gitleague.core.db import Database
from make import Person, make_commit
from playwright.sync_api import expect
from remote import Repo
from windows import Windows, in_browser


@in_browser
def test_the_keyboard_leads_everywhere(windows: Windows, season: str, linus: Person):
    page = windows.open(season, linus)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    for key, place in {"h": "$", "s": "/seasons$", "a": "/awards$", "l": "/standings$"}.items():
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(re.compile(f"/projects/[0-9a-f-]+{place}"))  # loaded, so it hears keys
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("gj?")
    expect(page.get_by_role("searchbox")).to_have_value("gj?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


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


@in_browser
def test_the_wall_shows_one_panel_after_the_other(
    windows: Windows, database: Database, ada: Person
):
    fill(database, ada)
    page = windows.open(f"/projects/{ada.project_id}?tv", ada)
    shown = page.locator(".panel:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Standings")
    page.keyboard.press("ArrowRight")
    expect(shown).to_contain_text("Play of the day")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(shown).to_contain_text("Activity")
