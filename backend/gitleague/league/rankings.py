"""Who has a rank: everybody who played, but for those who were away too long to be compared, and,
where averages are compared, those who were at it on too few days for one.

Their rows are shown all the same, below the others, whose ranks close up.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from gitleague_client.rules.defaults import Rules
from sqlalchemy import ColumnElement, Float, Select, case, cast, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from gitleague.core.prepared import prepared
from gitleague.league.periods import Period, Window
from gitleague.league.stats import Metric
from gitleague.scoring.rules import rules_at
from gitleague.tables.seasons import Absence, AbsenceKind

# Of a table, or what stands for them, by name.
Columns: TypeAlias = Mapping[str, ColumnElement[Any]] | ReadOnlyColumnCollection[str, Any]


class Unranked(NamedTuple):
    """Who has no rank in a window."""

    away: frozenset[uuid.UUID] | None = None
    active_days: int | None = None  # whoever has fewer is not ranked either

    def among(self, columns: Columns) -> ColumnElement[bool] | None:
        """Whether a row with these columns is one of them; None where nobody is."""
        reasons: list[ColumnElement[bool]] = []
        if self.away is not None:
            reasons.append(columns["player_id"].in_(self.away))
        if self.active_days is not None:
            reasons.append(columns["active_days"] < self.active_days)
        return or_(*reasons) if reasons else None


def unranked_in(
    session: Session, project_id: uuid.UUID, metric: Metric, windows: Sequence[Window]
) -> list[Unranked]:
    """Of each window, by the rules that it is shown under."""
    away = _days_away(session, project_id, windows)
    is_average = metric is Metric.IMPACT_PER_DAY
    rules: dict[int | None, Rules] = {}
    found = []
    for window, days_of in zip(windows, away, strict=True):
        if not days_of and not is_average:
            found.append(Unranked())
            continue
        if window.version not in rules:
            rules[window.version] = rules_at(session, project_id, window.version)
        under = rules[window.version]
        enough = under.unranked_when_away_for * length_of(window)
        away_for_long = frozenset(player for player, days in days_of.items() if days >= enough)
        # On its first day nobody can have played on two.
        needed = min(under.average_active_days, max(_gone(window), 1)) if is_average else 0
        # Everybody who played has one.
        found.append(Unranked(away_for_long or None, needed if needed > 1 else None))
    return found


def worth(columns: Columns, metric: Metric) -> ColumnElement[Any]:
    """What the rows of a table are ranked by."""
    if metric is Metric.IMPACT_PER_DAY:
        per_day = cast(columns["impact"], Float) / func.nullif(columns["active_days"], 0)
        return func.coalesce(per_day, 0.0)
    column: ColumnElement[Any] = columns[metric.value]
    return column


def needed_for(metric: Metric) -> tuple[str, ...]:
    """The sums that `worth` and `rank` look at."""
    return ("impact", "active_days") if metric is Metric.IMPACT_PER_DAY else (metric.value,)


def rank(
    columns: Columns, metric: Metric, has_rank: ColumnElement[bool]
) -> ColumnElement[int | None]:
    """Equals share a rank; NULL for who has none."""
    order = worth(columns, metric).desc()
    return case((has_rank, func.rank().over(partition_by=has_rank, order_by=order)))


def length_of(window: Window) -> int:
    """In days."""
    return (window.last - window.first).days + 1


def _gone(window: Window) -> int:
    """How many of its days have come."""
    return (window.end - window.first).days + 1


def _days_away(
    session: Session, project_id: uuid.UUID, windows: Sequence[Window]
) -> list[dict[uuid.UUID, int]]:
    """Days in each window on which players were away; of all time nobody was for a share of it."""
    dated = [each for each in windows if each.period is not Period.ALL and each.first <= each.last]
    if not dated:
        return [{} for _ in windows]
    first, last = min(each.first for each in dated), max(each.last for each in dated)
    rows = session.execute(*_absences(project_id, first, last)).tuples().all()
    return [_within(window, rows) if window in dated else {} for window in windows]


@prepared
def _absences(
    project_id: uuid.UUID, first: date, last: date
) -> Select[tuple[uuid.UUID, date, date]]:
    return select(Absence.player_id, Absence.first, Absence.last).where(
        Absence.project_id == project_id,
        Absence.kind == AbsenceKind.AWAY.value,
        Absence.first <= last,
        Absence.last >= first,
    )


def _within(window: Window, rows: Sequence[tuple[uuid.UUID, date, date]]) -> dict[uuid.UUID, int]:
    days: dict[uuid.UUID, int] = {}
    for player_id, first, last in rows:
        both = (min(last, window.last) - max(first, window.first)).days + 1
        if both > 0:
            days[player_id] = days.get(player_id, 0) + both
    return days
