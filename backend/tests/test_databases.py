"""A test finds the database as the migrations left it, whatever the ones before it did."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from databases import Databases
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.tables import Table
from gitleague.tables.outside import Happening
from gitleague.tables.server import Heartbeat
from one_of_each import counts, fill
from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.exc import OperationalError


@pytest.fixture
def next_test(request: pytest.FixtureRequest, databases: Databases, database: Database):
    """What it begins with."""

    def begin() -> None:
        if database.is_sqlite:
            databases.sqlite(request.getfixturevalue("sqlite_template"))
        else:
            databases.postgresql(request.getfixturevalue("postgresql"))

    return begin


def rows_of(database: Database) -> dict[str, int]:
    with database.engine.connect() as connection:
        return counts(connection)


def test_no_row_is_left(database: Database, next_test: Callable[[], None]) -> None:
    before = rows_of(database)
    with database.writing() as session:
        fill(session.connection())
    assert all(rows_of(database)[table.name] for table in Table.metadata.sorted_tables)
    next_test()
    assert rows_of(database) == before


def test_numbers_begin_again(database: Database, next_test: Callable[[], None]) -> None:
    ids = []
    for _ in range(2):
        with database.writing() as session:
            fill(session.connection())
            ids.append(session.scalar(select(func.min(Happening.id))))
        next_test()
    assert ids == [1, 1]


def test_what_the_migrations_put_there_is_put_back(
    database: Database, next_test: Callable[[], None]
) -> None:
    with database.writing() as session:
        version = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    next_test()
    with database.reading() as session:
        assert session.scalars(text("SELECT version_num FROM alembic_version")).all() == [version]


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (id INTEGER)",
        "ALTER TABLE projects ADD COLUMN more INTEGER",
        "ALTER TABLE jobs RENAME COLUMN error TO fault",
        "DROP TABLE heartbeats",
        "CREATE INDEX more ON projects (created_at)",
    ],
)
def test_the_schema_is_put_back(
    database: Database, next_test: Callable[[], None], change: str
) -> None:
    def shape() -> dict[str, list[str | None]]:
        with database.engine.connect() as connection:
            seen = inspect(connection)
            return {
                name: [each["name"] for each in (*seen.get_columns(name), *seen.get_indexes(name))]
                for name in seen.get_table_names()
            }

    before = shape()
    with database.migrating() as connection:
        connection.execute(text(change))
    assert shape() != before
    next_test()
    assert shape() == before


def test_a_transaction_that_a_test_left_open_comes_to_nothing(
    database: Database, next_test: Callable[[], None]
) -> None:
    before = rows_of(database)
    with database.engine.connect() as left, suppress(OperationalError):
        left.execute(insert(Heartbeat).values(name="left", seen_at=now()))
        next_test()
        assert rows_of(database) == before
        left.commit()
    assert rows_of(database) == before
