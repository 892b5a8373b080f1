"""What a commissioner would most likely plan next."""

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.league.periods import DAY, today_in
from gitleague.tables.seasons import Season

MONTHS = {"quarter": 3, "half-year": 6, "year": 12}
_LETTER = {"quarter": "Q", "half-year": "H"}


class Proposal(NamedTuple):
    length: str
    name: str
    first: date
    last: date


def proposals(session: Session, project_id: uuid.UUID) -> list[Proposal]:
    """The quarter, half-year and year that runs, or the next one that no season touches."""
    planned = session.scalar(select(func.max(Season.last)).where(Season.project_id == project_id))
    return [next_of(length, today_in(session, project_id), planned) for length in MONTHS]


def next_of(length: str, today: date, planned: date | None) -> Proposal:
    """The first calendar part of this length that is not over and begins after `planned`."""
    months = MONTHS[length]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    while planned and first <= planned:
        first = _after(first, months)
    last = _after(first, months) - DAY
    part = (first.month - 1) // months + 1
    name = f"{first.year}" if length == "year" else f"{_LETTER[length]}{part} {first.year}"
    return Proposal(length, name, first, last)


def _after(first: date, months: int) -> date:
    """The first day of the month that many months later."""
    year, month = divmod(first.month - 1 + months, 12)
    return date(first.year + year, month + 1, 1)
