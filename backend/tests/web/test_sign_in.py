"""Signing in on the pages: a link by mail, a button, a cookie; and who sees what without."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
import servers
from gitleague.accounts.caller import COOKIE
from gitleague.accounts.sign_in import make_link, open_browser_session
from gitleague.app import create_app
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import BrowserSession, SignInLink
from gitleague.tables.projects import MemberStatus, Role
from httpx import Client, Response
from letters import printed_link
from make import Person, make_person
from playwright.sync_api import expect
from sqlalchemy import update
from windows import Windows, in_browser

HTML = {"Accept": "text/html"}
OURS = HTML | {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site"},
    {},
)


@pytest.fixture
def link(database: Database, settings: Settings, ada: Person) -> str:
    """The path of a sign-in link of ada's."""
    with database.writing() as session:
        return make_link(session, settings, ada.user_id).removeprefix(settings.public_url)


@pytest.fixture
def cookie(database: Database, settings: Settings, ada: Person) -> dict[str, str]:
    """The header of a browser that ada is signed in with."""
    with database.writing() as session:
        token = open_browser_session(session, settings, ada.user_id)
    return {"Cookie": f"{COOKIE}={token}"}


@in_browser
def test_it_works(windows: Windows, http: Client, ada: Person, capsys: pytest.CaptureFixture[str]):
    page = windows.open("/")
    page.get_by_label("Your e-mail address").fill(ada.email.upper())
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    address = printed_link(capsys)
    page.goto(address)
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(f"/projects/{ada.project_id}$"))
    (kept,) = page.context.cookies()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    assert page.context.cookies() == []
    header = {"Cookie": f"{COOKIE}={kept['value']}"}
    assert http.get("/api-keys", headers=HTML | header).status_code == 401


