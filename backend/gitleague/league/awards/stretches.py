"""Which awards a job gives: first those that are due, then what was asked for, the newest first.

It goes month by month, each a transaction of its own. What is left of a job that is stopped is in
its arguments:

    {}                                what is due
    {"history": true}                 of the days before the league was made, what nobody gave yet
    {"anew_from": day}                all from this day on, in place of those that were given
    {…, "until": day}                 the same, of which the days after this one are done
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.league.awards.giving import Giving, began, due, last_over, played_days
from gitleague.league.periods import DAY, EARLIEST, Period, around
from gitleague.scoring.days import Days
from gitleague.scoring.totals import end_of
from gitleague.tables.awards import Award, AwardKind
from gitleague.tables.scores import BoxScore

PLAY = (AwardKind.PLAY_OF_THE_DAY,)


class Stretch(NamedTuple):
    """Days whose awards are given at once: a month of play, and the pause before it."""

    days: Days
    how: Giving
    percent: int  # of the job, once it is done
    left: Mapping[str, Any]  # the arguments of the job from then on


def stretches(
    session: Session, project_id: uuid.UUID, arguments: Mapping[str, Any]
) -> list[Stretch]:
    """What is left to do."""
    first = first_played(session, project_id)
    if first is None:
        return []
    found = list(_due(session, project_id, arguments))
    if "anew_from" in arguments:
        since = max(date.fromisoformat(arguments["anew_from"]), first)
        wanted = Days(since, last_over(session, project_id))
        months = _months(session, project_id, _left(wanted, arguments))
        return [*found, *_newest_first(months, wanted, Giving.AGAIN, arguments)]
    if "history" in arguments:
        wanted = Days(first, began(session, project_id) - DAY)
        months = _months(session, project_id, _left(wanted, arguments), are_missing=True)
        return [*found, *_newest_first(months, wanted, Giving.MISSING, arguments)]
    return found


def first_played(session: Session, project_id: uuid.UUID) -> date | None:
    """None where nobody has played yet. Git can write years in which nobody did."""
    return session.scalar(
        select(func.min(BoxScore.day)).where(
            BoxScore.project_id == project_id, BoxScore.day >= EARLIEST
        )
    )


def earliest(session: Session, project_id: uuid.UUID, day: date) -> date:
    """The day, but none before the first commit of a league, or before it was made."""
    first = began(session, project_id)
    return max(day, min(first, first_played(session, project_id) or first))


def both(waiting: Mapping[str, Any], wanted: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """One job gives anew what two were asked for, unless the first has begun."""
    if waiting.keys() == wanted.keys() == {"anew_from"}:
        return {"anew_from": min(waiting["anew_from"], wanted["anew_from"])}
    return waiting if waiting == wanted else None


def _due(
    session: Session, project_id: uuid.UUID, arguments: Mapping[str, Any]
) -> Iterator[Stretch]:
    """The oldest first: what is given tells up to which day."""
    first, last = due(session, project_id)
    for days in _months(session, project_id, Days(first, last)):
        yield Stretch(days, Giving.DUE, _percent(last - days.first, last - first), arguments)


def _left(wanted: Days, arguments: Mapping[str, Any]) -> Days:
    until = arguments.get("until")
    return wanted._replace(last=date.fromisoformat(until)) if until else wanted


def _newest_first(
    months: Iterator[Days], wanted: Days, how: Giving, arguments: Mapping[str, Any]
) -> Iterator[Stretch]:
    for days in reversed(list(months)):
        percent = _percent(wanted.last - days.first, wanted.last - wanted.first)
        rest = {**arguments, "until": str(days.first - DAY)}
        yield Stretch(days, how, percent, rest)


def _months(
    session: Session, project_id: uuid.UUID, wanted: Days, *, are_missing: bool = False
) -> Iterator[Days]:
    """All of the days, cut at the end of each month in which there is anything to give or take.

    `are_missing`: only days whose play nobody was given an award for yet.
    """
    first, last = wanted
    if last < first:
        return
    begin = around(first, Period.MONTH, last).first
    played = played_days(session, project_id, begin, last)
    if are_missing:
        played -= _ends_of_awards(session, project_id, Days(begin, last), PLAY)
        if not played:
            return
    ends = {around(day, Period.WEEK, day).last for day in played} | played
    if not are_missing:
        ends |= _ends_of_awards(session, project_id, wanted)
    for end in sorted({min(end_of(day.replace(day=1)), last) for day in ends if day >= first}):
        yield Days(first, end)
        first = end + DAY
    if first <= last:
        yield Days(first, last)


def _ends_of_awards(
    session: Session,
    project_id: uuid.UUID,
    wanted: Days,
    kinds: Collection[AwardKind] = tuple(AwardKind),
) -> set[date]:
    return set(
        session.scalars(
            select(Award.last)
            .where(
                Award.project_id == project_id,
                Award.last.between(*wanted),
                Award.season_id.is_(None),
                Award.kind.in_([kind.value for kind in kinds]),
            )
            .distinct()
        )
    )


def _percent(done: Any, whole: Any) -> int:
    return min(99, int(100 * done / whole)) if whole else 99
