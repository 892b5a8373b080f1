"""Days in a row: how long each player has been at it, up to the end of a period."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from gitleague.league.periods import Window
from gitleague.league.totals import By, ledger, totals

LOOK_BACK = timedelta(days=60)


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


def streaks(
    session: Session,
    project_id: uuid.UUID,
    players: Sequence[uuid.UUID],
    window: Window,
    *,
    look_back: timedelta = LOOK_BACK,
) -> dict[uuid.UUID, int]:
    """Days in a row with a credit, up to the window's end; who has none is left out.

    A streak is older than its period, but hardly ever long: a few weeks are read, and only for
    those who were at it all that time, eight times as many.
    """
    if not players:
        return {}
    found = _runs(session, project_id, players, window, look_back)
    longer = [player for player, days in found.items() if days >= look_back.days]
    if longer and look_back.days < window.end.toordinal():
        found |= streaks(session, project_id, longer, window, look_back=look_back * 8)
    return found


def _runs(
    session: Session,
    project_id: uuid.UUID,
    players: Sequence[uuid.UUID],
    window: Window,
    look_back: timedelta,
) -> dict[uuid.UUID, int]:
    end = window.end
    first = end - min(look_back, timedelta(days=end.toordinal() - 1))
    days = totals(ledger(session, project_id), first, end, by=By.DAY, players=players)
    # Days in a row, counted backwards, all have the same sum of day and place.
    place = func.row_number().over(partition_by=days.c.player_id, order_by=days.c.day.desc())
    runs = select(
        days.c.player_id, days.c.day, (DayNumber(days.c.day) + place).label("run")
    ).subquery()
    # Today is not over: a streak up to yesterday still stands.
    alive = end - timedelta(days=1 if window.is_running else 0)
    ended = select(runs.c.player_id, func.count()).group_by(runs.c.player_id, runs.c.run)
    ended = ended.having(func.max(runs.c.day) >= alive)
    return dict(session.execute(ended).tuples().all())
