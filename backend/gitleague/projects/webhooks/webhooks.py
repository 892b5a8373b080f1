"""The webhooks of a league, kept by its commissioners."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, Invalid, NotFound
from gitleague.core.outbound import Refused, check_url
from gitleague.core.paging import Paging
from gitleague.core.sealing import BrokenSealError, Sealer
from gitleague.core.settings import Settings
from gitleague.jobs.queue import enqueue
from gitleague.projects.leagues import lock_project
from gitleague.projects.webhooks.outbox import (
    DELIVER_WEBHOOKS,
    add_delivery,
    give_up_waiting,
    message,
)
from gitleague.projects.webhooks.signing import new_secret
from gitleague.tables.outside import Delivery, Event, Webhook

MOST = 10  # of a league


class WebhookRow(NamedTuple):
    id: uuid.UUID
    host: str
    sealed_url: str
    events: list[str]
    created_at: datetime
    failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    disabled_at: datetime | None
    disabled_because: str | None

    def url(self, sealer: Sealer) -> str:
        """Its address; without its path where that was sealed with a key that is lost."""
        try:
            return sealer.unseal(self.sealed_url, place=place_of_url(self.id))
        except BrokenSealError:
            return f"https://{self.host}/"


class DeliveryRow(NamedTuple):
    id: uuid.UUID
    message_id: str
    event: str
    state: str
    tries: int
    status: int | None
    error: str | None
    took_ms: int | None
    not_before: datetime
    created_at: datetime
    finished_at: datetime | None


_COLUMNS = tuple(getattr(Webhook, field) for field in WebhookRow._fields)
_LOGGED = tuple(getattr(Delivery, field) for field in DeliveryRow._fields)


def place_of(webhook_id: uuid.UUID) -> str:
    """Where its sealed secret belongs."""
    return f"webhook:{webhook_id}"


def place_of_url(webhook_id: uuid.UUID) -> str:
    """Where its sealed address belongs."""
    return f"webhook-url:{webhook_id}"


def host_of(url: str) -> str:
    """What may be told of an address: the rest of it can be a secret."""
    return urlsplit(url).hostname or ""


def check_address(settings: Settings, url: str) -> None:
    """Raises Invalid for what this server never sends to."""
    try:
        check_url(settings, url)
    except Refused as error:
        message = str(error)
        raise Invalid(message, errors=[{"field": "url", "message": message}]) from None


def _address(webhook_id: uuid.UUID, url: str, sealer: Sealer) -> dict[str, str]:
    return {
        "host": host_of(url),
        "sealed_url": sealer.seal(url, place=place_of_url(webhook_id)),
    }


def list_webhooks(session: Session, project_id: uuid.UUID) -> list[WebhookRow]:
    """The oldest first."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(Webhook.project_id == project_id)
        .order_by(Webhook.created_at, Webhook.id)
    )
    return [WebhookRow(*row) for row in rows]


