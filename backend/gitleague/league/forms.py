"""The form of players: their impact of the last weeks, one question for all of them."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.periods import WEEK, Period, around
from gitleague.league.totals import By, Plan, ledger, plan, sums_of


def forms_of(
    session: Session,
    project_id: uuid.UUID,
    players: Collection[uuid.UUID],
    *,
    weeks: int,
    today: date,
) -> dict[uuid.UUID, list[int]]:
    """By player, in ten-thousandths, the oldest week first and the running one last."""
    running = around(today, Period.WEEK, today).first
    first = running - (weeks - 1) * WEEK
    forms = {player_id: [0] * weeks for player_id in players}
    if not forms:
        return forms
    days = plan(ledger(session, project_id), first, today, by=By.DAY)
    for player_id, day, impact in session.execute(*_impact_by_day(days, list(players))):
        forms[player_id][(day - first) // WEEK] += impact
    return forms


@prepared
def _impact_by_day(of: Plan, players: list[uuid.UUID]) -> Select[Any]:
    days = sums_of(of, players=players, names=("impact",)).c
    return select(days.player_id, days.day, days.impact)
