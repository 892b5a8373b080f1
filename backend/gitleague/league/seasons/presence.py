"""How much of a period each player was there: what an absence of each kind takes away.

away       days count for nothing: whoever was away for more than AWAY_PERCENT of an award's days
           is passed by, and compared with the period before by the active day
on call    days and sums count; compared with the period before by the active day
part time  as on call

Averages (of rookies) are of active days or weeks for everybody. Where the kinds overlap, a day
counts as the strongest: away, then on call, then part time.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.periods import DAY, Window
from gitleague.league.stats import Numbers
from gitleague.tables.seasons import Absence, AbsenceKind

STRONGEST = (AbsenceKind.AWAY, AbsenceKind.ON_CALL, AbsenceKind.PART_TIME)
AWAY_PERCENT = 50  # of the days of an award: whoever was away for more is passed by
Days: TypeAlias = Mapping[AbsenceKind, int]


class Absent(NamedTuple):
    player_id: uuid.UUID
    first: date
    last: date
    kind: AbsenceKind


def absent_days(
    session: Session, project_id: uuid.UUID, first: date, last: date
) -> Mapping[uuid.UUID, Days]:
    """How many of the days each player was absent, by kind; who was there is left out."""
    rows = session.execute(*_absences(project_id, first, last))
    return days_by_kind(
        (Absent(row[0], row[1], row[2], AbsenceKind(row[3])) for row in rows), first, last
    )


@prepared
def _absences(project_id: uuid.UUID, first: date, last: date) -> Select[Any]:
    return select(Absence.player_id, Absence.first, Absence.last, Absence.kind).where(
        Absence.project_id == project_id, Absence.first <= last, Absence.last >= first
    )


def days_by_kind(
    absences: Iterable[Absent], first: date, last: date
) -> dict[uuid.UUID, Counter[AbsenceKind]]:
    """Each day counts once, as the strongest of its kinds."""
    kinds: defaultdict[uuid.UUID, dict[date, AbsenceKind]] = defaultdict(dict)
    for each in sorted(absences, key=lambda each: STRONGEST.index(each.kind)):
        day, end = max(each.first, first), min(each.last, last)
        while day <= end:
            kinds[each.player_id].setdefault(day, each.kind)
            day += DAY
    return {player: Counter(days.values()) for player, days in kinds.items() if days}


def is_passed_by(days: Days, length: int) -> bool:
    """Away for so many of the days that an award goes to the next."""
    return days.get(AbsenceKind.AWAY, 0) * 100 > AWAY_PERCENT * length


def passed_by(session: Session, project_id: uuid.UUID, first: date, last: date) -> set[uuid.UUID]:
    length = (last - first).days + 1
    found = absent_days(session, project_id, first, last)
    return {player for player, days in found.items() if is_passed_by(days, length)}


def compared_by_day(
    session: Session, project_id: uuid.UUID, now: Window, before: Window
) -> set[uuid.UUID]:
    """Whose sums of the two windows say nothing side by side: absent in one of them, however."""
    windows = (now, before)
    found = (absent_days(session, project_id, each.first, each.last) for each in windows)
    return {player for days in found for player in days}


def improvement(now: Numbers, before: Numbers, *, by_day: bool) -> int:
    """The impact more than before, in ten-thousandths.

    By day it is what the active days brought beyond an active day of the time before: whoever has
    fewer days than usual loses nothing by it, and whoever has them back gains nothing by it.
    """
    if not by_day:
        return now.impact - before.impact
    return now.impact - before.impact * now.active_days // before.active_days
