"""No line of the log holds a path as it was sent: it can have a token in it."""

import logging
import re
import uuid
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from awaited import until
from fastapi.routing import iter_route_contexts
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from httpx import Client
from make import Person
from sqlalchemy import text

TOKEN = "s3cr3t-Token_of-43-letters-that-nobody-reads"
OTHERS = ("http", "uvicorn.access")  # the test's own client; what `serve` turns off
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO):
        yield caplog


def written(lines: pytest.LogCaptureFixture) -> list[str]:
    """What the server wrote, with tracebacks."""
    plain = logging.Formatter("%(name)s %(message)s")
    return [plain.format(each) for each in lines.records if not each.name.startswith(OTHERS)]


def accesses(lines: pytest.LogCaptureFixture) -> list[str]:
    return [each for each in written(lines) if each.startswith("gitleague.access")]


def test_every_route_is_logged_by_its_template(
    http: Client, settings: Settings, lines: pytest.LogCaptureFixture
) -> None:
    """Whatever stands where a part of the path is free."""
    asked = 0
    for route in iter_route_contexts(create_app(settings).routes):
        filled = re.sub(r"\{[^}]+\}", TOKEN, route.path)
        for method in set(route.methods or ()) - {"HEAD"} if filled != route.path else ():
            with http.stream(method, filled):
                asked += 1
    for nowhere in (f"/{TOKEN}", f"/sign-in/{TOKEN}/more", f"/api/v1/invitations/{TOKEN}"):
        http.get(nowhere)
        asked += 1
    until(lambda: len(accesses(lines)) == asked, seconds=20)
    assert asked > 200
    assert not [line for line in written(lines) if TOKEN in line]
    told = "\n".join(accesses(lines))
    assert "GET /sign-in/{token} 200" in told
    assert "POST /invitations/{token}/sign-in" in told
    assert "GET none 404" in told


def test_ids_are_logged(http: Client, ada: Person, lines: pytest.LogCaptureFixture) -> None:
    """They open nothing, and say whose league it was."""
    path = f"/api/v1/projects/{ada.project_id}"
    http.get(path, headers=ada.headers)
    until(lambda: any(f"GET {path} 200" in line for line in accesses(lines)))


def test_a_defect_is_logged_by_its_template_too(
    http: Client, database: Database, lines: pytest.LogCaptureFixture
) -> None:
    with database.migrating() as connection:
        connection.execute(text("DROP TABLE sign_in_links"))
    ours = {"Origin": str(http.base_url).rstrip("/")}
    assert http.post(f"/sign-in/{TOKEN}", headers=ours).status_code == 500
    told = written(lines)
    assert any("unexpected error in POST /sign-in/{token}" in line for line in told)
    assert not [line for line in told if TOKEN in line]


@pytest.mark.parametrize("url", ["https://me:hunter2@h.org/o/r", "https:/hunter2@h.org/o/r"])
@pytest.mark.parametrize("safe", ["/:@", ""], ids=["as it is", "escaped"])
def test_the_password_of_a_git_url_is_not(
    http: Client, ada: Person, lines: pytest.LogCaptureFixture, url: str, safe: str
) -> None:
    repo = f"/api/v1/sync/projects/{ada.project_id}/repos/{quote(url, safe=safe)}"
    http.get(f"{repo}/status")
    until(lambda: any("/repos/{repo:path}/status" in line for line in accesses(lines)))
    assert not [line for line in written(lines) if "hunter2" in line]


def test_an_id_that_does_not_exist_is_an_id(
    http: Client, ada: Person, lines: pytest.LogCaptureFixture
) -> None:
    path = f"/api/v1/projects/{uuid.uuid4()}"
    http.get(path, headers=ada.headers)
    until(lambda: any(f"GET {path} 404" in line for line in accesses(lines)))
