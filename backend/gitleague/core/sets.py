"""Whole sets in one statement, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Dialect,
    Select,
    Text,
    TypeDecorator,
    bindparam,
    case,
    cast,
    except_,
    func,
    insert,
    select,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase as Table
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction, ReturnTypeFromArgs
from sqlalchemy.types import NullType

ESCAPE = "/"
Merge: TypeAlias = Callable[[Any, Any], ColumnElement[Any]]


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


class Texts(TypeDecorator[Collection[str]]):
    """Texts as one parameter, however many there are: JSON for SQLite, an array for PostgreSQL."""

    # Without a type of its own the parameter is an array from the start, and not cast in each row.
    impl = NullType
    cache_ok = True

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(list(value)) if dialect.name == "sqlite" else _array(value)


def texts(name: str) -> BindParameter[Collection[str]]:
    """For a statement that is made once: it is given the texts under this name when it runs."""
    return bindparam(name, type_=Texts())


def among(
    session: Session, column: InstrumentedAttribute[Any], values: Iterable[str]
) -> ColumnElement[bool]:
    """`column` (text) is one of `values`, sent as one parameter however many there are."""
    return is_one_of(column, _parameter(values), on_sqlite=is_sqlite(session))


def is_one_of(
    column: InstrumentedAttribute[Any],
    values: BindParameter[Collection[str]],
    *,
    on_sqlite: bool,
) -> ColumnElement[bool]:
    if on_sqlite:
        return column.in_(select(func.json_each(values).table_valued("value").c.value))
    return column == func.any(cast(values, ARRAY(Text())))


def listed(session: Session, values: Iterable[str]) -> ColumnElement[str]:
    """The column of a table that holds `values`, sent as one parameter however many there are."""
    sent = _parameter(values)
    if is_sqlite(session):
        return func.json_each(sent).table_valued("value").c.value
    array = cast(sent, ARRAY(Text()))
    # Without its column's name in the FROM, PostgreSQL would name the column after the table.
    return func.unnest(array).table_valued("value").render_derived().c.value


def _parameter(values: Iterable[str]) -> BindParameter[Collection[str]]:
    return bindparam(None, list(values), type_=Texts(), unique=True)


def _array(values: Iterable[str]) -> str:
    """In PostgreSQL's own notation: the driver would write it too, in ten times the time."""
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"


def escaped(text: str) -> str:
    """For a LIKE with this ESCAPE: the text, and no pattern."""
    for letter in (ESCAPE, "%", "_"):
        text = text.replace(letter, ESCAPE + letter)
    return text


class ByteOrder(GenericFunction[str]):
    """A text to sort by, byte by byte: else each database sorts letters its own way."""

    type = Text()
    inherit_cache = True
    name = "byte_order"


@compiles(ByteOrder, "sqlite")
def _as_it_is(element: ByteOrder, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(ByteOrder, "postgresql")
def _collated(element: ByteOrder, compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)} COLLATE "C")'


class Unindexed(ReturnTypeFromArgs[Any]):
    """A column as it is, by which SQLite opens no index.

    It knows nothing of how many rows there are, and takes the index with most columns, whatever
    table it then begins with.
    """

    inherit_cache = True
    name = "unindexed"


@compiles(Unindexed, "sqlite")
def _with_a_plus(element: Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(Unindexed, "postgresql")
def _indexed(element: Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


def insert_rows(
    session: Session, table: type[Table], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""
    if not rows:
        return
    if is_sqlite(session):
        session.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in rows])
        return
    driver = session.connection().connection.driver_connection
    if driver is None:
        raise RuntimeError("the session has no open connection")
    names = ", ".join(columns)
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def table_of(mapped: type[Table]) -> SqlTable:
    """For an INSERT with parameters of its own: that of a mapped class takes columns alone."""
    return mapped.metadata.tables[mapped.__tablename__]


def larger(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((other > one, other), else_=one)


def add_to(
    session: Session,
    table: type[Table],
    rows: Sequence[Mapping[str, Any]],
    merge: Merge = operator.add,
) -> None:
    """Rows whose key is there already are merged with what is there."""
    if not rows:
        return
    here = table_of(table)
    adding: sqlite.Insert | postgresql.Insert = (
        sqlite.insert(here) if is_sqlite(session) else postgresql.insert(here)
    )
    merged = {
        column.name: merge(column, adding.excluded[column.name])
        for column in here.columns
        if not column.primary_key
    }
    keys = [column for column in here.columns if column.primary_key]
    session.execute(adding.on_conflict_do_update(index_elements=keys, set_=merged), rows)


def count_differing(session: Session, one: Select[Any], other: Select[Any]) -> int:
    """How many rows are in one of the two only."""
    return sum(
        session.scalar(select(func.count()).select_from(except_(*pair).subquery())) or 0
        for pair in ((one, other), (other, one))
    )
