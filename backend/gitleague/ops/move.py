"""All leagues go from one database to another, of the same kind or not."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, func, insert, select, text
from sqlalchemy import Table as SqlTable

from gitleague.core import migrations
from gitleague.core.db import Database
from gitleague.core.errors import BackupError
from gitleague.ops.contents import STREAM, Content, contents_of, differences
from gitleague.tables import Table


class Moved(NamedTuple):
    tables: dict[str, Content]

    @property
    def rows(self) -> int:
        return sum(content.rows for content in self.tables.values())


def move_database(source: Database, target: Database) -> Moved:
    """What the source has is left as it is. The target gets all of it or nothing."""
    if target.url == source.url:
        raise BackupError("That is the database that the leagues are in already.")
    migrations.check(source)
    migrations.upgrade(target)
    with source.reading() as reading, target.migrating() as writing:
        here = reading.connection()
        if any(content.rows for content in contents_of(writing).values()):
            raise BackupError("The target is not empty. Name a new database.")
        for table in Table.metadata.sorted_tables:
            _copy(table, here, writing)
            _continue_numbers(table, writing)
        expected, arrived = contents_of(here), contents_of(writing)
        wrong = differences(expected, arrived)
        if wrong:
            raise BackupError(f"Not everything arrived, so nothing was moved. {wrong[0]}")
    return Moved(arrived)


def _copy(table: SqlTable, source: Connection, target: Connection) -> None:
    with source.execute(select(table), execution_options={"yield_per": STREAM}) as rows:
        for some in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in some])


def _continue_numbers(table: SqlTable, target: Connection) -> None:
    """PostgreSQL counts on from where it was told to, and not from the rows that are there."""
    if target.dialect.name == "sqlite":
        return
    for column in table.primary_key:
        if column.autoincrement is True and isinstance(column.type, (BigInteger, Integer)):
            newest = target.scalar(select(func.max(column)))
            if newest is not None:
                target.execute(
                    text("SELECT setval(pg_get_serial_sequence(:table, :column), :newest)"),
                    {"table": table.name, "column": column.name, "newest": newest},
                )
