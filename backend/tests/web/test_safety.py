"""Nothing that somebody wrote into a history or a name runs or breaks a page, and no other site
sends our forms.
"""

import re
import uuid
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from gitleague.accounts.caller import COOKIE
from gitleague.accounts.sign_in import open_browser_session
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.requests import SAFE_HEADERS
from gitleague.core.settings import Settings
from gitleague.tables import Table
from gitleague.tables.awards import Award
from gitleague.web.render import HERE
from httpx import Client
from make import Person
from places import PLACES
from playwright.sync_api import Browser, expect
from served import Filled, filled_league
from sqlalchemy import select, update
from windows import Windows, looks

SCRIPT = "<script>window.ran = 1</script>"
ATTACKS = (
    SCRIPT,
    '"><img src=x onerror="window.ran = 1">',
    "</title></textarea></style></script><svg/onload='window.ran = 1'>",
    "'-(window.ran=1)-' ` onfocus=window.ran=1 autofocus x=",
    "javascript:window.ran=1//&quot;&#39;\\u003cscript",
    "{{ 7 * 191 }}{% include '/etc/passwd' %}${7 * 191}#{7 * 191}",
    "\u202egnp.exe\u2066\u200f\ufeff",
    "W" * 90,
    "\\x00 %00 %s%n \r\n\t \x1b[31m",
)
TEMPLATES = sorted(HERE.glob("templates/**/*.html"))
# Every text that people, or their histories, can fill.
NAMES = {
    "players": ("name", "position"),
    "identities": ("name", "email"),
    "commits": ("message_title", "message_body"),
    "repos": ("name", "git_url", "error_message"),
    "projects": ("name",),
    "seasons": ("name",),
    "squads": ("name",),
    "fantasy_leagues": ("name",),
    "absences": ("note",),
    "reports": ("sentence",),
    "api_keys": ("name",),
    "users": ("display_name",),
}


@pytest.fixture(scope="module")
def hostile(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A league in which all that has a name has a hostile one."""
    with filled_league(tmp_path_factory.mktemp("hostile"), sqlite_template) as made:
        rename_all(made.database)
        yield made


@pytest.fixture
def windows(browser: Browser, hostile: Filled) -> Iterator[Windows]:
    opened = Windows(browser, hostile.settings.public_url, hostile.database, hostile.settings)
    yield opened
    opened.close()
    assert opened.complaints == []


def rename_all(database: Database) -> None:
    attacks = cycle(ATTACKS)
    with database.writing() as session:
        for name, columns in NAMES.items():
            table = Table.metadata.tables[name]
            key = [table.c[each.name] for each in table.primary_key]
            for row in session.execute(select(*key)).all():
                is_it = [column == value for column, value in zip(key, row, strict=True)]
                attack = next(attacks)
                session.execute(update(table).where(*is_it).values(dict.fromkeys(columns, attack)))
        for award_id, working in session.execute(select(Award.id, Award.working)).all():
            told = {**working, "title": next(attacks), "repo": next(attacks)}
            session.execute(update(Award).where(Award.id == award_id).values(working=told))


@pytest.mark.browser
def test_nothing_hostile_runs_or_breaks_a_page(windows: Windows, hostile: Filled) -> None:
    page = windows.open("/", hostile.ada, phone=True)
    page.on("dialog", lambda dialog: windows.complaints.append(dialog.message))
    for place in PLACES:
        answer = page.goto(place.path.format(**hostile.league._asdict()))
        assert answer is not None, place.name
        assert answer.status == 200, place.name
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.evaluate("window.ran") is None, place.name
        assert looks(page)["outside"] == [], place.name
        assert "1337" not in page.inner_text("main"), place.name  # 7 * 191
    page.goto(f"/projects/{hostile.league.project}/standings")
    assert SCRIPT in page.inner_text("main")


@pytest.mark.browser
def test_what_is_asked_for_is_shown_as_it_is(windows: Windows, hostile: Filled) -> None:
    page = windows.open(f"/projects/{hostile.league.project}/standings", hostile.ada)
    page.on("dialog", lambda dialog: windows.complaints.append(dialog.message))
    for attack in ATTACKS[:6]:
        page.keyboard.press("Control+k")
        page.get_by_role("dialog").get_by_role("combobox").fill(attack)
        expect(page.locator("#palette-list")).not_to_have_attribute("aria-busy", "true")
        page.keyboard.press("Escape")
        page.get_by_role("searchbox").fill(attack)
        page.get_by_role("searchbox").press("Enter")
        page.wait_for_url("**q=**")
        expect(page.get_by_role("searchbox")).to_have_value(attack)
    assert page.evaluate("window.ran") is None


@pytest.fixture
def signed_in(http: Client, database: Database, settings: Settings, ada: Person) -> Client:
    with database.writing() as session:
        http.cookies.set(COOKIE, open_browser_session(session, settings, ada.user_id))
    return http


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://sub.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_form_is_taken_from_another_site(
    signed_in: Client, settings: Settings, ada: Person, sent: dict[str, str]
) -> None:
    forms = {
        route.path
        for route in iter_route_contexts(create_app(settings).routes)
        if "POST" in (route.methods or ()) and not route.path.startswith("/api/")
    }
    assert len(forms) > 20
    for form in forms:
        path = form.replace("{project_id}", str(ada.project_id))
        path = re.sub(r"\{\w+\}", str(uuid.uuid4()), path)
        assert signed_in.post(path, headers=sent).status_code == 403, form
    assert signed_in.get("/api-keys").status_code == 200


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_no_page_holds_a_script_or_a_style(file: Path) -> None:
    """So that the policy need not allow any."""
    text = file.read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text) == []
    assert re.findall(r"\|\s*safe\b|autoescape", text) == []


def test_the_policy_allows_nothing_inline() -> None:
    policy = SAFE_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "*" not in policy
