"""`gitleague db move`: all leagues go to another kind of database."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from gitleague.core.db import Database
from gitleague.core.errors import BackupError
from gitleague.ops.contents import contents_of
from gitleague.ops.move import move_database
from make import make_user
from one_of_each import fill
from operators import Operator
from servers import postgresql_database
from sqlalchemy import text


@pytest.fixture
def other_url(database: Database, postgresql: str, tmp_path: Path) -> Iterator[str]:
    """Of an empty database of the other kind."""
    if not database.is_sqlite:
        yield f"sqlite:///{tmp_path / 'other.db'}"
        return
    with postgresql_database(postgresql, "other") as url:
        yield url


@pytest.mark.on_both
def test_it_works(database: Database, other_url: str) -> None:
    """There and, with what was added, back again."""
    with database.engine.begin() as connection:
        fill(connection)
    other = Database(other_url, pool_size=2)
    moved = move_database(database, other)
    with database.engine.connect() as here, other.engine.connect() as there:
        assert contents_of(there) == contents_of(here) == moved.tables
        assert all(content.rows for content in moved.tables.values())
    with other.writing() as session:  # numbers that the database gives go on
        columns = "project_id, event, data, created_at"
        session.execute(
            text(f"INSERT INTO happenings ({columns}) SELECT {columns} FROM happenings LIMIT 1")
        )
        assert session.scalar(text("SELECT count(DISTINCT id) FROM happenings")) == 2
    other.close()


@pytest.mark.on_both
def test_a_target_that_holds_something_is_refused(database: Database, other_url: str) -> None:
    with database.writing() as session:
        make_user(session, "ada@example.org")
    other = Database(other_url, pool_size=2)
    move_database(database, other)
    with pytest.raises(BackupError, match="not empty"):
        move_database(database, other)
    with pytest.raises(BackupError, match="already"):
        move_database(database, database)
    other.close()


def test_the_command(tmp_path: Path, postgresql: str) -> None:
    operator = Operator({"GITLEAGUE_DATA_DIR": str(tmp_path / "league")})
    operator.run_here("bootstrap", "--email", "ada@example.org", "--project", "League")
    with postgresql_database(postgresql, "grown") as url:
        done = operator.run_here("db", "move", url, "--json")
        assert done.code == 0, done.err
        assert json.loads(done.out)["tables"]["users"]["rows"] == 1
        again = operator.run_here("db", "move", url)
        assert (again.code, "not empty" in again.err) == (2, True)
    wrong = operator.run_here("db", "move", "mysql://somewhere/league")
    assert (wrong.code, "postgresql://" in wrong.err) == (2, True)
