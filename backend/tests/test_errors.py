"""One shape for every error of the API, whatever went wrong where; and its words as a page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import servers
from fastapi import APIRouter
from generated_docs import every_kind_of
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.errors import LeagueError, Unavailable
from gitleague.core.settings import Settings
from httpx import Client, Response
from make import Person
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

SHAPE = {"type", "title", "status", "detail", "errors", "request_id"}
KINDS = every_kind_of(LeagueError)


def test_what_a_statement_was_given_is_not_in_its_error(database: Database) -> None:
    """Errors go into the log, and what is given can be a secret."""
    lost = text("SELECT :secret FROM nowhere")
    with database.engine.connect() as connection, pytest.raises(DBAPIError) as error:
        connection.execute(lost, {"secret": "whsec_1234"})
    assert "nowhere" in str(error.value)
    assert "whsec_1234" not in str(error.value)


def check_shape(answer: Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem.keys() == SHAPE
    assert problem["status"] == status
    assert re.fullmatch(r"urn:gitleague:[a-z-]+", problem["type"])
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert "Traceback" not in answer.text
    return problem


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/projects", 401),
        ("POST", "/health", 405),
        ("GET", "/api/v1/projects/no-id", 404),
    ],
)
def test_what_nobody_gets(http: Client, method: str, path: str, status: int) -> None:
    check_shape(http.request(method, path), status)


@pytest.mark.parametrize(
    ("path", "body", "status", "fields"),
    [
        ("/api/v1/projects", b"{", 400, []),
        ("/api/v1/projects", b"\xff", 400, []),
        ("/api/v1/projects", b"{}", 422, ["name"]),
        ("/api/v1/projects", b'{"name": "", "time_zone": 1}', 422, ["name", "time_zone"]),
        ("/api/v1/projects", b'{"name": "x", "time_zone": "Mars/Base"}', 422, ["time_zone"]),
        ("/api/v1/api-keys/", b'{"name": "x", "scopes": ["all"]}', 422, ["scopes.0"]),
    ],
)
def test_a_body_that_is_wrong(
    http: Client, ada: Person, path: str, body: bytes, status: int, fields: list[str]
) -> None:
    headers = {**ada.headers, "Content-Type": "application/json"}
    problem = check_shape(http.post(path, content=body, headers=headers), status)
    assert [error["field"] for error in problem["errors"]] == fields
    assert all(error["message"] for error in problem["errors"])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/projects", "application/json"),
        ("/api/v1/auth/magic-link", "application/json"),
        ("/sign-in", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_without_end_is_not_read_to_its_end(http: Client, path: str, kind: str) -> None:
    """A stranger could fill the memory of the server: bodies are read before all else."""
    body = (b"a=" + b"a" * 30_000 + b"&") * 3
    problem = check_shape(http.post(path, content=body, headers={"Content-Type": kind}), 413)
    assert "65,536 bytes" in problem["detail"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_route_may_take_more_and_says_so(http: Client, ada: Person) -> None:
    place = f"/api/v1/projects/{ada.project_id}/identities/mailmap"
    taken = http.post(place, json={"text": "# Nobody\n" * 50_000}, headers=ada.headers)
    assert taken.status_code == 200
    check_shape(http.post(place, content=b" " * 6_000_001, headers=ada.headers), 413)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("limit=999", "limit"),
        ("period=decade", "period"),
        ("order=x", "order"),
    ],
)
def test_a_query_that_is_wrong(http: Client, ada: Person, query: str, field: str) -> None:
    path = f"/api/v1/projects/{ada.project_id}/standings?{query}"
    problem = check_shape(http.get(path, headers=ada.headers), 422)
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "field", "sentence"),
    [
        ("standings?start=2023-02-30", "start", "This is no day. Write one as 2024-02-29."),
        ("standings?start=0000-01-01", "start", "This is no day. Write one as 2024-02-29."),
        ("standings?start=0001-01-01", "start", "must be a day from 1900-01-01"),
        ("head-to-head?by=day", "by", "Input should be 'week' or 'month'"),
        ("head-to-head", "a", "This is needed."),
    ],
)
def test_a_sentence_says_what_is_wrong(
    http: Client, ada: Person, path: str, field: str, sentence: str
) -> None:
    answer = http.get(f"/api/v1/projects/{ada.project_id}/{path}", headers=ada.headers)
    told = {error["field"]: error["message"] for error in check_shape(answer, 422)["errors"]}
    assert sentence in told[field]


def test_a_path_that_holds_no_id(http: Client, ada: Person) -> None:
    check_shape(http.get("/api/v1/projects/league/members", headers=ada.headers), 404)


@pytest.fixture
def failing(settings: Settings) -> Iterator[Client]:
    """An app with a route for every error, and one that has a defect."""
    app = create_app(settings)
    router = APIRouter()

    @router.get("/api/fail/{name}")
    @router.get("/fail/{name}")
    def fail(name: str) -> None:
        if name == "Defect":
            raise ZeroDivisionError("secret detail")
        kinds = {kind.__name__: kind for kind in KINDS}
        raise kinds[name]

    app.include_router(router)
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        with servers.serving(app, opened), Client(base_url=url) as http:
            yield http


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_error_in_its_shape(failing: Client) -> None:
    for kind in KINDS:
        answer = failing.get(f"/api/fail/{kind.__name__}")
        problem = check_shape(answer, kind.status)
        assert (problem["title"], problem["detail"]) == (kind.title, kind.__doc__)
        assert kind is not Unavailable or int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_defect_tells_nothing_of_itself(failing: Client) -> None:
    problem = check_shape(failing.get("/api/fail/Defect?token=secret"), 500)
    assert "secret" not in str(problem)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_defect_is_kept_for_the_operator_without_what_it_carried(
    failing: Client, olga: Person
) -> None:
    problem = failing.get("/api/fail/Defect?token=secret").json()
    failing.get("/api/fail/NotFound")
    shown = failing.get("/operator/errors", headers=olga.headers).text
    assert "1 error<" in shown
    for word in ("GET /api/fail/{name}", "builtins.ZeroDivisionError", problem["request_id"]):
        assert word in shown
    assert "secret" not in shown


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_browser_gets_the_same_words_as_a_page(failing: Client) -> None:
    for name in ("Gone", "NotFound", "Unavailable", "Defect"):
        answer = failing.get(f"/fail/{name}", headers={"Accept": "text/html"})
        assert answer.headers["Content-Type"].startswith("text/html")
        (problem,) = [kind for kind in KINDS if kind.__name__ == name] or [None]
        assert answer.status_code == (problem.status if problem else 500)
        assert "secret" not in answer.text
        if problem and problem.__doc__:
            assert problem.__doc__.split(".")[0] in answer.text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-123.X_y", True), ("", False), ("a" * 65, False), ("a b", False), ('"><script>', False)],
)
def test_a_request_id_is_taken_if_it_is_harmless(http: Client, sent: str, *, kept: bool) -> None:
    answer = http.get("/health", headers={"X-Request-ID": sent})
    assert (answer.headers["X-Request-ID"] == sent) == kept
    assert answer.headers["X-Request-ID"]


def test_answers_are_hard_to_abuse(http: Client) -> None:
    headers = http.get("/sign-in").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "server" not in headers