@in_browser
def test_the_invited_sign_in_by_mail_and_accept_with_a_button(
    windows: Windows, http: Client, ada: Person, capsys: pytest.CaptureFixture[str]
):
    made = http.post(
        f"/api/v1/projects/{ada.project_id}/invitations",
        json={"email": "hedy@example.org", "role": "player"},
        headers=ada.headers,
    )
    page = windows.open(made.json()["link"])
    page.reload()
    capsys.readouterr()  # the mail with the invitation
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    expect(page.locator("main")).not_to_contain_text("hedy")  # the holder of a link is not told
    page.goto(printed_link(capsys))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("hedy@example.org")
    page.get_by_role("button", name="Accept the invitation").click()
    expect(page).to_have_url(re.compile(f"/projects/{ada.project_id}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("The League")
    again = http.post(f"{page_path(made.json()['link'])}/sign-in", headers=OURS)
    assert again.status_code == 410


def page_path(address: str) -> str:
    return "/" + address.split("/", 3)[-1]


@pytest.mark.on_both
def test_opening_a_link_does_not_use_it_up(http: Client, link: str):
    for _ in range(2):
        answer = http.get(link, headers=HTML)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert f'<form method="post" action="{link}"' in answer.text
    answer = http.post(link, headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert http.get("/api-keys", headers=HTML).status_code == 200


def test_a_link_works_once(http: Client, link: str):
    assert http.post(link, headers=OURS).status_code == 303
    http.cookies.clear()
    answer = http.post(link, headers=OURS)
    assert_page(answer, 410, "used already or has expired")
    assert "Set-Cookie" not in answer.headers


def test_a_link_runs_out(http: Client, link: str, database: Database):
    with database.writing() as session:
        session.execute(update(SignInLink).values(expires_at=now() - timedelta(seconds=1)))
    assert_page(http.post(link, headers=OURS), 410, "used already or has expired")


def test_the_answer_does_not_tell_who_has_an_account(http: Client, ada: Person):
    def ask(email: str) -> str:
        answer = http.post("/sign-in", data={"email": email}, headers=OURS)
        assert answer.status_code == 200
        return answer.text.replace(email, "…")

    assert ask(ada.email) == ask("nobody@example.org")


def test_what_is_no_address_is_said(http: Client):
    answer = http.post("/sign-in", data={"email": "<b>ada"}, headers=OURS)
    assert_page(answer, 422, "<bdi>email</bdi>")
    assert "<b>ada" not in answer.text


def test_the_cookie_is_for_us_and_for_no_script(http: Client, link: str):
    (made,) = http.post(link, headers=OURS).headers.get_list("Set-Cookie")
    assert made.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(made.split("; "))
    assert "Secure" not in made


@pytest.fixture
def secure(settings: Settings) -> Iterator[Client]:
    """The app as it is behind HTTPS."""
    behind = settings.model_copy(update={"public_url": "https://league.example"})
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        with servers.serving(create_app(behind), opened), Client(base_url=url) as client:
            yield client


def test_behind_https_the_cookie_travels_by_https_only(secure: Client, link: str):
    (made,) = secure.post(link, headers=OURS).headers.get_list("Set-Cookie")
    assert "Secure" in made.split("; ")


def test_links_are_built_from_the_public_url(
    secure: Client, ada: Person, capsys: pytest.CaptureFixture[str]
):
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    secure.post("/sign-in", data={"email": ada.email}, headers=OURS | forged)
    address = printed_link(capsys)
    assert address.startswith("https://league.example/sign-in/")


def test_another_site_cannot_use_the_forms(
    http: Client, link: str, cookie: dict[str, str], ada: Person
):
    for elsewhere in ELSEWHERE:
        headers = HTML | elsewhere
        assert_page(http.post(link, headers=headers), 403, "sent from another site")
        asked = http.post("/sign-in", data={"email": ada.email}, headers=headers)
        assert asked.status_code == 403
        key = {"name": "stolen", "scopes": "read:repos"}
        made = http.post("/api-keys", data=key, headers=headers | cookie)
        assert made.status_code == 403
        assert http.post("/sign-out", headers=headers | cookie).status_code == 403
    page = http.get("/api-keys", headers=HTML | cookie)
    assert page.status_code == 200
    assert "stolen" not in page.text
    assert http.post(link, headers=OURS).status_code == 303


def test_a_browser_that_does_not_tell_the_site_is_known_by_its_origin(http: Client, link: str):
    ours = HTML | {"Origin": str(http.base_url).rstrip("/")}
    assert http.post(link, headers=ours).status_code == 303


@pytest.mark.parametrize("place", ["/projects/{id}", "/players/{id}", "/api-keys"])
def test_nobody_is_asked_to_sign_in(http: Client, ada: Person, place: str):
    answer = http.get(place.format(id=ada.project_id), headers=HTML)
    assert_page(answer, 401, "Your e-mail address")
    assert "The League" not in answer.text.replace("The Git League", "")


def test_a_session_ends(http: Client, cookie: dict[str, str], database: Database):
    assert http.get("/api-keys", headers=HTML | cookie).status_code == 200
    with database.writing() as session:
        session.execute(update(BrowserSession).values(expires_at=now() - timedelta(seconds=1)))
    assert_page(http.get("/api-keys", headers=HTML | cookie), 401, "Your e-mail address")


def test_who_is_not_let_in_yet_waits(
    http: Client, database: Database, settings: Settings, project_id: uuid.UUID
):
    hedy = make_person(
        database, settings, "Hedy", project_id, Role.SPECTATOR, status=MemberStatus.PENDING
    )
    answer = http.get(f"/projects/{project_id}", headers=hedy.headers | HTML)
    assert_page(answer, 403, "Waiting room")
    assert "The League" not in answer.text.replace("The Git League", "")
    assert "Waiting for a commissioner" in http.get("/", headers=hedy.headers | HTML).text


def test_a_stranger_does_not_learn_that_a_league_is_there(
    http: Client, project_id: uuid.UUID, mallory: Person
):
    answer = http.get(f"/projects/{project_id}", headers=mallory.headers | HTML)
    assert_page(answer, 404, "not a member of it")
    nowhere = http.get(f"/projects/{uuid.uuid4()}", headers=mallory.headers | HTML)
    assert without_ids(nowhere.text) == without_ids(answer.text)


def assert_page(answer: Response, status: int, words: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert words in answer.text


def without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f-]{32,36}", "…", text)
