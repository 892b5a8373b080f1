"""A player as a person, over HTTP."""

from fastapi import Request
from fastapi.responses import StreamingResponse

from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession, database_of
from gitleague.core.settings import Settings
from gitleague.core.spooled import spooled
from gitleague.league.access import PlayerCommissioner, PlayerId, PlayerThemself
from gitleague.league.people import erasure, standing
from gitleague.league.people.held import written
from gitleague.league.people.schemas import (
    ErasedOut,
    EraseRequest,
    PersonalDataOut,
    PersonOut,
    RetireRequest,
)
from gitleague.league.people.traces import person_behind

router = Routes(prefix="/players/{player_id}", tags=["privacy"])


@router.post("/retire")
def retire_player(
    player_id: PlayerId, member: PlayerCommissioner, session: WriteSession, body: RetireRequest
) -> PersonOut:
    """Retires a player, by default today. They keep what they played and won."""
    return PersonOut.of(standing.retire(session, player_id, on=body.on, by=member))


@router.post("/bring-back")
def bring_back_player(
    player_id: PlayerId, member: PlayerCommissioner, session: WriteSession
) -> PersonOut:
    """Brings a retired player back."""
    return PersonOut.of(standing.bring_back(session, player_id, by=member))


@router.post("/hide")
def hide_player(player_id: PlayerId, member: PlayerThemself, session: WriteSession) -> PersonOut:
    """Hides a player: others see "Anonymous player", and no address or message.

    The player and commissioners still see the name.
    """
    return PersonOut.of(standing.hide(session, player_id, by=member))


@router.post("/show")
def show_player(player_id: PlayerId, member: PlayerThemself, session: WriteSession) -> PersonOut:
    """Shows a hidden player by name again."""
    return PersonOut.of(standing.show(session, player_id, by=member))


@router.get(
    "/personal-data",
    response_class=StreamingResponse,
    responses={200: {"model": PersonalDataOut}},
)
def export_personal_data(
    request: Request, player_id: PlayerId, member: PlayerThemself, session: ReadSession
) -> StreamingResponse:
    """Streams all that the league holds on a person, as JSON. For the player and commissioners."""
    person = person_behind(session, member.project_id, player_id)
    is_own = member.caller.user_id in person.users
    settings: Settings = request.app.state.settings
    pieces = written(database_of(request), person, whole_account=is_own)
    name = f"player-{player_id}.json"
    return StreamingResponse(
        spooled(pieces, settings.data_dir),
        media_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/erase")
def erase_player(
    player_id: PlayerId, member: PlayerThemself, session: WriteSession, body: EraseRequest
) -> ErasedOut:
    """Erases a person for good: only numbers stay, as "Erased player N". This cannot be undone."""
    row = erasure.erase(session, player_id, confirm=body.confirm, by=member)
    return ErasedOut.model_validate(row)
