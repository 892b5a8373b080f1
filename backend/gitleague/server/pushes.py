"""How pushes go, counted in the database for all processes of the server; and the brake."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from gitleague.accounts.rollout import COHORTS, PUSH
from gitleague.core.clock import now
from gitleague.server.rollout import pause
from gitleague.tables.server import PushCount, Rollout

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)
LOOKS_BACK = timedelta(hours=1)
FEWEST = 20  # pushes, before their errors say anything


class Figures(NamedTuple):
    """How the pushes of a cohort went."""

    cohort: str
    pushes: int = 0
    refused: int = 0
    failed: int = 0
    milliseconds: int = 0

    @property
    def success_rate(self) -> float | None:
        return (self.pushes - self.refused - self.failed) / self.pushes if self.pushes else None

    @property
    def mean_milliseconds(self) -> float | None:
        return self.milliseconds / self.pushes if self.pushes else None


def figures(session: Session, since: datetime) -> list[Figures]:
    """Of each cohort, the first to come in first."""
    sums = [func.sum(getattr(PushCount, name)) for name in Figures._fields[1:]]
    rows = session.execute(
        select(PushCount.cohort, *sums).where(PushCount.minute >= since).group_by(PushCount.cohort)
    )
    found = {cohort: Figures(cohort, *map(int, counted)) for cohort, *counted in rows}
    return [found.get(str(step), Figures(str(step))) for step in COHORTS]


def pause_where_failing(session: Session) -> None:
    """Once a release is under way, too many errors stop it."""
    watched = session.execute(
        select(Rollout.threshold, Rollout.watched_since).where(
            Rollout.name == PUSH, Rollout.paused_at.is_(None)
        )
    ).one_or_none()
    if watched is None:
        return
    found = figures(session, max(now() - LOOKS_BACK, watched.watched_since))
    pushes, failed = sum(each.pushes for each in found), sum(each.failed for each in found)
    if pushes >= FEWEST and failed * 100 > watched.threshold * pushes:
        why = f"{failed} of the last {pushes} pushes failed"
        pause(session, why)
        log.error("push is paused: %s; see `gitleague rollout status`", why)


def forget_counts(session: Session) -> None:
    session.execute(delete(PushCount).where(PushCount.minute < now() - KEPT))
