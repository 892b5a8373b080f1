"""The outbox: what is to be sent is there if and only if what it tells of was committed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.jobs.queue import enqueue_once
from gitleague.tables.outside import Delivery, DeliveryState, Event, Webhook

DELIVER_WEBHOOKS = "webhooks:deliver"
HOOKED = (
    Event.AWARD_GIVEN,
    Event.SEASON_OPENED,
    Event.SEASON_CLOSED,
    Event.SYNC_DONE,
    Event.RULING_MADE,
    Event.RULING_CHANGED,
)
AT_ONCE = timedelta(0)


def put_out(
    session: Session, project_id: uuid.UUID, event: Event, told: Sequence[Mapping[str, Any]]
) -> None:
    """A message of each for every webhook of the league that wants this event."""
    if event not in HOOKED or not told:
        return
    hooks = session.execute(
        select(Webhook.id, Webhook.events).where(
            Webhook.project_id == project_id, Webhook.disabled_at.is_(None)
        )
    )
    wanting = [webhook_id for webhook_id, events in hooks if event.value in events]
    if not wanting:
        return
    for data in told:
        message_id, body = message(project_id, event, data, at=now())
        for webhook_id in wanting:
            add_delivery(
                session, project_id, webhook_id, event=event.value, message_id=message_id, body=body
            )
    enqueue_once(session, DELIVER_WEBHOOKS, project_id=project_id, wait=AT_ONCE)


def message(
    project_id: uuid.UUID, event: Event, data: Mapping[str, Any], *, at: datetime
) -> tuple[str, str]:
    """Its id, and its body: of players their ids alone, until it is sent."""
    body = {
        "type": event.value,
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "data": {"project_id": str(project_id), **data},
    }
    return f"msg_{uuid.uuid4().hex}", json.dumps(body, separators=(",", ":"))


def add_delivery(
    session: Session,
    project_id: uuid.UUID,
    webhook_id: uuid.UUID,
    *,
    event: str,
    message_id: str,
    body: str,
) -> Delivery:
    """To be sent when a job comes by."""
    delivery = Delivery(
        id=uuid.uuid4(),
        project_id=project_id,
        webhook_id=webhook_id,
        message_id=message_id,
        event=event,
        body=body,
        state=DeliveryState.WAITING.value,
        tries=0,
        not_before=now(),
        created_at=now(),
    )
    session.add(delivery)
    return delivery


def give_up_waiting(session: Session, project_id: uuid.UUID, webhook_id: uuid.UUID) -> None:
    """What a disabled webhook was still to be sent: it would be old news when it is enabled."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.project_id == project_id,
            Delivery.webhook_id == webhook_id,
            Delivery.state == DeliveryState.WAITING.value,
        )
        .values(
            state=DeliveryState.GIVEN_UP.value,
            finished_at=now(),
            error=func.coalesce(Delivery.error, "The webhook was disabled."),
        )
        .execution_options(synchronize_session=False)
    )
