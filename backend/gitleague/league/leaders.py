"""Who has most of each number."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.core.sets import ByteOrder
from gitleague.league.people.shown import LEAGUE, shown_name
from gitleague.league.rankings import Unranked, unranked_in
from gitleague.league.standings import Slice, plan_in, sums_in, with_players
from gitleague.league.stats import Metric
from gitleague.league.totals import Plan, ledger, ledger_of


class Leader(NamedTuple):
    metric: Metric
    player_id: uuid.UUID
    name: str
    value: float


def leaders(session: Session, of: Slice, metrics: Sequence[Metric]) -> list[Leader]:
    """Who has most of each metric; nobody leads with nothing, or from afar.

    Of equals the one whose name comes first, whoever looks.
    """
    books = ledger_of(session, ledger(session, of.project_id), of.window)
    (unranked,) = unranked_in(session, of.project_id, Metric.IMPACT, [of.window])
    made_of = plan_in(of, books, of.window)
    rows = session.execute(*_leaders(of.alone, made_of, unranked, metrics=tuple(metrics))).all()
    return [
        Leader(metric, row.player_id, row.name, value)
        for metric in metrics
        for row in rows
        if getattr(row, f"{metric.value}_place") == 1 and (value := getattr(row, metric.value)) > 0
    ]


@prepared
def _leaders(
    of: Slice, made_of: Plan, unranked: Unranked, *, metrics: tuple[Metric, ...]
) -> Select[Any]:
    names = tuple(dict.fromkeys(metric.value for metric in metrics))
    everybody = with_players(of, sums_in(of, made_of, names), names)
    played = everybody.add_columns(shown_name(LEAGUE).label("tie")).cte("played")
    out = unranked.among(played.c)
    places = [
        func.row_number()
        .over(order_by=(played.c[metric.value].desc(), ByteOrder(played.c.tie), played.c.player_id))
        .label(f"{metric.value}_place")
        for metric in metrics
    ]
    table = select(played, *places).where(*([] if out is None else [~out])).subquery()
    return select(table).where(or_(*(table.c[place.name] == 1 for place in places)))
