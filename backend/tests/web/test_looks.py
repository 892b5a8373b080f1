"""Every page can be read by everybody: on a phone and at a desk, in light and in dark, by a screen
reader and by the keyboard alone.
"""

import uuid
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from everything import Everything, fill
from gitleague.core.db import Database
from gitleague.tables.projects import Role
from make import Person, make_commit, make_member, make_project
from places import PLACES
from playwright.sync_api import Page
from remote import Repo
from windows import Windows, in_browser, looks

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FINE: dict[str, list[str]] = {"faint": [], "outside": []}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
AT_A_TIME = 12
GROUPS = [PLACES[first : first + AT_A_TIME] for first in range(0, len(PLACES), AT_A_TIME)]


@pytest.fixture
def empty(database: Database, ada: Person) -> uuid.UUID:
    """Another league of ada's, without a commit."""
    with database.writing() as session:
        project_id = make_project(session, "A league with a name of several words")
        make_member(session, project_id, ada.user_id, role=Role.COMMISSIONER)
    return project_id


@pytest.fixture
def league(database: Database, ada: Person) -> Everything:
    return fill(database, ada)


@in_browser
@pytest.mark.parametrize(
    ("phone", "dark"), [(True, True), (False, False)], ids=["dark phone", "light desktop"]
)
@pytest.mark.parametrize("places", GROUPS, ids=lambda group: group[0].name)
def test_everybody_can_read_it(
    windows: Windows, league: Everything, ada: Person, places, *, phone: bool, dark: bool
):
    page = windows.open("/", ada, phone=phone, dark=dark)
    for place in places:
        page.goto(place.path.format(**league._asdict()))
        assert looks(page) == FINE, place.name
        assert _violations(page) == [], place.name


@in_browser
def test_a_league_without_anything_is_no_error(windows: Windows, empty: uuid.UUID, ada: Person):
    page = windows.open("/", ada)
    for place in PLACES:
        if place.path.startswith("/projects") and "{" not in place.path.replace("{project}", ""):
            page.goto(place.path.format(project=empty))
            assert (looks(page), _violations(page)) == (FINE, []), place.name


@in_browser
@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
def test_what_opens_can_be_read_too(windows: Windows, season: str, ada: Person, *, dark: bool):
    page = windows.open(season, ada, dark=dark)
    page.locator("tr.line summary").first.click()
    assert (looks(page), _violations(page)) == (FINE, [])
    page.locator("tr.box a").first.click()
    page.locator(".play summary").first.click()
    page.locator(".as-table summary").click()
    assert (looks(page), _violations(page)) == (FINE, [])
    page.goto("/api-keys")
    page.get_by_role("textbox", name="Name").fill("A laptop with a rather long name, in the office")
    page.get_by_role("button", name="Make the key").click()
    assert (looks(page), _violations(page)) == (FINE, [])
    page.get_by_role("button", name="Sign out").click()
    for place in ("/sign-in", "/sign-in/link", "/invitations/link"):
        page.goto(place)
        assert (looks(page), _violations(page)) == (FINE, []), place


@in_browser
def test_what_has_the_focus_has_a_ring(windows: Windows, repo: Repo, ada: Person):
    repo.push(make_commit())
    page = windows.open(f"/projects/{ada.project_id}/standings", ada)
    focused = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        focused.add(page.evaluate("document.activeElement.tagName"))
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert looks(page)["faint"] == []
    assert focused >= {"A", "BUTTON", "DIV", "INPUT", "SUMMARY"}


def _violations(page: Page) -> list[str]:
    """What axe finds: the rule, and where."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]
