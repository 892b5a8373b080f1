"""The destinations of a league's recaps, kept by its commissioners."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound, TooManyRequests
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.jobs.queue import enqueue
from gitleague.league.digests.destinations import Unfit, check
from gitleague.league.digests.weeks import week_told_at
from gitleague.league.periods import wrong
from gitleague.projects.leagues import lock_project
from gitleague.tables.outside import Digest, DigestKind

SEND_DIGESTS = "digests:send"
MOST = 5  # of a league
BETWEEN_TESTS = timedelta(minutes=1)


class DigestRow(NamedTuple):
    id: uuid.UUID
    name: str
    kind: str
    sent_through: date
    sent_at: datetime | None
    tested_at: datetime | None
    error: str | None
    created_at: datetime


_COLUMNS = tuple(getattr(Digest, field) for field in DigestRow._fields)


def place_of(digest_id: uuid.UUID) -> str:
    """Where its sealed destination belongs."""
    return f"digest:{digest_id}"


def list_digests(session: Session, project_id: uuid.UUID) -> list[DigestRow]:
    """The oldest first."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(Digest.project_id == project_id)
        .order_by(Digest.created_at, Digest.id)
    )
    return [DigestRow(*row) for row in rows]


def checked(settings: Settings, kind: DigestKind, destination: str) -> str:
    """As it is kept. Raises Invalid for none of this kind, Conflict where no mail can be sent."""
    if kind is DigestKind.EMAIL and not settings.smtp_url.get_secret_value():
        raise Conflict("This server sends no mails: its operator sets GITLEAGUE_SMTP_URL first.")
    try:
        return check(kind, destination)
    except Unfit as error:
        raise wrong("destination", str(error)) from None


def create_digest(
    session: Session,
    name: str,
    kind: DigestKind,
    destination: str,
    *,
    sealer: Sealer,
    by: Membership,
) -> DigestRow:
    """Its first recap is that of the next week that ends."""
    zone = lock_project(session, by.project_id)
    count = session.scalar(select(func.count()).where(Digest.project_id == by.project_id))
    if (count or 0) >= MOST:
        raise Conflict(f"A league has at most {MOST} digests. Delete one first.")
    digest_id = uuid.uuid4()
    digest = Digest(
        id=digest_id,
        project_id=by.project_id,
        name=name,
        kind=kind.value,
        sealed_destination=sealer.seal(destination, place=place_of(digest_id)),
        sent_through=week_told_at(now(), zone),
        tries=0,
        created_by=by.caller.user_id,
        created_at=now(),
    )
    session.add(digest)
    _record(session, Action.DIGEST_CREATED, name, kind.value, by)
    return DigestRow(*(getattr(digest, field) for field in DigestRow._fields))


def delete_digest(session: Session, digest_id: uuid.UUID, *, by: Membership) -> None:
    gone = session.execute(
        delete(Digest)
        .where(Digest.project_id == by.project_id, Digest.id == digest_id)
        .returning(Digest.name, Digest.kind)
    ).one_or_none()
    if gone is None:
        raise NotFound("There is no such digest in this league.")
    _record(session, Action.DIGEST_DELETED, gone.name, gone.kind, by)


def ask_for_test(session: Session, digest_id: uuid.UUID, *, by: Membership) -> DigestRow:
    """The recap of the last week, at once; it counts for nothing."""
    moment = now()
    row = session.execute(
        update(Digest)
        .where(
            Digest.project_id == by.project_id,
            Digest.id == digest_id,
            Digest.tested_at.is_(None) | (Digest.tested_at < moment - BETWEEN_TESTS),
        )
        .values(tested_at=moment)
        .returning(*_COLUMNS)
    ).one_or_none()
    if row is None:
        known = select(Digest.id).where(Digest.project_id == by.project_id, Digest.id == digest_id)
        if session.scalar(known) is None:
            raise NotFound("There is no such digest in this league.")
        raise TooManyRequests("It was tested just now. Wait a minute.")
    enqueue(
        session,
        SEND_DIGESTS,
        project_id=by.project_id,
        arguments={"test": str(digest_id)},
        created_by=by.caller.user_id,
    )
    return DigestRow(*row)


def _record(session: Session, action: Action, name: str, kind: str, by: Membership) -> None:
    audit.record(
        session,
        action,
        name,
        caller=by.caller,
        project_id=by.project_id,
        details={"kind": kind},
    )
