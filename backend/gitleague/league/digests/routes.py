"""Digests over HTTP."""

import uuid
from typing import Annotated, TypeAlias

from fastapi import Path, Request
from fastapi.responses import Response

from gitleague.accounts.caller import Commissioner
from gitleague.core.routing import Routes
from gitleague.core.sealing import Sealer
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.settings import Settings
from gitleague.league.digests import digests
from gitleague.league.digests.schemas import DigestOut, DigestRequest

router = Routes(prefix="/projects/{project_id}/digests", tags=["digests"])
DigestId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the digest.")]


@router.get("")
def list_digests(member: Commissioner, session: ReadSession) -> list[DigestOut]:
    """Returns where weekly recaps are sent, without the addresses themselves."""
    rows = digests.list_digests(session, member.project_id)
    return [DigestOut.model_validate(row) for row in rows]


@router.post("", status_code=201)
def create_digest(
    request: Request, member: Commissioner, session: WriteSession, body: DigestRequest
) -> DigestOut:
    """Sends the recap of each week to a chat channel, starting with the next week that ends."""
    settings: Settings = request.app.state.settings
    destination = digests.checked(settings, body.kind, body.destination.get_secret_value())
    row = digests.create_digest(
        session, body.name, body.kind, destination, sealer=Sealer(settings), by=member
    )
    return DigestOut.model_validate(row)


@router.delete("/{digest_id}", status_code=204)
def delete_digest(member: Commissioner, session: WriteSession, digest_id: DigestId) -> Response:
    """Stops sending recaps to this place."""
    digests.delete_digest(session, digest_id, by=member)
    return Response(status_code=204)


@router.post("/{digest_id}/test", status_code=202)
def test_digest(member: Commissioner, session: WriteSession, digest_id: DigestId) -> DigestOut:
    """Sends the recap of the last week now. If that fails, `error` says why."""
    return DigestOut.model_validate(digests.ask_for_test(session, digest_id, by=member))
