"""Sends recaps: each week once, and after an absence the newest week alone.

A week is taken before it is sent, so that a process that dies in between loses it rather than sends
it twice. Where it was not taken by the other side it is given back, and tried again after WAITS.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.outbound import Outbound
from gitleague.core.sealing import BrokenSealError, Sealer
from gitleague.core.settings import Settings
from gitleague.jobs.queue import enqueue, unfinished
from gitleague.league.digests.destinations import NotSent, send
from gitleague.league.digests.digests import SEND_DIGESTS, place_of
from gitleague.league.digests.recap import recap_of
from gitleague.league.digests.weeks import week_told_at
from gitleague.tables.outside import Digest, DigestKind
from gitleague.tables.projects import Project

WAITS = tuple(timedelta(hours=hours) for hours in (1, 3, 8, 24))


class Parcel(NamedTuple):
    """A recap that is ours to send."""

    project_id: uuid.UUID
    id: uuid.UUID
    kind: str
    sealed_destination: str
    tries: int
    before: date  # what was told until now
    week: date


def ask_for_digests(session: Session) -> None:
    """A job for each league with a week to tell."""
    # across projects: every league has its weeks
    asked = unfinished(session, SEND_DIGESTS)
    moment = now()
    rows = session.execute(
        select(Digest.project_id, Project.time_zone, Digest.sent_through)
        .join(Project, Project.id == Digest.project_id)
        .where(or_(Digest.not_before.is_(None), Digest.not_before <= moment))
    )
    due = {
        project_id for project_id, zone, told in rows if told < week_told_at(moment, ZoneInfo(zone))
    }
    for project_id in sorted(due - asked):
        enqueue(session, SEND_DIGESTS, project_id=project_id)


class Sender:
    def __init__(
        self, database: Database, settings: Settings, sealer: Sealer, outbound: Outbound
    ) -> None:
        self._database = database
        self._settings = settings
        self._sealer = sealer
        self._outbound = outbound

    def send_due(self, project_id: uuid.UUID, *, pause: Callable[[], None]) -> None:
        """`pause` is called between two recaps, and may end it there."""
        while True:
            with self._database.writing() as session:
                parcel = _take(session, project_id)
            if parcel is None:
                return
            error = self._send(parcel)
            with self._database.writing() as session:
                _settle(session, parcel, error)
            pause()

    def send_test(self, project_id: uuid.UUID, digest_id: uuid.UUID) -> None:
        """The last week that was told; nothing but the error is noted."""
        with self._database.reading() as session:
            parcel = _look(session, project_id, digest_id)
        if parcel is None:
            return
        error = self._send(parcel, prefix="Test: ")
        with self._database.writing() as session:
            _set(session, parcel, error=error)

    def _send(self, parcel: Parcel, *, prefix: str = "") -> str | None:
        """What went wrong, if anything."""
        with self._database.reading() as session:
            recap = recap_of(
                session, parcel.project_id, parcel.week, public_url=self._settings.public_url
            )
        place = place_of(parcel.id)
        try:
            destination = self._sealer.unseal(parcel.sealed_destination, place=place)
            kind = DigestKind(parcel.kind)
            send(
                self._settings,
                self._outbound,
                kind,
                destination,
                title=prefix + recap.title,
                text=recap.text,
            )
        except BrokenSealError:
            return "It was sealed with another GITLEAGUE_SECRET_KEY. Delete it, and add it again."
        except NotSent as error:
            return str(error)
        return None


def _take(session: Session, project_id: uuid.UUID) -> Parcel | None:
    moment = now()
    zone = session.scalars(select(Project.time_zone).where(Project.id == project_id)).one()
    week = week_told_at(moment, ZoneInfo(zone))
    found = session.execute(
        select(Digest.id, Digest.sent_through)
        .where(
            Digest.project_id == project_id,
            Digest.sent_through < week,
            or_(Digest.not_before.is_(None), Digest.not_before <= moment),
        )
        .order_by(Digest.created_at, Digest.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if found is None:
        return None
    row = session.execute(
        update(Digest)
        .where(Digest.project_id == project_id, Digest.id == found.id)
        .values(sent_through=week)
        .returning(Digest.kind, Digest.sealed_destination, Digest.tries)
    ).one()
    return Parcel(
        project_id,
        found.id,
        row.kind,
        row.sealed_destination,
        row.tries,
        found.sent_through,
        week,
    )


def _look(session: Session, project_id: uuid.UUID, digest_id: uuid.UUID) -> Parcel | None:
    zone = session.scalars(select(Project.time_zone).where(Project.id == project_id)).one()
    row = session.execute(
        select(Digest.kind, Digest.sealed_destination, Digest.tries, Digest.sent_through).where(
            Digest.project_id == project_id, Digest.id == digest_id
        )
    ).one_or_none()
    week = week_told_at(now(), ZoneInfo(zone))
    if row is None:
        return None
    return Parcel(
        project_id, digest_id, row.kind, row.sealed_destination, row.tries, row.sent_through, week
    )


def _settle(session: Session, parcel: Parcel, error: str | None) -> None:
    moment: datetime = now()
    if error is None:
        _set(session, parcel, sent_at=moment, error=None, tries=0, not_before=None)
    elif parcel.tries < len(WAITS):
        again = moment + WAITS[parcel.tries]
        _set(
            session,
            parcel,
            sent_through=parcel.before,
            error=error,
            tries=parcel.tries + 1,
            not_before=again,
        )
    else:  # the next week begins anew
        _set(session, parcel, error=error, tries=0, not_before=None)


def _set(session: Session, parcel: Parcel, **values: object) -> None:
    session.execute(
        update(Digest)
        .where(Digest.project_id == parcel.project_id, Digest.id == parcel.id)
        .values(**values)
    )
