"""What several do at the same moment: one is first, and nobody is told of an error of ours."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from awaited import until
from gitleague.accounts.caller import Caller, Membership
from gitleague.accounts.sign_in import ensure_account
from gitleague.core.away import is_clash
from gitleague.core.db import Database
from gitleague.projects.leagues import lock_project
from gitleague.projects.members import accept_invitation, change_member, get_member, invite
from gitleague.scoring import boxscores
from gitleague.tables.accounts import Scope
from gitleague.tables.projects import Role
from httpx import Client, Response
from make import Person, make_commit, make_key
from pushes import make_pushes
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

pytestmark = pytest.mark.on_both
TIMES = 6
LEAGUES, KEYS = "/api/v1/projects", "/api/v1/api-keys/"


def at_once(call: Callable[[], Response]) -> list[Response]:
    start = threading.Barrier(TIMES)

    def begin(_number: int) -> Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(TIMES) as threads:
        return list(threads.map(begin, range(TIMES)))


def statuses(answers: list[Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_leagues_of_one_name(http: Client, ada: Person) -> None:
    body = {"name": "The same"}
    made = at_once(lambda: http.post(LEAGUES, json=body, headers=ada.headers))
    assert statuses(made) == {201: TIMES}
    assert len({answer.json()["slug"] for answer in made}) == TIMES


def test_somebody_who_asks_to_join_in_several_windows(
    http: Client, ada: Person, mallory: Person
) -> None:
    place = f"{LEAGUES}/{ada.project_id}/join"
    asked = at_once(lambda: http.post(place, headers=mallory.headers))
    assert statuses(asked) == {202: TIMES}
    log = http.get(f"{LEAGUES}/{ada.project_id}/audit-log", headers=ada.headers).json()
    assert [each["action"] for each in log["items"]].count("project:member:asked") == 1


def test_a_key_is_rotated_once(http: Client, ada: Person) -> None:
    make_key(http, ada, Scope.READ_REPOS)
    (key,) = http.get(KEYS, headers=ada.headers).json()["items"]
    place = f"{KEYS}{key['id']}/rotate"
    rotated = at_once(lambda: http.post(place, headers=ada.headers))
    assert statuses(rotated) == {201: 1, 409: TIMES - 1}
    keys = http.get(KEYS, headers=ada.headers).json()["items"]
    assert [each["status"] for each in keys].count("active") == 1


def test_a_member_who_is_made_more_while_they_accept_less_stays_more(
    database: Database, ada: Person, grace: Person, queries: list[str]
) -> None:
    """Who accepts looks at the role only when whoever changes it is done."""
    by, invited = membership(ada, Role.COMMISSIONER), membership(grace, Role.PLAYER)
    with database.writing() as session:
        _, token = invite(session, grace.email, role=Role.PLAYER, by=by)

    def accept() -> None:
        with database.writing() as session:
            accept_invitation(session, token, caller=invited.caller)

    def waits() -> bool:
        first = "BEGIN IMMEDIATE" if database.is_sqlite else "members.role"
        return any(first in each for each in queries)

    with ThreadPoolExecutor(1) as beside:
        with database.writing() as session:
            change_member(session, grace.user_id, by=by, role=Role.COMMISSIONER)
            queries.clear()
            accepted = beside.submit(accept)
            until(waits)
        accepted.result()
    with database.reading() as session:
        assert get_member(session, grace.project_id, grace.user_id).role == "commissioner"


def membership(person: Person, role: Role) -> Membership:
    caller = Caller(
        user_id=person.user_id, email=person.email, name=person.email, address="127.0.0.1"
    )
    return Membership(caller, person.project_id, role)


def test_an_account_that_two_need_at_once_is_one(database: Database) -> None:
    def make(_number: int) -> uuid.UUID:
        start.wait()
        with database.writing() as session:
            return ensure_account(session, "new@example.org").user_id

    start = threading.Barrier(TIMES)
    with ThreadPoolExecutor(TIMES) as threads:
        assert len(set(threads.map(make, range(TIMES)))) == 1


@pytest.mark.parametrize(
    ("cause", "clashes"),
    [
        (psycopg.errors.UniqueViolation("duplicate key"), True),
        (psycopg.errors.ForeignKeyViolation("is not present"), True),
        (psycopg.errors.NotNullViolation("null value"), False),
        (psycopg.errors.CheckViolation("violates"), False),
    ],
)
def test_what_is_a_clash_and_what_a_defect(cause: psycopg.Error, *, clashes: bool) -> None:
    assert is_clash(IntegrityError("INSERT", {}, cause)) is clashes


def test_a_row_that_is_there_already_is_a_clash_on_both(
    database: Database, project_id: uuid.UUID
) -> None:
    again = text("INSERT INTO projects SELECT * FROM projects")
    without = text("UPDATE projects SET name = NULL")
    with database.engine.connect() as connection, pytest.raises(IntegrityError) as error:
        connection.execute(again)
    assert is_clash(error.value)
    with database.engine.connect() as connection, pytest.raises(IntegrityError) as error:
        connection.execute(without)
    assert not is_clash(error.value)


def test_box_scores_are_not_written_without_the_lock_of_the_league(
    database: Database, project_id: uuid.UUID
) -> None:
    with database.writing() as session:
        with pytest.raises(RuntimeError, match="lock_project"):
            boxscores.add(session, project_id, ["a" * 40])
        lock_project(session, project_id)
        boxscores.add(session, project_id, ["a" * 40])


def test_they_are_built_anew_under_it(database: Database, queries: list[str]) -> None:
    pushes = make_pushes(database)
    pushes.push(make_commit())
    queries.clear()
    with database.writing() as session:
        boxscores.recompute(session, pushes.project_id)
    taken = next(number for number, each in enumerate(queries) if each.startswith("DELETE"))
    assert any("FROM projects" in each for each in queries[:taken])
    assert database.is_sqlite or any("FOR NO KEY UPDATE" in each for each in queries[:taken])


def test_a_repository_that_a_push_fills_at_this_moment_stays(
    http: Client, ada: Person, repo_id: uuid.UUID, queries: list[str], database: Database
) -> None:
    """The push has the lock; whoever removes looks only when it is done."""
    queries.clear()
    place = f"{LEAGUES}/{ada.project_id}/repos/{repo_id}"
    assert http.delete(place, headers=ada.headers).status_code == 204
    (gone,) = [number for number, each in enumerate(queries) if "DELETE FROM repos" in each]
    looked = max(n for n, each in enumerate(queries[:gone]) if "FROM repos" in each)
    locked = [n for n, each in enumerate(queries[:gone]) if "FOR NO KEY UPDATE" in each]
    assert database.is_sqlite or min(locked) < looked
