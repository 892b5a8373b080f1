"""Every page can be read, on a phone and at a desk, in light and in dark."""

import uuid
from collections.abc import Iterator
from typing import Literal

import pytest
from gitleague.core.db import Database
from make import Person, make_commit, make_member, make_project
from playwright.sync_api import Page
from remote import Repo
from windows import Windows, in_browser, looks

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FINE: dict[str, list[str]] = {"faint": [], "outside": []}


@pytest.fixture
def empty(database: Database, ada: Person) -> uuid.UUID:
    """Another league of ada's, without a commit."""
    with database.writing() as session:
        project_id = make_project(session, "A league with a name of several words")
        make_member(session, project_id, ada.user_id)
    return project_id


@in_browser
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
def test_everything_can_be_read_and_nothing_sticks_out(
    windows: Windows, season: str, empty: uuid.UUID, ada: Person, *, phone: bool, dark: bool
):
    page = windows.open(season, ada, phone=phone, dark=dark)
    for seen in _walk(page, season, empty):
        assert looks(page) == FINE, seen


@in_browser
def test_what_has_the_focus_has_a_ring(windows: Windows, repo: Repo, ada: Person):
    repo.push(make_commit())
    page = windows.open(f"/projects/{ada.project_id}", ada)
    focused = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        focused.add(page.evaluate("document.activeElement.tagName"))
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert looks(page)["faint"] == []
    assert focused >= {"A", "BUTTON", "DIV", "INPUT", "SUMMARY"}


def _walk(page: Page, season: str, empty: uuid.UUID) -> Iterator[str]:
    yield "standings"
    page.locator("tr.line summary").first.click()
    yield "box score"
    page.locator("tr.box a").first.click()
    page.locator(".play summary").first.click()
    page.locator(".as-table summary").click()
    yield "card"
    page.goto("/api-keys")
    page.get_by_role("textbox", name="Name").fill("A laptop with a rather long name, in the office")
    page.get_by_role("button", name="Make the key").click()
    yield "new key"
    for place in (
        f"{season}?period=week&metric=stl",
        f"{season}?period=day&start=2001-01-01",
        f"{season}?q=nobody",
        f"/projects/{empty}",
        "/",
    ):
        page.goto(place)
        yield place
    page.get_by_role("button", name="Sign out").click()
    for place in ("/sign-in", "/sign-in/link", "/invitations/link"):
        page.goto(place)
        yield place
