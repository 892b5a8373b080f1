"""What is tried and thrown away, without a lock that anybody else would wait for.

A temporary table is found before one of the same name that lasts, by SQLite and by PostgreSQL. So
whatever writes to a table, or reads it, has the copy in this session.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import DeclarativeBase as Table
from sqlalchemy.orm import Session

from gitleague.core.sets import is_sqlite, table_of


def shadow(session: Session, table: type[Table], *where: ColumnElement[bool]) -> None:
    """From now on the session has a copy of the table, of these rows, and no way to the table.

    The copy goes when the session is rolled back, which it must be.
    """
    connection, copied = session.connection(), table_of(table)
    literally: dict[str, Any] = {"literal_binds": True}  # no parameters where a table is made
    rows = select(*copied.columns).where(*where)
    told = rows.compile(dialect=connection.dialect, compile_kwargs=literally)
    quoted = connection.dialect.identifier_preparer.format_table(copied)
    key = ", ".join(column.name for column in copied.primary_key.columns)
    schema = "temp." if is_sqlite(session) else ""
    target = f"ON {quoted} ({key})"
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {quoted} AS {told}")
    connection.exec_driver_sql(f"CREATE UNIQUE INDEX {schema}{copied.name}_tried {target}")
    if not is_sqlite(session):
        connection.exec_driver_sql("DISCARD PLANS")  # which know the table by this name
