"""Tells every commissioner, each once for an announcement, and keeps who was told.

Each try is written down before the next is made: what is interrupted goes on where it stopped.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from gitleague.accounts.mail import Letter, MailNotSent, deliver
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import SettingsError
from gitleague.core.outbound import Outbound
from gitleague.core.settings import Settings
from gitleague.league.digests.destinations import NotSent, Unfit, check, send
from gitleague.ops.notices import Notice
from gitleague.tables.accounts import User
from gitleague.tables.outside import DigestKind
from gitleague.tables.projects import Member, MemberStatus, Role
from gitleague.tables.server import Channel, NoticeKind, NoticeSent


class Recipient(NamedTuple):
    channel: Channel
    user_id: uuid.UUID | None  # none: the channel itself
    name: str  # an address, or the channel


class Told(NamedTuple):
    recipient: Recipient
    error: str | None


class Logged(NamedTuple):
    kind: NoticeKind
    about: str
    channel: Channel
    to: str | None  # none: an account that is gone
    error: str | None
    created_at: datetime


def check_ways(settings: Settings) -> None:
    """Raises SettingsError where commissioners cannot be told."""
    if not settings.smtp_url.get_secret_value():
        raise SettingsError("There is no mail server to tell them by: set GITLEAGUE_SMTP_URL.")
    slack = settings.slack_url.get_secret_value()
    if slack:
        try:
            check(DigestKind.SLACK, slack)
        except Unfit as error:
            raise SettingsError(f"GITLEAGUE_SLACK_URL cannot be used. {error}") from None


def list_recipients(session: Session, settings: Settings) -> list[Recipient]:
    """Everybody who runs a league, and the channel where there is one."""
    # across projects: a deployment is all leagues' concern
    runs_a_league = exists().where(
        Member.user_id == User.id,
        Member.role == Role.COMMISSIONER.value,
        Member.status == MemberStatus.APPROVED.value,
    )
    people = session.execute(select(User.id, User.email).where(runs_a_league).order_by(User.email))
    found = [Recipient(Channel.MAIL, row.id, row.email) for row in people]
    if settings.slack_url.get_secret_value():
        found.append(Recipient(Channel.SLACK, None, "Slack"))
    return found


def list_waiting(session: Session, settings: Settings, notice: Notice) -> list[Recipient]:
    """Who was not told of this yet."""
    told = set(
        session.execute(
            select(NoticeSent.channel, NoticeSent.user_id).where(
                NoticeSent.kind == notice.kind.value,
                NoticeSent.about == notice.about,
                NoticeSent.error.is_(None),
            )
        ).tuples()
    )
    return [
        each
        for each in list_recipients(session, settings)
        if (each.channel.value, each.user_id) not in told
    ]


def tell(
    database: Database, settings: Settings, notice: Notice, waiting: list[Recipient]
) -> Iterator[Told]:
    """Goes on with the others where somebody cannot be told."""
    for recipient in waiting:
        error = _tell(settings, notice, recipient)
        with database.writing() as session:
            session.add(
                NoticeSent(
                    kind=notice.kind.value,
                    about=notice.about,
                    channel=recipient.channel.value,
                    user_id=recipient.user_id,
                    error=error,
                    created_at=now(),
                )
            )
        yield Told(recipient, error)


def list_tries(session: Session, *, limit: int) -> list[Logged]:
    """The newest first."""
    rows = session.execute(
        select(NoticeSent, User.email)
        .outerjoin(User, User.id == NoticeSent.user_id)
        .order_by(NoticeSent.id.desc())
        .limit(limit)
    )
    return [
        Logged(
            NoticeKind(row.kind),
            row.about,
            Channel(row.channel),
            "Slack" if row.channel == Channel.SLACK.value else email,
            row.error,
            row.created_at,
        )
        for row, email in rows
    ]


def _tell(settings: Settings, notice: Notice, recipient: Recipient) -> str | None:
    """What went wrong, without what was sent, as short as the log of it is."""
    try:
        if recipient.channel is Channel.MAIL:
            deliver(settings, Letter(recipient.name, notice.subject, notice.text))
        else:
            destination = settings.slack_url.get_secret_value()
            title, text = notice.subject, notice.text
            outbound = Outbound(settings)
            send(settings, outbound, DigestKind.SLACK, destination, title=title, text=text)
    except (MailNotSent, NotSent) as error:
        return str(error)[:200]
    return None
