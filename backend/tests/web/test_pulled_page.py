"""A commissioner runs a pulled repository on its page: when, with what, now."""

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncssh
import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.sync.migrate import Outcome, Wish, move, repo_methods
from gitleague.sync.pull.running import take
from gitleague.tables.projects import SyncMethod
from gitleague.tables.syncs import RepoPull
from httpx import Client, Response
from make import Person, make_project, make_repo
from pages_sent import HTML, Site, words_of
from playwright.sync_api import expect
from remotes import TOKEN, USER, Remote, git_over_https, make_origin
from sqlalchemy import select
from windows import Windows, in_browser, looks

WAIT_SECONDS = 60
FINE: dict[str, list[str]] = {"faint": [], "outside": [], "broken": []}
FORMS = {
    "": {"schedule": "0 3 * * *"},
    "/now": {},
    "/token": {"password": TOKEN},
    "/ssh-key": {"private_key": "no key"},
    "/forget": {},
}


class Pulled(NamedTuple):
    """A pulled repository, and its page."""

    site: Site
    database: Database
    project_id: uuid.UUID
    repo_id: uuid.UUID

    @property
    def place(self) -> str:
        return f"/repos/{self.repo_id}"

    def page(self) -> str:
        return self.site.get(self.place)

    def words(self) -> str:
        return words_of(self.page())

    def send(self, form: str, **fields: Any) -> Response:
        return self.site.post(f"{self.place}/pull{form}", **fields)

    def told(self) -> dict[str, Any]:
        """As the API tells it."""
        place = f"/api/v1{self.site.league}{self.place}/pull"
        answer: dict[str, Any] = self.site.http.get(place, headers=self.site.person.headers).json()
        return answer

    def migrate(self, **wish: Any) -> None:
        with self.database.writing() as session:
            (repo,) = repo_methods(session, self.project_id)
            done = move(session, repo, Wish(SyncMethod.PUSH_CLIENT, **wish))
        assert done is Outcome.DONE


def make_pulled(http: Client, database: Database, ada: Person, git_url: str) -> Pulled:
    with database.writing() as session:
        method = SyncMethod.PULL_CELERY
        repo_id = make_repo(session, ada.project_id, git_url, sync_method=method)
    return Pulled(Site(http, ada), database, ada.project_id, repo_id)


@pytest.fixture
def pulled(http: Client, database: Database, ada: Person) -> Pulled:
    """From where this server may not pull."""
    return make_pulled(http, database, ada, "https://127.0.0.1:1/site.git")


@pytest.fixture
def private_key() -> str:
    made = asyncssh.generate_private_key("ssh-ed25519")
    return made.export_private_key().decode()


def done_with(site: Site, sent: Response) -> str:
    """What the page says after a form was taken."""
    assert sent.status_code == 303, sent.text
    return words_of(site.get(sent.headers["location"].removeprefix(site.league)))


def test_it_says_how_it_is_pulled(pulled: Pulled) -> None:
    said = pulled.words()
    assert "How it is pulled" in said
    assert "Schedule 0 * * * * by the clock of UTC" in said
    assert "Branches the default branch" in said
    assert "Failures in a row 0" in said
    assert "Right now it is not being pulled" in said
    assert "Signs in with nothing" in said
    assert "Forget it" not in said


def test_it_is_pulled_at_another_time_and_from_other_branches(pulled: Pulled) -> None:
    sent = pulled.send("", schedule=" 30  3 * * 1-5 ", branches="main\r\nrelease/*\r\n\r\n")
    said = done_with(pulled.site, sent)
    assert "Saved." in said
    assert "Schedule 30 3 * * 1-5" in said
    assert "Branches main , release/*" in said
    assert "main\nrelease/*</textarea>" in pulled.page()
    said = done_with(pulled.site, pulled.send("", schedule="", branches=""))
    assert "Schedule none" in said
    assert "Branches the default branch" in said
    assert "Due next when somebody asks" in said
    assert (pulled.told()["schedule"], pulled.told()["branches"]) == (None, [])


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"schedule": "hourly"}, "schedule", "Write when to pull as cron does"),
        ({"schedule": "0 0 31 2 *"}, "schedule", "Write when to pull as cron does"),
        ({"schedule": "0 3 * * *", "branches": "b" * 256}, "branches", "at most 255 characters"),
        ({"branches": "\n".join(map(str, range(21)))}, "branches", "at most 20 items"),
    ],
    ids=["no cron", "never", "long", "many"],
)
def test_a_wrong_schedule_or_branch_comes_back(
    pulled: Pulled, wrong: dict[str, str], field: str, says: str
) -> None:
    pulled.send("", schedule="0 5 * * *", branches="main")
    answer = pulled.send("", **wrong)
    assert answer.status_code == 422
    assert says in words_of(answer.text)
    assert f'aria-describedby="f-{field}-wrong"' in answer.text
    assert wrong[field] in answer.text
    assert answer.text.count('<details class="asks under-facts" open>') == 1
    assert (pulled.told()["schedule"], pulled.told()["branches"]) == ("0 5 * * *", ["main"])


