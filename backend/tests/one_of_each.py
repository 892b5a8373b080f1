"""A database with a row in every table, each pointing at those that it cannot be without."""

import uuid
from datetime import date, datetime, timezone
from typing import Any

from gitleague.core.columns import UtcDateTime
from gitleague.tables import Table
from sqlalchemy import JSON, Column, Connection, Uuid, func, insert, inspect, select

_PLAIN: dict[type, Any] = {
    bool: False,
    bytes: b"",
    date: date(2024, 4, 1),
    int: 1,
    str: "x",
}


def fill(connection: Connection) -> None:
    """On an empty database."""
    rows: dict[str, dict[str, Any]] = {}
    for table in Table.metadata.sorted_tables:
        rows[table.name] = {column.name: _value(column, rows) for column in table.columns}
        connection.execute(insert(table).values(rows[table.name]))


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has that there is."""
    there = set(inspect(connection).get_table_names())
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in Table.metadata.sorted_tables
        if table.name in there
    }


def _value(column: Column[Any], rows: dict[str, dict[str, Any]]) -> Any:
    if column.nullable:
        return None
    for key in column.foreign_keys:
        return rows[key.column.table.name][key.column.name]
    if isinstance(column.type, JSON):
        return {}
    if isinstance(column.type, UtcDateTime):
        return datetime(2024, 4, 1, tzinfo=timezone.utc)
    return uuid.uuid4() if isinstance(column.type, Uuid) else _PLAIN[column.type.python_type]
