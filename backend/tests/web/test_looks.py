"""Every page can be read by everybody: on a phone and at a desk, in light and in dark, by a screen
reader and by the keyboard alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import iter_route_contexts
from gitleague.app import create_app
from gitleague.core.clock import now
from gitleague.core.settings import Settings
from gitleague.jobs.queue import enqueue
from gitleague.jobs.runner import Runner
from gitleague.server.defects import DefectRow, keep
from gitleague.tables.projects import Role
from make import Person, make_commit, make_member, make_project, make_user
from places import FRONT_DOOR, OPERATOR, PLACES, Place
from playwright.sync_api import Page, expect
from remote import Repo
from served import Filled
from starlette.routing import compile_path
from windows import Windows, in_browser, looks

AXE = Axe()
Rules = Mapping[str, object]  # options of axe
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FINE: dict[str, list[str]] = {"faint": [], "outside": [], "broken": []}
WITH_COLOURS: Rules = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what is right is not written down
    "preload": False,  # the policy lets no page play anything, and no rule of these reads styles
    "selectors": False,  # the HTML of a node tells enough
}
# `looks` measures the contrast of every text, which takes axe as long as all its other rules.
WCAG: Rules = {**WITH_COLOURS, "rules": {"color-contrast": {"enabled": False}}}
# A phone shows no more than a desk, where every rule looks at all of a page. What is small there,
# or is hidden and leaves something without a name, shows on it alone. Its colours are for `looks`.
ON_A_PHONE: Rules = {
    **WCAG,
    "runOnly": [
        *("target-size", "scrollable-region-focusable", "link-in-text-block"),
        *("link-name", "button-name", "label", "select-name", "input-button-name"),
        *("empty-heading", "empty-table-header", "heading-order", "page-has-heading-one"),
        *("landmark-one-main", "region", "bypass", "skip-link"),
    ],
}
DEVICES = (({"phone": True, "dark": True}, ON_A_PHONE), ({"phone": False, "dark": False}, WCAG))
VIOLATIONS = """async (options) => (await axe.run(document, options)).violations.flatMap(
    (each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 120)}`)
)"""
NO_PAGES = {"/health", "/metrics", "/static/{name}", "/projects/{project_id}/me"}
AT_A_TIME = 12
GROUPS = [PLACES[first : first + AT_A_TIME] for first in range(0, len(PLACES), AT_A_TIME)]


@pytest.mark.browser
@pytest.mark.parametrize("places", GROUPS, ids=lambda group: group[0].name)
def test_everybody_can_read_it(filled_windows: Windows, filled: Filled, places: list[Place]):
    page = filled_windows.open("/", filled.ada)
    for place in places:
        page.goto(place.path.format(**filled.league._asdict()))
        for device, rules in DEVICES:
            filled_windows.show(page, **device)
            assert (looks(page), _violations(page, rules)) == (FINE, []), (place.name, device)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for device, _ in reversed(DEVICES):  # the desk is still there
            filled_windows.show(page, **device)
            assert looks(page) == FINE, (place.name, device, "all opened")


@pytest.mark.browser
def test_so_can_whoever_is_not_signed_in_and_whoever_runs_the_server(
    filled_windows: Windows, filled: Filled
):
    database = filled.database
    with database.writing() as session:
        olga_id = make_user(session, "olga@example.org", name="Olga")
        keep(session, DefectRow("4f1c", "GET", "/players/{player_id}", "builtins.KeyError", now()))
        enqueue(session, "unheard_of", project_id=filled.league.project)
    Runner(database, {}).run_all()
    olga = Person(olga_id, "olga@example.org", filled.league.project, jwt="")
    for person, places in ((None, FRONT_DOOR), (olga, OPERATOR)):
        page = filled_windows.open("/sign-in", person)
        for place in places:
            page.goto(place.path)
            for device, rules in DEVICES:
                filled_windows.show(page, **device)
                assert (looks(page), _violations(page, rules)) == (FINE, []), (place.name, device)


def test_no_page_is_forgotten(tmp_path: Path):
    """What can be opened has a line in `places.py`, but for what leads on or is no page."""
    known = [urlsplit(place.path).path for place in PLACES + FRONT_DOOR + OPERATOR]
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    pages = {
        route.path: compile_path(route.path)[0]
        for route in iter_route_contexts(app.routes)
        if "GET" in (route.methods or ()) and not route.path.startswith("/api/")
    }
    shown = {page for path in known for page, fits in pages.items() if fits.match(path)}
    assert pages.keys() - shown == NO_PAGES


@pytest.mark.browser
def test_a_league_without_anything_is_no_error(filled_windows: Windows, filled: Filled):
    """Of somebody who is in another one too."""
    ida = filled.somebody(Role.COMMISSIONER)
    with filled.database.writing() as session:
        empty = make_project(session, "A league with a name of several words")
        make_member(session, empty, ida.user_id, role=Role.COMMISSIONER)
    page = filled_windows.open("/", ida)
    for place in PLACES:
        if place.path.startswith("/projects") and "{" not in place.path.replace("{project}", ""):
            page.goto(place.path.format(project=empty))
            assert (looks(page), _violations(page)) == (FINE, []), place.name


@pytest.mark.browser
def test_what_opens_can_be_read_too(filled_windows: Windows, filled: Filled):
    page = filled_windows.open(
        f"/projects/{filled.league.project}/standings", filled.somebody(Role.COMMISSIONER)
    )

    def check() -> None:
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert (looks(page), _violations(page, WITH_COLOURS)) == (FINE, []), scheme

    page.locator("tr.line summary").first.click()
    check()
    page.locator("tr.box a").first.click()
    page.locator(".play summary").first.click()
    page.locator(".as-table summary").click()
    check()
    page.goto("/api-keys")
    page.get_by_role("textbox", name="Name").fill("A laptop with a rather long name, in the office")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#new-title")).to_be_visible()
    check()


@in_browser
def test_what_has_the_focus_has_a_ring(windows: Windows, repo: Repo, ada: Person):
    repo.push(make_commit())
    page = windows.open(f"/projects/{ada.project_id}/standings", ada)
    to_come = {"A", "BUTTON", "DIV", "INPUT", "SUMMARY"}
    for _ in range(100):
        page.keyboard.press("Tab")
        to_come -= {page.evaluate("document.activeElement.tagName")}
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert looks(page)["faint"] == []
        if not to_come:
            return
    pytest.fail(f"the Tab key reaches none of {to_come}")


def _violations(page: Page, rules: Rules = WCAG) -> list[str]:
    """What axe finds: the rule, and where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found: list[str] = page.evaluate(VIOLATIONS, rules)
    return found
