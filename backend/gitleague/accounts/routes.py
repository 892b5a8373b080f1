"""Signing in and API keys, over HTTP."""

import uuid
from functools import partial
from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Request
from fastapi.responses import Response

from gitleague.accounts import audit
from gitleague.accounts.addresses import address_of
from gitleague.accounts.api_keys import create_key, keys_seen_by, revoke_key, rotate_key
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Caller, InPerson, MaybeCaller
from gitleague.accounts.limits import limit_mailbox, limit_sign_in
from gitleague.accounts.mail import send, sign_in_letter
from gitleague.accounts.schemas import (
    AccessTokenAnswer,
    KeyAnswer,
    KeyRequest,
    LinkRequest,
    LinkToken,
    Message,
    NewKeyAnswer,
)
from gitleague.accounts.sign_in import (
    Account,
    close_all_sessions,
    close_session,
    find_or_admit,
    make_link,
    open_api_session,
    use_link,
)
from gitleague.core.db import Database
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.settings import Settings

router = Routes(tags=["accounts"])
KeyId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the API key.")]
ON_ITS_WAY = "If this address has an account, a sign-in link is on its way to it."


def mail_link(request: Request, email: str, *, invitation: str = "") -> None:
    """Mail a sign-in link to an address that may have one.

    Neither the answer nor its time tells which may: all of it is done beside the request.
    """
    limit_mailbox(request, email)
    state = request.app.state
    state.outbox.put(partial(_mail_link, state.database, state.settings, email, invitation))


def _mail_link(database: Database, settings: Settings, email: str, invitation: str) -> None:
    with database.writing() as session:
        account = find_or_admit(session, settings, email)
        if account is None:
            return
        link = make_link(session, settings, account.user_id, invitation=invitation)
    send(settings, sign_in_letter(account.email, link))


def sign_in_with(request: Request, session: WriteSession, token: str) -> Account:
    """Use a link up, and write down who came in."""
    account = use_link(session, token)
    caller = Caller(
        user_id=account.user_id,
        email=account.email,
        name=account.display_name,
        address=address_of(request),
        request_id=request.state.request_id,
    )
    audit.record(session, Action.ACCOUNT_SIGNED_IN, account.email, caller=caller)
    return account


def leave(session: WriteSession, caller: Caller) -> None:
    if caller.session_id:
        close_session(session, caller.user_id, caller.session_id)
        audit.record(session, Action.SESSION_CLOSED, caller.email, caller=caller)


def leave_everywhere(session: WriteSession, caller: Caller) -> None:
    closed = close_all_sessions(session, caller.user_id)
    audit.record(
        session, Action.SESSIONS_CLOSED, caller.email, caller=caller, details={"sessions": closed}
    )


@router.post("/auth/magic-link", status_code=202, dependencies=[Depends(limit_sign_in)])
def ask_for_link(
    request: Request,
    caller: MaybeCaller,  # noqa: ARG001 - public: whoever asks
    body: LinkRequest,
) -> Message:
    """Sends a sign-in link by mail if the address has an account.

    The answer never says whether it has.
    """
    mail_link(request, body.email)
    return Message(message=ON_ITS_WAY)


@router.post("/auth/verify", dependencies=[Depends(limit_sign_in)])
def verify(
    request: Request,
    caller: MaybeCaller,  # noqa: ARG001 - public: the token is the credential
    session: WriteSession,
    body: LinkToken,
) -> AccessTokenAnswer:
    """Returns a token for the API in exchange for the token of an unused sign-in link."""
    account = sign_in_with(request, session, body.token)
    made = open_api_session(session, request.app.state.settings, account.user_id)
    return AccessTokenAnswer(access_token=made.token, expires_in=made.expires_in)


@router.post("/auth/sign-out", status_code=204)
def sign_out(caller: InPerson, session: WriteSession) -> Response:
    """Signs out the token or cookie that the request is sent with."""
    leave(session, caller)
    return Response(status_code=204)


@router.post("/auth/sign-out-everywhere", status_code=204)
def sign_out_everywhere(caller: InPerson, session: WriteSession) -> Response:
    """Signs out every token and every browser of the caller.

    API keys stay: revoke those one by one.
    """
    leave_everywhere(session, caller)
    return Response(status_code=204)


@router.post("/api-keys", status_code=201, include_in_schema=False)
@router.post("/api-keys/", status_code=201)
def create(caller: InPerson, session: WriteSession, body: KeyRequest) -> NewKeyAnswer:
    """Creates an API key. The answer is the only one that holds the key itself, in `full_key`."""
    new = create_key(
        session,
        caller=caller,
        name=body.name,
        scopes=body.scopes,
        project_id=body.project_id,
        expires_in_days=body.expires_in_days,
    )
    return NewKeyAnswer.made(new)


@router.get("/api-keys", include_in_schema=False)
@router.get("/api-keys/")
def list_keys(caller: InPerson, session: ReadSession, paging: PagingQuery) -> Page[KeyAnswer]:
    """Returns the caller's own API keys, without the keys themselves."""
    keys, total = keys_seen_by(session, caller.user_id, paging)
    return page_of([KeyAnswer.of(key) for key in keys], total, paging)


@router.delete("/api-keys/{key_id}", status_code=204)
def revoke(caller: InPerson, session: WriteSession, key_id: KeyId) -> Response:
    """Revokes an API key, effective at once."""
    revoke_key(session, key_id, caller=caller)
    return Response(status_code=204)


@router.post("/api-keys/{key_id}/rotate", status_code=201)
def rotate(caller: InPerson, session: WriteSession, key_id: KeyId) -> NewKeyAnswer:
    """Replaces an API key by a new one with the same scopes. The old key stops working at once."""
    return NewKeyAnswer.made(rotate_key(session, key_id, caller=caller))