def test_a_token_and_a_key_are_kept_and_forgotten(pulled: Pulled, private_key: str) -> None:
    said = done_with(pulled.site, pulled.send("/token", username=USER, password=TOKEN))
    assert "Nobody can read it back" in said
    assert "Signs in with a token" in said
    assert pulled.told()["next_due"]  # though nobody has said when
    with_crlf = private_key.replace("\n", "\r\n")
    said = done_with(pulled.site, pulled.send("/ssh-key", private_key=with_crlf))
    assert "Signs in with an SSH key" in said
    said = done_with(pulled.site, pulled.send("/forget"))
    assert "Forgotten." in said
    assert "Signs in with nothing" in said
    with pulled.database.reading() as session:
        wanted = select(RepoPull.sealed_credential).where(RepoPull.repo_id == pulled.repo_id)
        assert session.scalars(wanted).one() is None


@pytest.mark.parametrize(
    ("form", "wrong", "field", "says"),
    [
        ("/token", {"username": USER}, "password", "This is needed."),
        ("/token", {"password": f"{TOKEN}\nhost=x"}, "password", "characters that no password has"),
        ("/token", {"password": TOKEN * 300}, "password", "at most 4096"),
        ("/token", {"username": "u" * 256, "password": TOKEN}, "username", "at most 255"),
        ("/ssh-key", {}, "private_key", "This is needed."),
        ("/ssh-key", {"private_key": f"no key {TOKEN}"}, "private_key", "no private key"),
        ("/ssh-key", {"private_key": TOKEN * 2000}, "private_key", "at most 16384"),
    ],
)
def test_a_wrong_credential_comes_back_without_its_secret(
    pulled: Pulled, form: str, wrong: dict[str, str], field: str, says: str
) -> None:
    answer = pulled.send(form, **wrong)
    assert answer.status_code == 422
    assert says in words_of(answer.text)
    assert f'aria-describedby="f-{field}-wrong"' in answer.text
    assert wrong.get("username", "") in answer.text
    assert TOKEN not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert pulled.told()["credential_kind"] is None


def test_a_key_with_a_passphrase_is_not_kept(pulled: Pulled) -> None:
    made = asyncssh.generate_private_key("ssh-ed25519")
    locked = made.export_private_key("pkcs8-pem", passphrase="open sesame").decode()
    answer = pulled.send("/ssh-key", private_key=locked)
    assert answer.status_code == 422
    assert "passphrase" in answer.text
    assert locked.splitlines()[1] not in answer.text


def test_no_answer_ever_holds_what_is_kept(pulled: Pulled, private_key: str) -> None:
    line = private_key.splitlines()[2]
    sent = [
        pulled.send("/token", username=USER, password=TOKEN),
        pulled.send("", schedule="never"),
        pulled.send("/ssh-key", private_key="no key"),
        pulled.send("/ssh-key", private_key=private_key),
        pulled.send("/now"),
    ]
    pages = [pulled.page(), pulled.site.get("/repos"), pulled.site.get("/log")]
    heads = "".join(str(each.headers) for each in sent)
    told = "".join((*(each.text for each in sent), *pages, heads, str(pulled.told())))
    assert TOKEN not in told
    assert line not in told


def test_where_it_may_not_be_pulled_from_is_said(
    http: Client, database: Database, ada: Person
) -> None:
    local = make_pulled(http, database, ada, "/srv/git/site.git")
    for form in ("/now", "/token"):
        answer = local.send(form, **FORMS[form])
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert TOKEN not in answer.text


def test_one_that_runs_is_not_pulled_twice(pulled: Pulled) -> None:
    with pulled.database.writing() as session:
        take(session, pulled.project_id, pulled.repo_id)
    assert "Right now it is being pulled" in pulled.words()
    assert '<button class="button main" type="submit" disabled>Pull it now' in pulled.page()
    answer = pulled.send("/now")
    assert answer.status_code == 409
    assert "is running. Wait for it to end." in answer.text


