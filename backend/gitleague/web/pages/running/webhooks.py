"""Webhooks: made, with a secret that is shown once, and how each message went."""

import math
import uuid
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.paging import Paging, PagingQuery
from gitleague.core.routing import Routes
from gitleague.core.sealing import Sealer
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.settings import Settings
from gitleague.projects.webhooks import webhooks
from gitleague.projects.webhooks.schemas import WebhookRequest
from gitleague.projects.webhooks.webhooks import WebhookRow
from gitleague.tables.outside import Event
from gitleague.web.done import done
from gitleague.web.forms import comes_back
from gitleague.web.frame import Part, league_page
from gitleague.web.tables import link_to
from gitleague.web.texts import gettext, gettext_noop, plural

router = Routes(prefix="/projects/{project_id}/webhooks")
HERE, ROWS = "/webhooks", 25
FIRST_PAGE = Paging()
TABS = (
    Part(gettext_noop("Webhooks"), "/webhooks"),
    Part(gettext_noop("Weekly digest"), "/digests"),
    Part(gettext_noop("Public"), "/sharing"),
    Part(gettext_noop("Export"), "/exports"),
)
EVENTS = (
    (Event.AWARD_GIVEN.value, gettext_noop("an award is given")),
    (Event.SEASON_OPENED.value, gettext_noop("a season opens")),
    (Event.SEASON_CLOSED.value, gettext_noop("a season closes")),
    (Event.SYNC_DONE.value, gettext_noop("a push has arrived")),
    (Event.RULING_MADE.value, gettext_noop("the referee has rulings")),
    (Event.RULING_CHANGED.value, gettext_noop("a ruling is decided")),
)


def sharing_page(
    request: Request,
    session: Session,
    template: str,
    *,
    member: Membership,
    tab: str,
    status: int = 200,
    **shown: Any,
) -> HTMLResponse:
    """A page about what leaves the league."""
    return league_page(
        *(request, session, f"running/{template}"),
        member=member,
        here=HERE,
        status=status,
        tabs=TABS,
        tabs_at="",
        tab=tab,
        waits={},
        **shown,
    )


def health_of(row: WebhookRow) -> tuple[str, str]:
    """A word, and what it is about."""
    if row.disabled_at:
        return "disabled", row.disabled_because or gettext("It is disabled.")
    if row.failures:
        return "error", plural(
            "The last %(count)s try failed.", "The last %(count)s tries failed.", row.failures
        )
    return "well", gettext("Messages get there.")


def _list_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    return sharing_page(
        *(request, session, "webhooks.html"),
        member=member,
        tab="/webhooks",
        rows=webhooks.list_webhooks(session, member.project_id),
        most=webhooks.MOST,
        events=EVENTS,
        health=health_of,
    )


@router.get("")
def show_webhooks(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _list_page(request, session, member)


@router.post("", dependencies=[comes_back(_list_page)])
def create_webhook(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    sent: Annotated[WebhookRequest, Form()],
) -> HTMLResponse:
    settings: Settings = request.app.state.settings
    webhooks.check_address(settings, sent.url)
    row, secret = webhooks.create_webhook(
        session, sent.url, sent.events, sealer=Sealer(settings), by=member
    )
    return _webhook_page(request, session, member, row.id, secret=secret)


def _webhook_page(
    request: Request,
    session: Session,
    member: Membership,
    webhook_id: uuid.UUID | None = None,
    *,
    paging: Paging = FIRST_PAGE,
    secret: str = "",
) -> HTMLResponse:
    wanted = webhook_id or uuid.UUID(request.path_params["webhook_id"])
    row = webhooks.get_webhook(session, member.project_id, wanted)
    log, total = webhooks.list_deliveries(
        session, member.project_id, row.id, paging.model_copy(update={"limit": ROWS})
    )
    return sharing_page(
        *(request, session, "webhook.html"),
        member=member,
        tab="/webhooks",
        status=201 if secret else 200,
        hook=row,
        host=row.host,
        address=row.url(Sealer(request.app.state.settings)),
        health=health_of(row),
        secret=secret,
        events=EVENTS,
        log=log,
        total=total,
        page=paging.page,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(paging, page=number) + "#log",
    )


@router.get("/{webhook_id}")
def show_webhook(
    request: Request,
    member: Commissioner,
    session: ReadSession,
    webhook_id: uuid.UUID,
    paging: PagingQuery,
) -> HTMLResponse:
    return _webhook_page(request, session, member, webhook_id, paging=paging)


COMES_BACK = [comes_back(_webhook_page)]


@router.post("/{webhook_id}", dependencies=COMES_BACK)
def change_webhook(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    webhook_id: uuid.UUID,
    sent: Annotated[WebhookRequest, Form()],
) -> RedirectResponse:
    webhooks.check_address(request.app.state.settings, sent.url)
    _change(request, session, webhook_id, member, sent.model_dump(mode="json"))
    return _to(member, webhook_id, "saved")


@router.post("/{webhook_id}/enable", dependencies=COMES_BACK)
def enable(
    request: Request, member: Commissioner, session: WriteSession, webhook_id: uuid.UUID
) -> RedirectResponse:
    _change(request, session, webhook_id, member, {"enabled": True})
    return _to(member, webhook_id, "saved")


@router.post("/{webhook_id}/disable", dependencies=COMES_BACK)
def disable(
    request: Request, member: Commissioner, session: WriteSession, webhook_id: uuid.UUID
) -> RedirectResponse:
    _change(request, session, webhook_id, member, {"enabled": False})
    return _to(member, webhook_id, "saved")


@router.post("/{webhook_id}/rotate", dependencies=COMES_BACK)
def rotate(
    request: Request, member: Commissioner, session: WriteSession, webhook_id: uuid.UUID
) -> HTMLResponse:
    """A new secret, shown this once."""
    sealer = Sealer(request.app.state.settings)
    row, secret = webhooks.rotate_secret(session, webhook_id, sealer=sealer, by=member)
    return _webhook_page(request, session, member, row.id, secret=secret)


@router.post("/{webhook_id}/delete", dependencies=COMES_BACK)
def delete(member: Commissioner, session: WriteSession, webhook_id: uuid.UUID) -> RedirectResponse:
    webhooks.delete_webhook(session, webhook_id, by=member)
    return done(member.project_id, HERE, "deleted")


@router.post("/{webhook_id}/ping", dependencies=COMES_BACK)
def ping(member: Commissioner, session: WriteSession, webhook_id: uuid.UUID) -> RedirectResponse:
    webhooks.ping(session, webhook_id, by=member)
    return _to(member, webhook_id, "tested")


@router.post("/{webhook_id}/deliveries/{delivery_id}/redeliver", dependencies=COMES_BACK)
def redeliver(
    member: Commissioner, session: WriteSession, webhook_id: uuid.UUID, delivery_id: uuid.UUID
) -> RedirectResponse:
    webhooks.redeliver(session, webhook_id, delivery_id, by=member)
    return _to(member, webhook_id, "tested")


def _change(
    request: Request,
    session: Session,
    webhook_id: uuid.UUID,
    member: Membership,
    changes: Mapping[str, Any],
) -> None:
    sealer = Sealer(request.app.state.settings)
    webhooks.change_webhook(session, webhook_id, changes, sealer=sealer, by=member)


def _to(member: Membership, webhook_id: uuid.UUID, what: str) -> RedirectResponse:
    return done(member.project_id, f"{HERE}/{webhook_id}", what)
