"""Days in a row: how long each player has been at it, up to the end of a period."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.periods import DAY, Window
from gitleague.league.totals import Ledger
from gitleague.scoring.days import in_a_row
from gitleague.scoring.totals import ALL_REPOS, Span, end_of, month_of
from gitleague.tables.commits import Identity
from gitleague.tables.scores import BoxScore, PlayerTotal

AT_ONCE = 200  # months in one statement: SQLite takes no tree deeper than a thousand
_Runs = dict[tuple[uuid.UUID, date], int]


def streaks(
    session: Session,
    of: Ledger,
    players: Collection[uuid.UUID],
    window: Window,
    *,
    look_back: int = 1,
) -> dict[uuid.UUID, int]:
    """Days in a row with a credit, up to the window's end; who has none is left out.

    The days of a month know their run within it, so that a streak is read from its last day and
    the last days of the months before: of one month, and only for those who were at it from its
    first day on, of twelve times as many.
    """
    if not players:
        return {}
    # Today is not over: a streak up to yesterday still stands.
    ends = [window.end, window.end - DAY] if window.is_running else [window.end]
    months = _months_before(min(ends), look_back)
    runs = _runs(session, of, players, sorted({*ends, *months}))
    found = {player: _longest(runs, player, ends) for player in players}
    all_of_them = (min(ends) - month_of(months[-1])).days + 1 if months else 0
    longer = [player for player, days in found.items() if days >= all_of_them]
    if months and longer:
        found |= streaks(session, of, longer, window, look_back=12 * look_back)
    return {player: days for player, days in found.items() if days}


def _months_before(day: date, count: int) -> list[date]:
    """The last days of the `count` months before, newest first."""
    ends: list[date] = []
    while len(ends) < count and month_of(day) > date.min:
        day = month_of(day) - DAY
        ends.append(day)
    return ends


def _longest(runs: _Runs, player: uuid.UUID, ends: list[date]) -> int:
    day = next((end for end in ends if (player, end) in runs), None)
    days = 0
    while day and (run := runs.get((player, day))):
        days += run
        first = day - (run - 1) * DAY
        day = first - DAY if first == month_of(first) and first > date.min else None
    return days


def _runs(session: Session, of: Ledger, players: Collection[uuid.UUID], days: list[date]) -> _Runs:
    """The run of each player that ends on each of these days, within its month."""
    stale = [day for day in days if month_of(day) in of.stale]
    kept = [day for day in days if day not in stale]
    rows = session.execute(*_of_totals(of.project_id, of.version, list(players), kept)).tuples()
    found = {(player, day): run for player, day, run in rows}
    for first in range(0, len(stale), AT_ONCE):
        found |= _of_box_scores(session, of, players, stale[first : first + AT_ONCE])
    return found


@prepared
def _of_totals(
    project_id: uuid.UUID, version: int, players: list[uuid.UUID], days: list[date]
) -> Select[tuple[uuid.UUID, date, int]]:
    return select(PlayerTotal.player_id, PlayerTotal.first, PlayerTotal.run).where(
        PlayerTotal.project_id == project_id,
        PlayerTotal.rules_version == version,
        PlayerTotal.span == Span.DAY.value,
        PlayerTotal.repo_id == ALL_REPOS,
        PlayerTotal.first.in_(days),
        PlayerTotal.player_id.in_(players),
    )


def _of_box_scores(
    session: Session, of: Ledger, players: Collection[uuid.UUID], days: list[date]
) -> _Runs:
    months = tuple((month, end_of(month)) for month in sorted({month_of(day) for day in days}))
    rows = session.execute(
        *_in_a_row(of.project_id, of.version, list(players), days, months)
    ).tuples()
    return {(player, day): run for player, day, run in rows}


@prepared
def _in_a_row(
    project_id: uuid.UUID,
    version: int,
    players: list[uuid.UUID],
    days: list[date],
    months: tuple[tuple[date, date], ...],
) -> Select[tuple[uuid.UUID, date, int]]:
    played = (
        select(Identity.player_id, BoxScore.day)
        .distinct()
        .join(
            Identity,
            and_(Identity.project_id == BoxScore.project_id, Identity.id == BoxScore.identity_id),
        )
        .where(
            BoxScore.project_id == project_id,
            BoxScore.rules_version == version,
            Identity.player_id.in_(players),
            or_(*(BoxScore.day.between(first, last) for first, last in months)),
        )
        .subquery()
    )
    each = in_a_row(played)
    return select(each.c.player_id, each.c.day, each.c.run).where(each.c.day.in_(days))
