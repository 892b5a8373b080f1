"""How much all players did together, day by day or week by week; bots apart."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.cards import TrendPoint
from gitleague.league.periods import WEEK, Period, Window, around
from gitleague.league.stats import Numbers
from gitleague.league.totals import By, Plan, ledger, ledger_of, plan, sums_of
from gitleague.tables.commits import Player


class DayPlayed(NamedTuple):
    day: date
    numbers: Numbers  # `active_days` counts each player who was active


def days_together(session: Session, project_id: uuid.UUID, window: Window) -> list[DayPlayed]:
    """Each day of the window on which anybody played, oldest first."""
    books = ledger_of(session, ledger(session, project_id), window)
    rows = session.execute(*_day_by_day(plan(books, window.first, window.last, by=By.DAY)))
    return [DayPlayed(day, Numbers(*numbers)) for day, *numbers in rows]


@prepared
def _day_by_day(of: Plan) -> Select[Any]:
    played = sums_of(of)
    sums = [cast(func.sum(played.c[name]), BigInteger) for name in Numbers._fields]
    return (
        select(played.c.day, *sums)
        .join(Player, Player.id == played.c.player_id)
        .where(Player.project_id == of.project_id, Player.is_bot.is_(False))
        .group_by(played.c.day)
        .order_by(played.c.day)
    )


def weeks_together(
    session: Session, project_id: uuid.UUID, weeks: int, today: date
) -> list[TrendPoint]:
    """The last `weeks` weeks, empty ones included, oldest first."""
    last = around(today, Period.WEEK, today)
    first = last.first - (weeks - 1) * WEEK
    window = last._replace(first=first)
    sums = {first + number * WEEK: [0, 0, 0] for number in range(weeks)}
    for day, numbers in days_together(session, project_id, window):
        so_far = sums[around(day, Period.WEEK, today).first]
        for place, name in enumerate(("commits", "pts", "impact")):
            so_far[place] += getattr(numbers, name)
    return [TrendPoint(first, *each) for first, each in sums.items()]
