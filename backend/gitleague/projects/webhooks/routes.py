"""Webhooks over HTTP."""

import uuid
from typing import Annotated, TypeAlias

from fastapi import Path, Request
from fastapi.responses import Response

from gitleague.accounts.caller import Commissioner
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.sealing import Sealer
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects.webhooks import webhooks
from gitleague.projects.webhooks.schemas import (
    DeliveryOut,
    NewWebhookOut,
    WebhookChange,
    WebhookOut,
    WebhookRequest,
)

router = Routes(prefix="/projects/{project_id}/webhooks", tags=["webhooks"])
WebhookId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the webhook.")]
DeliveryId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the delivery.")]


@router.get("")
def list_webhooks(request: Request, member: Commissioner, session: ReadSession) -> list[WebhookOut]:
    """Returns the webhooks of a project, oldest first, without their secrets."""
    rows, sealer = webhooks.list_webhooks(session, member.project_id), _sealer(request)
    return [WebhookOut.of(row, sealer) for row in rows]


@router.post("", status_code=201)
def create_webhook(
    request: Request, member: Commissioner, session: WriteSession, body: WebhookRequest
) -> NewWebhookOut:
    """Creates a webhook. Messages are signed as Standard Webhooks says.

    The secret is shown only in this answer.
    """
    webhooks.check_address(request.app.state.settings, body.url)
    sealer = _sealer(request)
    row, secret = webhooks.create_webhook(session, body.url, body.events, sealer=sealer, by=member)
    return NewWebhookOut.of(row, sealer, secret=secret)


@router.get("/{webhook_id}")
def show_webhook(
    request: Request, member: Commissioner, session: ReadSession, webhook_id: WebhookId
) -> WebhookOut:
    """Returns a webhook, its events, and how its deliveries have been going."""
    row = webhooks.get_webhook(session, member.project_id, webhook_id)
    return WebhookOut.of(row, _sealer(request))


@router.patch("/{webhook_id}")
def change_webhook(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    webhook_id: WebhookId,
    body: WebhookChange,
) -> WebhookOut:
    """Changes a webhook's URL or events, or enables it again after failures disabled it."""
    if body.url is not None:
        webhooks.check_address(request.app.state.settings, body.url)
    sealer = _sealer(request)
    row = webhooks.change_webhook(session, webhook_id, body.changes(), sealer=sealer, by=member)
    return WebhookOut.of(row, sealer)


@router.delete("/{webhook_id}", status_code=204)
def delete_webhook(member: Commissioner, session: WriteSession, webhook_id: WebhookId) -> Response:
    """Deletes a webhook, its log, and messages still to be sent."""
    webhooks.delete_webhook(session, webhook_id, by=member)
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate")
def rotate_secret(
    request: Request, member: Commissioner, session: WriteSession, webhook_id: WebhookId
) -> NewWebhookOut:
    """Makes a new secret, shown only in this answer. The old one signs nothing more."""
    sealer = _sealer(request)
    row, secret = webhooks.rotate_secret(session, webhook_id, sealer=sealer, by=member)
    return NewWebhookOut.of(row, sealer, secret=secret)


@router.post("/{webhook_id}/ping", status_code=202)
def ping(member: Commissioner, session: WriteSession, webhook_id: WebhookId) -> DeliveryOut:
    """Sends a test message. The list of deliveries says how it went."""
    return DeliveryOut.model_validate(webhooks.ping(session, webhook_id, by=member))


@router.get("/{webhook_id}/deliveries")
def list_deliveries(
    member: Commissioner, session: ReadSession, webhook_id: WebhookId, paging: PagingQuery
) -> Page[DeliveryOut]:
    """Returns the deliveries of the last 30 days, and those waiting to be sent."""
    rows, total = webhooks.list_deliveries(session, member.project_id, webhook_id, paging)
    return page_of([DeliveryOut.model_validate(row) for row in rows], total, paging)


@router.post("/{webhook_id}/deliveries/{delivery_id}/redeliver", status_code=202)
def redeliver(
    member: Commissioner, session: WriteSession, webhook_id: WebhookId, delivery_id: DeliveryId
) -> DeliveryOut:
    """Sends a message again, with the same message id."""
    row = webhooks.redeliver(session, webhook_id, delivery_id, by=member)
    return DeliveryOut.model_validate(row)


def _sealer(request: Request) -> Sealer:
    return Sealer(request.app.state.settings)
