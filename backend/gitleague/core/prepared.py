"""Statements that are written once, and given their values when they run.

SQLAlchemy takes longer to write a statement of the box scores, and to find out that it knows it,
than a database to run it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from enum import Enum
from functools import lru_cache, wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Date,
    Delete,
    Float,
    String,
    Update,
    Uuid,
    bindparam,
)
from sqlalchemy.types import TypeEngine

P = ParamSpec("P")
S = TypeVar("S")

# A statement that is compared with a column takes the column's type, whatever stands here.
TYPES: dict[type, TypeEngine[Any]] = {
    uuid.UUID: Uuid(),
    date: Date(),
    int: BigInteger(),
    float: Float(),
    str: String(),
}
SHAPES = 64  # that are kept of one statement


class _Value(NamedTuple):
    """Stands for a value where a statement is written."""

    name: str
    kind: type

    def parameter(self) -> BindParameter[Any]:
        return bindparam(self.name, type_=TYPES.get(self.kind), expanding=self.kind is list)


def prepared(write: Callable[P, S]) -> Callable[P, tuple[S, dict[str, Any]]]:
    """`session.execute(*statement(…))` runs what `write` returns, which is asked once a shape.

    What is given by position becomes a parameter: UUIDs, days, moments, numbers, texts, and lists
    and sets of them for `in_`. None, booleans and Enums are no values: they say what the statement
    looks like, as does all that is given by name. Tuples are looked into.
    """

    @lru_cache(SHAPES)
    def written(given: tuple[Any, ...], **shape: Hashable) -> S:
        statement = write(*_with_parameters(given), **shape)  # type: ignore[arg-type]
        _check(statement)
        return statement

    @wraps(write)
    def with_values(*given: P.args, **shape: P.kwargs) -> tuple[S, dict[str, Any]]:
        values: dict[str, Any] = {}
        return written(_taking_values(given, values), **shape), values  # type: ignore[arg-type]

    return with_values


def _check(statement: object) -> None:
    """SQLAlchemy would look for the rows among the objects of a session, without the values."""
    if isinstance(statement, Update | Delete):
        options = statement.get_execution_options()
        if options.get("synchronize_session") is not False:
            raise TypeError("say synchronize_session=False, and load no such objects before")


def _taking_values(given: Any, values: dict[str, Any]) -> Any:
    """The shape of what is given; its values go into `values`."""
    if given is None or isinstance(given, bool | Enum):
        return given
    if isinstance(given, tuple):
        return _like(given, [_taking_values(each, values) for each in given])
    name = f"value_{len(values)}"
    if isinstance(given, list | set | frozenset):
        values[name] = list(given)
        return _Value(name, list)
    values[name] = given
    return _Value(name, type(given))


def _with_parameters(shape: Any) -> Any:
    if isinstance(shape, _Value):
        return shape.parameter()
    if isinstance(shape, tuple):
        return _like(shape, [_with_parameters(each) for each in shape])
    return shape


def _like(model: tuple[Any, ...], parts: Iterable[Any]) -> tuple[Any, ...]:
    made = getattr(model, "_make", tuple)
    return made(parts)
