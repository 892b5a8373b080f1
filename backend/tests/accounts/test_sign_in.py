"""Signing in over the API: a link by mail, good once, for 15 minutes; then a token."""

from datetime import timedelta
from threading import current_thread
from uuid import UUID

import jwt
import pytest
from awaited import until
from gitleague.accounts.caller import COOKIE
from gitleague.accounts.sign_in import make_link, open_api_session, open_browser_session
from gitleague.accounts.tokens import Claims, issue_jwt
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import Scope, SignInLink, User
from gitleague.tables.audit import AuditEntry
from httpx import Client, Response
from letters import printed_link
from make import Person, make_key
from sqlalchemy import Engine, delete, event, select, update

ASK = "/api/v1/auth/magic-link"


@pytest.fixture
def token(database: Database, settings: Settings, ada: Person) -> str:
    with database.writing() as session:
        return make_link(session, settings, ada.user_id).rsplit("/", 1)[-1]


def verify(http: Client, token: str) -> Response:
    return http.post("/api/v1/auth/verify", json={"token": token})


def test_it_works(http: Client, token: str, ada: Person) -> None:
    answer = verify(http, token)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 120 * 60)
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    (mine,) = http.get("/api/v1/projects", headers=headers).json()["items"]
    assert mine["id"] == str(ada.project_id)


@pytest.mark.on_both
def test_a_link_works_once(http: Client, token: str) -> None:
    assert verify(http, token).status_code == 200
    assert verify(http, token).status_code == 410


def test_a_link_runs_out(http: Client, token: str, database: Database) -> None:
    with database.writing() as session:
        late = now() - timedelta(seconds=1)
        session.execute(update(SignInLink).values(expires_at=late))
    assert verify(http, token).status_code == 410


@pytest.mark.parametrize("token", ["", "guess", "x" * 200])
def test_a_link_that_nobody_made(http: Client, token: str) -> None:
    assert verify(http, token).status_code == 410


def test_the_answer_does_not_tell_who_has_an_account(http: Client, ada: Person) -> None:
    known = http.post(ASK, json={"email": ada.email.upper()})
    unknown = http.post(ASK, json={"email": "nobody@example.org"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert known.status_code == 202


def test_who_is_known_is_looked_up_beside_the_request(
    http: Client, ada: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    """Else the time of the answer would tell: it takes longer to make a link than to make none."""
    threads = set()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "users" in statement or "sign_in_links" in statement:
            threads.add(current_thread().name.partition("_")[0])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for email in ("nobody@example.org", ada.email):
            assert http.post(ASK, json={"email": email}).status_code == 202
        printed_link(capfd)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert threads == {"outbox"}


@pytest.mark.on_both
def test_only_the_newest_link_works(
    http: Client, database: Database, settings: Settings, ada: Person
) -> None:
    with database.writing() as session:
        older = make_link(session, settings, ada.user_id)
        newer = make_link(session, settings, ada.user_id)
    assert verify(http, older.rsplit("/", 1)[-1]).status_code == 410
    assert verify(http, newer.rsplit("/", 1)[-1]).status_code == 200


def test_without_smtp_the_link_is_printed(
    http: Client, ada: Person, capfd: pytest.CaptureFixture[str], live_server: str
) -> None:
    http.post(ASK, json={"email": ada.email}, headers={"Host": "evil.example.org"})
    printed = ""

    def is_printed() -> bool:  # after the answer went out
        nonlocal printed
        printed += capfd.readouterr().out
        return "It works once" in printed

    until(is_printed)
    assert f"{live_server}/sign-in/" in printed
    assert "evil" not in printed
    token = printed.partition("/sign-in/")[2].split()[0]
    assert verify(http, token).status_code == 200


def test_a_token_of_another_server_opens_nothing(
    http: Client, settings: Settings, ada: Person
) -> None:
    elsewhere = Settings(_env_file=None, data_dir=settings.data_dir / "elsewhere")
    own = jwt.decode(ada.jwt, options={"verify_signature": False})
    of = Claims(ada.user_id, UUID(own["sid"]))
    forged = issue_jwt(elsewhere, of).token
    unsigned = jwt.encode(own, "", algorithm="none")
    for token in (forged, unsigned):
        answer = http.get("/api/v1/projects", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_a_token_runs_out(http: Client, settings: Settings, ada: Person) -> None:
    claims = jwt.decode(ada.jwt, options={"verify_signature": False})
    times = {"iat": now() - timedelta(hours=3), "exp": now() - timedelta(seconds=1)}
    old = jwt.encode(claims | times, settings.signing_key, algorithm="HS256")
    answer = http.get("/api/v1/projects", headers={"Authorization": f"Bearer {old}"})
    assert (answer.status_code, "run out" in answer.json()["detail"]) == (401, True)


def opens(http: Client, headers: dict[str, str]) -> bool:
    return http.get("/api/v1/projects", headers=headers).is_success


@pytest.mark.on_both
def test_signing_out_ends_a_token_at_once(
    http: Client, ada: Person, grace: Person, database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        other = open_api_session(session, settings, ada.user_id).token
    elsewhere = {"Authorization": f"Bearer {other}"}
    assert http.post("/api/v1/auth/sign-out", headers=ada.headers).status_code == 204
    assert [opens(http, each) for each in (ada.headers, elsewhere, grace.headers)] == [
        *(False, True, True),
    ]
    again = http.get("/api/v1/projects", headers=ada.headers)
    assert (again.status_code, "signed out" in again.json()["detail"]) == (401, True)


@pytest.mark.on_both
def test_signing_out_everywhere_ends_all_that_is_theirs(
    http: Client, ada: Person, grace: Person, database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        cookie = open_browser_session(session, settings, ada.user_id)
        waiting = make_link(session, settings, ada.user_id).rsplit("/", 1)[-1]
    browser = {"Cookie": f"{COOKIE}={cookie}"}
    key = {"Authorization": f"Bearer {make_key(http, ada, Scope.READ_REPOS)}"}
    assert [opens(http, each) for each in (ada.headers, browser, key)] == [True] * 3
    assert http.post("/api/v1/auth/sign-out-everywhere", headers=ada.headers).status_code == 204
    assert [opens(http, each) for each in (ada.headers, browser)] == [False] * 2
    assert verify(http, waiting).status_code == 410
    assert [opens(http, each) for each in (key, grace.headers)] == [True] * 2


def test_signing_in_and_out_is_logged(
    http: Client, token: str, ada: Person, database: Database
) -> None:
    headers = {"Authorization": f"Bearer {verify(http, token).json()['access_token']}"}
    http.post("/api/v1/auth/sign-out", headers=headers)
    http.post("/api/v1/auth/sign-out-everywhere", headers=ada.headers)
    with database.reading() as session:
        logged = session.execute(
            select(AuditEntry.action, AuditEntry.details)
            .where(AuditEntry.user_id == ada.user_id, AuditEntry.project_id.is_(None))
            .order_by(AuditEntry.id)
        ).tuples()
        assert list(logged) == [
            ("account:session:opened", {}),
            ("account:session:closed", {}),
            ("account:sessions:closed", {"sessions": 1}),
        ]


def test_an_account_that_is_gone(http: Client, mallory: Person, database: Database) -> None:
    with database.writing() as session:
        session.execute(delete(User).where(User.id == mallory.user_id))
    assert http.get("/api/v1/projects", headers=mallory.headers).status_code == 401
