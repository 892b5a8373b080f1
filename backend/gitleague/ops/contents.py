"""What a database holds, table by table: how many rows, and a hash that is the same on SQLite and
PostgreSQL.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, column, inspect, select, table

from gitleague.core.clock import as_utc

STREAM = 2_000  # rows at a time, so that memory stays flat
_NOT_CONTENT = {"alembic_version"}  # the revision, which is told apart


class Content(BaseModel, frozen=True):
    """Of one table."""

    rows: int
    sha256: str


def contents_of(connection: Connection) -> dict[str, Content]:
    """As the connection's transaction sees it. The tables are asked for, not taken from the models:
    a backup may be older than they are.
    """
    seen = inspect(connection)
    return {
        name: _content(connection, name, seen.get_columns(name))
        for name in sorted(set(seen.get_table_names()) - _NOT_CONTENT)
    }


def differences(expected: dict[str, Content], found: dict[str, Content]) -> list[str]:
    """A sentence for each table that is not as expected."""
    said = []
    for name in sorted(expected.keys() | found.keys()):
        before, after = expected.get(name), found.get(name)
        if before is None or after is None:
            said.append(f"{name} is {'missing' if after is None else 'not expected'}.")
        elif before.rows != after.rows:
            said.append(f"{name} has {after.rows:,} rows, and {before.rows:,} were expected.")
        elif before != after:
            said.append(f"{name} has as many rows as expected, and not the same ones.")
    return said


def _content(connection: Connection, name: str, columns: Any) -> Content:
    kept = sorted((each["name"], each["type"]) for each in columns)
    wanted = select(*(column(key, kind) for key, kind in kept)).select_from(table(name))
    rows, total = 0, 0
    with connection.execute(wanted, execution_options={"yield_per": STREAM}) as found:
        for row in found:
            rows += 1
            total += int.from_bytes(_digest(tuple(row)), "big")
    # A sum, since each database has an order of its own.
    return Content(rows=rows, sha256=f"{total % 2**256:064x}")


def _digest(row: tuple[Any, ...]) -> bytes:
    told = json.dumps(row, default=_plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()


def _plain(value: object) -> str:
    if isinstance(value, uuid.UUID):
        return value.hex  # as SQLite keeps it
    if isinstance(value, datetime):
        return as_utc(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
