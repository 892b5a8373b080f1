"""Stretches of days, and days in a row."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, Subquery, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class Days(NamedTuple):
    first: date
    last: date  # included


class DayNumber(GenericFunction[int]):
    """A day as a whole number that grows by one a day. Each database counts days its own way."""

    type = Integer()
    inherit_cache = True
    name = "day_number"


@compiles(DayNumber, "sqlite")
def _julian(element: DayNumber, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) + 0.5 AS INTEGER)"


@compiles(DayNumber, "postgresql")
def _days(element: DayNumber, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} - DATE '2000-01-01')"


class WeekNumber(GenericFunction[int]):
    """A week, from Monday on, as a whole number. Each database counts from a Monday of its own."""

    type = Integer()
    inherit_cache = True
    name = "week_number"


@compiles(WeekNumber, "sqlite")
def _julian_weeks(element: WeekNumber, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) + 0.5 AS INTEGER) / 7"


@compiles(WeekNumber, "postgresql")
def _weeks(element: WeekNumber, compiler: SQLCompiler, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)} - DATE '0001-01-01') / 7)"


def in_a_row(played: Subquery) -> Subquery:
    """The rows of `played`, one for each `player_id` and `day`, with the `run`: how many days in a
    row up to this one are among them.
    """
    place = func.row_number().over(partition_by=played.c.player_id, order_by=played.c.day)
    # Days in a row all have the same difference of day and place.
    blocks = select(played, (DayNumber(played.c.day) - place).label("block")).subquery()
    within = [blocks.c.player_id, blocks.c.block]
    run = func.row_number().over(partition_by=within, order_by=blocks.c.day)
    return select(*(blocks.c[column.key] for column in played.c), run.label("run")).subquery()
