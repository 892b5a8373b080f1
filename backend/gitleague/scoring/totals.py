"""Totals per player, by day and by month, so that no table has to add up years of box scores.

They follow from the box scores alone. Whoever changes those marks their months as stale in the
same transaction: readers take a stale month from the box scores, and a job sums it up soon after.
"""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, and_, cast, delete, distinct, func, insert, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gitleague.core.sets import insert_rows
from gitleague.jobs import queue
from gitleague.projects.leagues import lock_project
from gitleague.tables.commits import Identity
from gitleague.tables.scores import BoxScore, PlayerTotal, StaleMonth

SUM_UP = "sum_up"
SOON = timedelta(seconds=2)  # the batches of one push are summed up together
ALL_REPOS = uuid.UUID(int=0)
SUMS = (
    *("commits", "additions", "deletions", "files_changed"),
    *("pts", "reb", "ast", "blk", "stl", "tov", "jt", "cc", "impact"),
)
_KEY = ("project_id", "rules_version", "span", "repo_id", "first", "player_id")
_COLUMNS = [*_KEY, *SUMS, "active_days"]


class Span(str, Enum):
    DAY = "day"
    MONTH = "month"


def month_of(day: date) -> date:
    return day.replace(day=1)


def end_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def mark(session: Session, project_id: uuid.UUID, version: int, days: Iterable[date]) -> None:
    """The totals of these days hold no longer. Only under the league's lock."""
    _mark(session, project_id, {(version, month_of(day)) for day in days})


def mark_players(session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]) -> None:
    """What was summed up of these players holds no longer, in closed seasons neither."""
    summed_up = select(PlayerTotal.rules_version, PlayerTotal.first).where(
        PlayerTotal.project_id == project_id,
        PlayerTotal.player_id.in_(players),
        PlayerTotal.span == Span.MONTH.value,
        PlayerTotal.repo_id == ALL_REPOS,
    )
    _mark(session, project_id, set(session.execute(summed_up.distinct()).tuples()))


def forget(session: Session, project_id: uuid.UUID, version: int) -> None:
    """The box scores of this version are gone."""
    for table in (PlayerTotal, StaleMonth):
        session.execute(
            delete(table).where(table.project_id == project_id, table.rules_version == version)
        )


def ask_for_totals(session: Session) -> None:
    """A job for each league whose months wait, though none is asked for: its job failed."""
    # across projects: every league has its months
    waiting = set(session.scalars(select(StaleMonth.project_id).distinct()))
    for project_id in sorted(waiting - queue.unfinished(session, SUM_UP)):
        queue.enqueue(session, SUM_UP, project_id=project_id)


def sum_up_next(session: Session, project_id: uuid.UUID) -> bool:
    """Sums up one stale month, the newest first; False where there is none."""
    lock_project(session, project_id)
    stale = session.execute(
        select(StaleMonth.rules_version, StaleMonth.month)
        .where(StaleMonth.project_id == project_id)
        .order_by(StaleMonth.month.desc(), StaleMonth.rules_version.desc())
        .limit(1)
    ).one_or_none()
    if stale is None:
        return False
    version, month = stale
    session.execute(
        delete(PlayerTotal).where(
            PlayerTotal.project_id == project_id,
            PlayerTotal.rules_version == version,
            PlayerTotal.first.between(month, end_of(month)),
        )
    )
    _sum_up(session, project_id, version, month)
    session.execute(
        delete(StaleMonth).where(
            StaleMonth.project_id == project_id,
            StaleMonth.rules_version == version,
            StaleMonth.month == month,
        )
    )
    return True


def _mark(session: Session, project_id: uuid.UUID, months: set[tuple[int, date]]) -> None:
    if not months:
        return
    known = session.execute(
        select(StaleMonth.rules_version, StaleMonth.month).where(
            StaleMonth.project_id == project_id,
            StaleMonth.rules_version.in_({version for version, _ in months}),
        )
    )
    new = sorted(months.difference(known.tuples()))
    insert_rows(
        session,
        StaleMonth,
        ("project_id", "rules_version", "month"),
        [(project_id, version, month) for version, month in new],
    )
    if new:
        queue.enqueue_once(session, SUM_UP, project_id=project_id, wait=SOON)


def _sum_up(session: Session, project_id: uuid.UUID, version: int, month: date) -> None:
    """By day and by repo from the box scores, the month from its days."""
    daily = (Span.DAY, literal(ALL_REPOS), BoxScore.day)
    by_repo = (Span.MONTH, BoxScore.repo_id, literal(month))
    for span, repo_id, first in (daily, by_repo):
        played = (
            select(
                literal(project_id),
                literal(version),
                literal(span.value),
                repo_id,
                first,
                Identity.player_id,
                *(_whole(getattr(BoxScore, name)) for name in SUMS),
                func.count(distinct(BoxScore.day)),
            )
            .join(
                Identity,
                and_(
                    Identity.project_id == BoxScore.project_id, Identity.id == BoxScore.identity_id
                ),
            )
            .where(
                BoxScore.project_id == project_id,
                BoxScore.rules_version == version,
                BoxScore.day.between(month, end_of(month)),
            )
            .group_by(Identity.player_id, BoxScore.day if span is Span.DAY else BoxScore.repo_id)
        )
        session.execute(insert(PlayerTotal).from_select(_COLUMNS, played))
    together = (
        select(
            literal(project_id),
            literal(version),
            literal(Span.MONTH.value),
            literal(ALL_REPOS),
            literal(month),
            PlayerTotal.player_id,
            *(_whole(getattr(PlayerTotal, name)) for name in SUMS),
            func.count(),
        )
        .where(
            PlayerTotal.project_id == project_id,
            PlayerTotal.rules_version == version,
            PlayerTotal.span == Span.DAY.value,
            PlayerTotal.repo_id == ALL_REPOS,
            PlayerTotal.first.between(month, end_of(month)),
        )
        .group_by(PlayerTotal.player_id)
    )
    session.execute(insert(PlayerTotal).from_select(_COLUMNS, together))


def _whole(column: InstrumentedAttribute[int]) -> Any:
    # PostgreSQL makes a numeric of a sum of bigint, and nothing here is that large.
    return cast(func.sum(column), BigInteger)
