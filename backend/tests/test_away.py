"""Only what passes by itself is answered with "come back": all else is a defect, and in the log."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import servers
from gitleague.app import create_app
from gitleague.core.away import is_away
from gitleague.core.db import Database
from gitleague.core.errors import Unavailable
from gitleague.core.settings import Settings
from gitleague.server.health import BROKEN
from httpx import Client
from make import Person
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STATES = {
    "08006 connection failure": True,
    "57P01 the server ends": True,
    "57P03 it begins": True,
    "53300 no place for one more": True,
    "55P03 a lock that was waited for too long": True,
    "40001 somebody else was first": True,
    "40P01 a deadlock": True,
    "57014 a question that took too long": True,
    "53100 the disk is full": False,
    "53200 out of memory": False,
    "42P01 no such table": False,
    "54001 a statement that is too complex": False,
    "58030 the disk cannot be read": False,
}


@pytest.mark.parametrize(("state", "away"), STATES.items())
def test_what_postgresql_says(state: str, *, away: bool) -> None:
    cause = psycopg.errors.lookup(state.partition(" ")[0])("as PostgreSQL words it")
    assert is_away(DBAPIError.instance("SELECT 1", {}, cause, psycopg.Error)) is away


def test_a_postgresql_that_is_not_there(tmp_path: Path) -> None:
    engine = create_engine(f"postgresql+psycopg://nobody@/league?host={tmp_path}")
    assert is_away(error_of(engine, "SELECT 1"))


def error_of(engine: Engine, *statements: str) -> DBAPIError:
    def run() -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    with pytest.raises(DBAPIError) as error:
        run()
    engine.dispose()
    return error.value


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "locked.db"
    holder = sqlite3.connect(path)
    holder.execute("CREATE TABLE plays (sha TEXT)")
    holder.execute("BEGIN EXCLUSIVE")
    yield create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
    holder.close()


@pytest.mark.parametrize("knows_codes", [True, False], ids=["", "as Python 3.10 has it"])
def test_what_sqlite_says(tmp_path: Path, locked: Engine, *, knows_codes: bool) -> None:
    def says(error: DBAPIError) -> bool:
        if not knows_codes:
            assert error.orig
            error.orig = type(error.orig)(*error.orig.args)
        return is_away(error)

    memory, deep = create_engine("sqlite://"), " OR ".join(["1"] * 1100)
    filled = ("PRAGMA max_page_count = 2", "CREATE TABLE a (x)", "CREATE TABLE b (x)")
    assert says(error_of(locked, "SELECT * FROM plays"))
    assert says(error_of(create_engine(f"sqlite:///{tmp_path}/no/folder.db"), "SELECT 1"))
    assert not says(error_of(memory, "SELECT * FROM nowhere"))
    assert not says(error_of(memory, f"SELECT {deep}"))
    assert not says(error_of(memory, *filled))


@pytest.mark.on_both
def test_a_lost_table_is_a_defect_with_its_line_in_the_log(
    http: Client, ada: Person, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.migrating() as connection:
        connection.execute(text("DROP TABLE digests"))
    answer = http.get(f"/api/v1/projects/{ada.project_id}/digests", headers=ada.headers)
    assert answer.status_code == 500
    told = [record for record in caplog.records if "unexpected error" in record.getMessage()]
    assert [vars(each).get("request_id") for each in told] == [answer.json()["request_id"]]
    assert http.get("/health").status_code == 200


@pytest.mark.on_both
def test_a_server_without_its_tables_is_not_well(http: Client, database: Database) -> None:
    with database.migrating() as connection:
        connection.execute(text("DROP TABLE heartbeats"))
    answer = http.get("/status")
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)


def test_a_server_whose_database_is_none_is_not_healthy(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "league.db").write_text("This is no database, but a letter.\n" * 100)
    app = create_app(
        settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/league.db"})
    )
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        with servers.serving(app, opened), Client(base_url=url) as http:
            answer = http.get("/health")
    assert (answer.status_code, answer.json()["detail"]) == (503, BROKEN)


@ONLY_SQLITE
def test_a_database_that_is_busy_says_to_come_back(database: Database) -> None:
    impatient = Database(str(database.url), wait_seconds=0)
    with database.writing() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(Unavailable), impatient.writing() as other:
            other.execute(text("SELECT 1"))
    impatient.close()
