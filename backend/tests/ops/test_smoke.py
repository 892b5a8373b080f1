"""`gitleague smoke URL`: the endpoints of the checklist, of a server that runs."""

import json

from gitleague.core.db import Database
from gitleague.ops.checks import Finding, Mark, failed
from gitleague.ops.smoke import Smoke
from httpx import Client
from make import Person, make_repo
from operators import Operator


def look(url: str, token: str) -> dict[str, Finding]:
    return {finding.name: finding for finding in Smoke(url, token).findings()}


def test_all_endpoints_answer_and_the_key_is_revoked(
    http: Client, live_server: str, database: Database, ada: Person
) -> None:
    with database.writing() as session:
        make_repo(session, ada.project_id)
    found = look(live_server, ada.jwt)
    assert not failed(found.values()), found
    assert {"health", "api", "doors", "make a key", "sync status", "push"} <= set(found)
    keys = http.get("/api/v1/api-keys/", headers=ada.headers).json()["items"]
    assert [key for key in keys if key["revoked_at"] is None] == []


def test_a_league_without_a_pushed_repository_is_not_measured(
    live_server: str, ada: Person
) -> None:
    assert look(live_server, ada.jwt)["sync"].mark is Mark.NOT_MEASURED


def test_a_server_that_is_not_there_and_a_token_that_is_wrong(live_server: str) -> None:
    assert look("http://127.0.0.1:1", "x")["health"].mark is Mark.FAIL
    assert look(live_server, "wrong")["make a key"].mark is Mark.FAIL
    assert "GITLEAGUE_SMOKE_TOKEN" in look(live_server, "")["token"].remedy


def test_the_command_says_it_to_people_and_to_programs(live_server: str, ada: Person) -> None:
    operator = Operator({"GITLEAGUE_SMOKE_TOKEN": ada.jwt})
    done = operator.run_here("smoke", live_server, "--json")
    assert done.code == 0, done.err
    assert {each["mark"] for each in json.loads(done.out)} <= {"pass", "not measured"}
    assert ada.jwt not in done.out + done.err
