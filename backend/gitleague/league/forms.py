"""The form of players: their impact of the last weeks, one question for all of them."""

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from gitleague.league.periods import WEEK, Period, around
from gitleague.league.totals import By, ledger, totals


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
    books = ledger(session, project_id)
    days = totals(books, first, today, by=By.DAY, players=players, names=("impact",)).c
    rows = session.execute(select(days.player_id, days.day, days.impact))
    for player_id, day, impact in rows:
        forms[player_id][(day - first) // WEEK] += impact
    return forms