def get_webhook(session: Session, project_id: uuid.UUID, webhook_id: uuid.UUID) -> WebhookRow:
    row = session.execute(
        select(*_COLUMNS).where(Webhook.project_id == project_id, Webhook.id == webhook_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such webhook in this league.")
    return WebhookRow(*row)


def create_webhook(
    session: Session, url: str, events: Sequence[Event], *, sealer: Sealer, by: Membership
) -> tuple[WebhookRow, str]:
    """With its secret, which is shown this once."""
    lock_project(session, by.project_id)
    count = session.scalar(select(func.count()).where(Webhook.project_id == by.project_id))
    if (count or 0) >= MOST:
        raise Conflict(f"A league has at most {MOST} webhooks. Delete one first.")
    webhook_id, secret = uuid.uuid4(), new_secret()
    session.add(
        Webhook(
            id=webhook_id,
            project_id=by.project_id,
            **_address(webhook_id, url, sealer),
            events=[event.value for event in events],
            sealed_secret=sealer.seal(secret, place=place_of(webhook_id)),
            created_by=by.caller.user_id,
            created_at=now(),
            failures=0,
        )
    )
    session.flush()  # read back below
    _record(
        session,
        Action.WEBHOOK_CREATED,
        host_of(url),
        webhook_id,
        by,
        events=[event.value for event in events],
    )
    return get_webhook(session, by.project_id, webhook_id), secret


def change_webhook(
    session: Session,
    webhook_id: uuid.UUID,
    changes: Mapping[str, Any],
    *,
    sealer: Sealer,
    by: Membership,
) -> WebhookRow:
    """Other events; another address, or `enabled`, begins anew."""
    old = get_webhook(session, by.project_id, webhook_id)
    values: dict[str, Any] = {}
    is_moved = "url" in changes and changes["url"] != old.url(sealer)
    if is_moved:
        values |= _address(webhook_id, changes["url"], sealer)
    if "events" in changes:
        values["events"] = changes["events"]
    if changes.get("enabled") is True or is_moved:
        values |= {"failing_since": None, "paused_until": None, "failures": 0}
    if changes.get("enabled") is True:
        values |= {"disabled_at": None, "disabled_because": None}
    elif changes.get("enabled") is False and old.disabled_at is None:
        values |= {"disabled_at": now(), "disabled_because": "A commissioner disabled it."}
        give_up_waiting(session, by.project_id, webhook_id)
    if not values:
        return old
    _set(session, by.project_id, webhook_id, **values)
    told = {name: value for name, value in changes.items() if name != "url"}
    new = get_webhook(session, by.project_id, webhook_id)
    _record(session, Action.WEBHOOK_CHANGED, new.host, webhook_id, by, **told)
    return new


def rotate_secret(
    session: Session, webhook_id: uuid.UUID, *, sealer: Sealer, by: Membership
) -> tuple[WebhookRow, str]:
    """The old secret signs nothing more."""
    row, secret = get_webhook(session, by.project_id, webhook_id), new_secret()
    sealed = sealer.seal(secret, place=place_of(webhook_id))
    _set(session, by.project_id, webhook_id, sealed_secret=sealed)
    _record(session, Action.WEBHOOK_ROTATED, row.host, webhook_id, by)
    return row, secret


def delete_webhook(session: Session, webhook_id: uuid.UUID, *, by: Membership) -> None:
    row = get_webhook(session, by.project_id, webhook_id)
    session.execute(
        delete(Webhook).where(Webhook.project_id == by.project_id, Webhook.id == webhook_id)
    )
    _record(session, Action.WEBHOOK_DELETED, row.host, webhook_id, by)


def ping(session: Session, webhook_id: uuid.UUID, *, by: Membership) -> DeliveryRow:
    """A message that tells nothing, to try the address."""
    _enabled(session, by.project_id, webhook_id)
    told = {"webhook_id": str(webhook_id)}
    message_id, body = message(by.project_id, Event.PING, told, at=now())
    return _send_now(
        session, by, webhook_id, event=Event.PING.value, message_id=message_id, body=body
    )


def redeliver(
    session: Session, webhook_id: uuid.UUID, delivery_id: uuid.UUID, *, by: Membership
) -> DeliveryRow:
    """The same message once more, under the same id."""
    _enabled(session, by.project_id, webhook_id)
    old = session.execute(
        select(Delivery.event, Delivery.message_id, Delivery.body).where(
            Delivery.project_id == by.project_id,
            Delivery.webhook_id == webhook_id,
            Delivery.id == delivery_id,
        )
    ).one_or_none()
    if old is None:
        raise NotFound("There is no such delivery. The log reaches back 30 days.")
    return _send_now(session, by, webhook_id, **old._asdict())


def list_deliveries(
    session: Session, project_id: uuid.UUID, webhook_id: uuid.UUID, paging: Paging
) -> tuple[list[DeliveryRow], int]:
    """The newest first."""
    get_webhook(session, project_id, webhook_id)
    wanted = (Delivery.project_id == project_id, Delivery.webhook_id == webhook_id)
    rows = session.execute(
        select(*_LOGGED)
        .where(*wanted)
        .order_by(Delivery.created_at.desc(), Delivery.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).select_from(Delivery).where(*wanted)) or 0
    return [DeliveryRow(*row) for row in rows], total


def _enabled(session: Session, project_id: uuid.UUID, webhook_id: uuid.UUID) -> None:
    if get_webhook(session, project_id, webhook_id).disabled_at:
        raise Conflict("This webhook is disabled. Enable it first.")


def _send_now(
    session: Session, by: Membership, webhook_id: uuid.UUID, **message: str
) -> DeliveryRow:
    """Also where the address is left alone for a while: somebody wants to know."""
    _set(session, by.project_id, webhook_id, paused_until=None)
    delivery = add_delivery(session, by.project_id, webhook_id, **message)
    enqueue(session, DELIVER_WEBHOOKS, project_id=by.project_id, created_by=by.caller.user_id)
    return DeliveryRow(*(getattr(delivery, field) for field in DeliveryRow._fields))


def _set(session: Session, project_id: uuid.UUID, webhook_id: uuid.UUID, **values: object) -> None:
    session.execute(
        update(Webhook)
        .where(Webhook.project_id == project_id, Webhook.id == webhook_id)
        .values(**values)
    )


def _record(
    session: Session,
    action: Action,
    host: str,
    webhook_id: uuid.UUID,
    by: Membership,
    **details: object,
) -> None:
    audit.record(
        session,
        action,
        host,
        caller=by.caller,
        project_id=by.project_id,
        details={"webhook_id": str(webhook_id), **details},
    )