def test_one_that_is_pushed_shows_nothing_of_it(
    http: Client, database: Database, ada: Person
) -> None:
    with database.writing() as session:
        repo_id = make_repo(session, ada.project_id)
    pushed = Pulled(Site(http, ada), database, ada.project_id, repo_id)
    for said in ("pull-title", "credential-title", "/pull"):
        assert said not in pushed.page()
    for form in ("", "/now", "/token"):
        answer = pushed.send(form, **FORMS[form])
        assert answer.status_code == 409
        assert "is pushed by the client" in answer.text
        assert TOKEN not in answer.text


@pytest.mark.at("2026-05-13 12:00")
def test_what_is_kept_after_the_migration_can_be_forgotten(pulled: Pulled) -> None:
    pulled.send("/token", password=TOKEN)
    pulled.migrate(keep_credentials=timedelta(days=30))
    page = pulled.page()
    assert "The server keeps a token until" in words_of(page)
    assert "June 2026" in words_of(page)
    assert "How it is pulled" not in page
    assert "Forgotten." in done_with(pulled.site, pulled.send("/forget"))
    assert "credential-title" not in pulled.page()


def test_only_a_commissioner_of_the_league_may(
    pulled: Pulled, grace: Person, mallory: Person
) -> None:
    for form, fields in FORMS.items():
        place = f"{pulled.site.league}{pulled.place}/pull{form}"
        for person, status in ((grace, 403), (mallory, 404)):
            answer = pulled.site.http.post(place, data=fields, headers=person.headers | HTML)
            assert answer.status_code == status, form
            assert TOKEN not in answer.text
    assert pulled.told()["credential_kind"] is None
    with pulled.database.writing() as session:
        elsewhere = make_repo(
            *(session, make_project(session), "https://x.org/e.git"),
            sync_method=SyncMethod.PULL_CELERY,
        )
    for form, fields in FORMS.items():
        if form != "/ssh-key":  # refused for itself before
            stranger = pulled._replace(repo_id=elsewhere)
            assert stranger.send(form, **fields).status_code == 404, form


class TestWithAForge:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        """That lets pulls reach this machine, and trusts the certificate made for the test."""
        return Settings(
            _env_file=None,
            **settings.model_dump(include={"database_url", "data_dir", "public_url"}),
            outbound_networks="127.0.0.0/8,::1/128",
            pull_ca_file=tmp_path / "forge.crt",
        )

    @pytest.fixture
    def forge(self, tmp_path: Path) -> Iterator[Remote]:
        make_origin(tmp_path / "forge" / "site.git")
        with git_over_https(tmp_path / "forge", tmp_path) as remote:
            yield remote

    @in_browser
    def test_a_commissioner_brings_it_in(
        self, windows: Windows, http: Client, database: Database, ada: Person, forge: Remote
    ) -> None:
        pulled = make_pulled(http, database, ada, forge.https("site.git"))
        page = windows.open(pulled.site.league + pulled.place, ada, phone=True, dark=True)
        assert looks(page) == FINE
        page.get_by_text("Schedule and branches …").click()
        page.get_by_label("Schedule").fill("every night")
        page.get_by_label("Branches").fill("main\nm*")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Schedule")).to_have_value("every night")
        expect(page.get_by_role("alert")).to_contain_text("as cron does")
        windows.complaints.clear()  # the browser says of each refused form that it was
        assert looks(page) == FINE
        page.get_by_label("Schedule").fill("0 3 * * *")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_have_text("Saved.")
        page.get_by_text("Set an SSH key …").click()
        page.get_by_text("Set a token …").click()
        assert looks(page) == FINE
        page.get_by_label("User name").fill(USER)
        page.get_by_label("Token or password").fill(TOKEN)
        page.get_by_role("button", name="Keep the token").click()
        expect(page.get_by_role("region", name="How it is pulled")).to_contain_text("a token")
        assert TOKEN not in page.content()
        page.get_by_role("button", name="Pull it now").click()
        expect(page.get_by_role("status").first).to_contain_text("Asked for.")
        deadline = time.monotonic() + WAIT_SECONDS
        while "3 new" not in page.get_by_role("region", name="Syncs").inner_text():
            assert time.monotonic() < deadline, page.inner_text("main")
            time.sleep(0.2)
            page.get_by_role("link", name="Look again").click()
        expect(page.locator("#health-title")).to_have_text("Pulled within the last week.")
        assert looks(page) == FINE
