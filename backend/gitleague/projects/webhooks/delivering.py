"""Sends what is in the outbox.

At least once, since a process can die between the sending and the noting; who receives knows a
message by its id. A message that fails is sent again after WAITS, then given up. An address that
fails is left alone for a while, longer each time, and disabled after PATIENCE without one success.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from gitleague import __version__
from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.outbound import Answer, Outbound, Refused, Unreachable
from gitleague.core.sealing import BrokenSealError, Sealer
from gitleague.jobs.queue import enqueue, unfinished
from gitleague.projects.webhooks.outbox import DELIVER_WEBHOOKS, give_up_waiting
from gitleague.projects.webhooks.signing import signed_headers
from gitleague.projects.webhooks.webhooks import place_of, place_of_url
from gitleague.tables.outside import Delivery, DeliveryState, Webhook

WAITS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60)
)  # between tries: about 20 hours in all
PAUSE, LONGEST_PAUSE = timedelta(minutes=1), 30  # times the failures in a row, at most so many
PATIENCE = timedelta(days=5)
LEASE = timedelta(minutes=2)  # after which what was being sent is taken for lost
KEPT = timedelta(days=30)
GONE = 410
# Puts into the data of events what may be shown of players, whose ids alone are kept.
Told: TypeAlias = Callable[[Session, uuid.UUID, Sequence[Mapping[str, Any]]], list[dict[str, Any]]]


class Message(NamedTuple):
    """One delivery that is ours to send."""

    project_id: uuid.UUID
    id: uuid.UUID
    webhook_id: uuid.UUID
    message_id: str
    body: str
    tries: int
    sealed_url: str
    sealed_secret: str


class Outcome(NamedTuple):
    status: int | None = None
    error: str | None = None
    took_ms: int | None = None
    hopeless: str | None = None  # why nothing more shall be sent to this webhook

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliver(
    database: Database,
    project_id: uuid.UUID,
    sealer: Sealer,
    outbound: Outbound,
    told: Told,
    *,
    pause: Callable[[], None],
) -> None:
    """What is due in a league. `pause` is called between two messages, and may end it there."""
    while True:
        with database.writing() as session:
            message = _take(session, project_id, told)
        if message is None:
            return
        outcome = _send(message, sealer, outbound)
        with database.writing() as session:
            _settle(session, message, outcome)
        pause()


def ask_for_deliveries(session: Session) -> None:
    """A job for each league that has messages to send again."""
    # across projects: every league has its outbox
    asked = unfinished(session, DELIVER_WEBHOOKS)
    waiting = select(Delivery.project_id).join(Webhook, _OF_WEBHOOK).where(*_due(now())).distinct()
    for project_id in sorted(set(session.scalars(waiting)) - asked):
        enqueue(session, DELIVER_WEBHOOKS, project_id=project_id)


def forget_deliveries(session: Session) -> None:
    """The log reaches back so far."""
    # across projects: the oldest of all go
    session.execute(
        delete(Delivery).where(
            Delivery.state.in_((DeliveryState.DELIVERED.value, DeliveryState.GIVEN_UP.value)),
            Delivery.not_before < now() - KEPT,
        )
    )


_OF_WEBHOOK = and_(Webhook.project_id == Delivery.project_id, Webhook.id == Delivery.webhook_id)


def _due(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.state == DeliveryState.WAITING.value,
        Delivery.not_before <= moment,
        Webhook.disabled_at.is_(None),
        or_(Webhook.paused_until.is_(None), Webhook.paused_until <= moment),
    )


def _take(session: Session, project_id: uuid.UUID, told: Told) -> Message | None:
    """The oldest that is due; ours from now on, until it is settled or we are dead."""
    moment = now()
    oldest = (
        select(Delivery.id)
        .join(Webhook, _OF_WEBHOOK)
        .where(Delivery.project_id == project_id, *_due(moment))
        .order_by(Delivery.created_at, Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Delivery)
        .scalar_subquery()
    )
    taken = session.execute(
        update(Delivery)
        .where(Delivery.project_id == project_id, Delivery.id == oldest)
        .values(tries=Delivery.tries + 1, not_before=moment + LEASE)
        .returning(
            Delivery.project_id,
            Delivery.id,
            Delivery.webhook_id,
            Delivery.message_id,
            Delivery.body,
            Delivery.tries,
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        return None
    hook = session.execute(
        select(Webhook.sealed_url, Webhook.sealed_secret).where(
            Webhook.project_id == project_id, Webhook.id == taken.webhook_id
        )
    ).one()
    message = Message(*taken, *hook)
    return message._replace(body=_body(session, message, told))


def _body(session: Session, message: Message, told: Told) -> str:
    """As it is signed and sent: with the names that may be shown now."""
    body = json.loads(message.body)
    (data,) = told(session, message.project_id, [body["data"]])
    return json.dumps({**body, "data": data}, separators=(",", ":"))


def _send(message: Message, sealer: Sealer, outbound: Outbound) -> Outcome:
    try:
        url = sealer.unseal(message.sealed_url, place=place_of_url(message.webhook_id))
        secret = sealer.unseal(message.sealed_secret, place=place_of(message.webhook_id))
    except BrokenSealError:
        why = (
            "It was sealed with another GITLEAGUE_SECRET_KEY. Set its address again, and rotate "
            "its secret."
        )
        return Outcome(error=why, hopeless=why)
    headers = {
        **signed_headers(secret, message.message_id, message.body, at=now()),
        "content-type": "application/json",
        "user-agent": f"gitleague/{__version__}",
    }
    try:
        answer: Answer = outbound.post(url, message.body.encode(), headers)
    except (Refused, Unreachable) as error:
        return Outcome(error=str(error))
    gone = "Its address answered 410 Gone." if answer.status == GONE else None
    return Outcome(status=answer.status, took_ms=answer.took_ms, hopeless=gone)


def _settle(session: Session, message: Message, outcome: Outcome) -> None:
    values: dict[str, object] = {**outcome._asdict()}
    values.pop("hopeless")
    moment = now()
    if outcome.is_success:
        values |= {"state": DeliveryState.DELIVERED.value, "finished_at": moment}
    elif outcome.hopeless or message.tries > len(WAITS):
        values |= {"state": DeliveryState.GIVEN_UP.value, "finished_at": moment}
    else:
        values |= {"not_before": moment + WAITS[message.tries - 1]}
    session.execute(
        update(Delivery)
        .where(Delivery.project_id == message.project_id, Delivery.id == message.id)
        .values(**values)
    )
    if outcome.is_success:
        _praise(session, message)
    else:
        _blame(session, message, outcome, moment)


def _praise(session: Session, message: Message) -> None:
    session.execute(
        update(Webhook)
        .where(Webhook.project_id == message.project_id, Webhook.id == message.webhook_id)
        .values(failures=0, failing_since=None, paused_until=None)
    )


def _blame(session: Session, message: Message, outcome: Outcome, moment: datetime) -> None:
    hook = (Webhook.project_id == message.project_id, Webhook.id == message.webhook_id)
    failed = session.execute(
        update(Webhook)
        .where(*hook)
        .values(
            failures=Webhook.failures + 1,
            failing_since=func.coalesce(Webhook.failing_since, moment),
        )
        .returning(Webhook.failures, Webhook.failing_since)
    ).one_or_none()
    if failed is None:  # deleted meanwhile
        return
    pause = PAUSE * min(failed.failures, LONGEST_PAUSE)
    session.execute(update(Webhook).where(*hook).values(paused_until=moment + pause))
    why = outcome.hopeless
    if not why and failed.failing_since <= moment - PATIENCE:
        why = f"Nothing reached it for {PATIENCE.days} days."
    if why:
        _disable(session, message, why, moment)


def _disable(session: Session, message: Message, why: str, moment: datetime) -> None:
    """Nothing is sent any more, until a commissioner enables it again."""
    disabled = session.execute(
        update(Webhook)
        .where(
            Webhook.project_id == message.project_id,
            Webhook.id == message.webhook_id,
            Webhook.disabled_at.is_(None),
        )
        .values(disabled_at=moment, disabled_because=why)
        .returning(Webhook.host)
    ).one_or_none()
    if disabled is None:
        return
    give_up_waiting(session, message.project_id, message.webhook_id)
    audit.record(
        session,
        Action.WEBHOOK_DISABLED,
        disabled.host,
        caller=None,
        project_id=message.project_id,
        details={"webhook_id": str(message.webhook_id), "because": why},
    )
