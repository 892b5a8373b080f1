"""What is done in fantasy leagues: set up by a commissioner, then joined, picked and dropped."""

import uuid
from typing import Annotated, Any

from fastapi import Form
from fastapi.responses import RedirectResponse

from gitleague.accounts.caller import Commissioner, Membership, Player
from gitleague.core.forms import WithoutBlanks
from gitleague.core.routing import Routes
from gitleague.core.session import WriteSession
from gitleague.league.fantasy import picks, setup, teams, turns
from gitleague.league.fantasy.schemas import (
    FantasyChange,
    FantasyRequest,
    PickRequest,
    PoolChange,
)

router = Routes(prefix="/projects/{project_id}/fantasy")


class FantasyForm(WithoutBlanks, FantasyRequest):
    """As the API takes it; what is left empty is not asked for."""


class ChangeForm(FantasyChange):
    """What is left empty stays as it was; but where the cap is asked for, none is no cap."""

    asks_cap: bool = False

    def changes(self) -> dict[str, Any]:
        sent = super().changes()
        sent.pop("asks_cap", None)
        return {"salary_cap": None, **sent} if self.asks_cap else sent


@router.post("")
def create(
    member: Commissioner, session: WriteSession, form: Annotated[FantasyForm, Form()]
) -> RedirectResponse:
    return _to(member, setup.create_fantasy(session, form.wish(), by=member).id)


@router.post("/{fantasy_id}/change")
def change(
    member: Commissioner,
    session: WriteSession,
    fantasy_id: uuid.UUID,
    form: Annotated[ChangeForm, Form()],
) -> RedirectResponse:
    setup.change_fantasy(session, fantasy_id, form.changes(), by=member)
    return _to(member, fantasy_id)


@router.post("/{fantasy_id}/start")
def start(member: Commissioner, session: WriteSession, fantasy_id: uuid.UUID) -> RedirectResponse:
    turns.start(session, fantasy_id, by=member)
    return _to(member, fantasy_id)


@router.post("/{fantasy_id}/delete")
def delete(member: Commissioner, session: WriteSession, fantasy_id: uuid.UUID) -> RedirectResponse:
    setup.delete_fantasy(session, fantasy_id, by=member)
    return _to(member)


@router.post("/{fantasy_id}/pool/refresh")
def refresh(member: Commissioner, session: WriteSession, fantasy_id: uuid.UUID) -> RedirectResponse:
    setup.refresh_pool(session, fantasy_id, by=member)
    return _to(member, fantasy_id, "#pool")


@router.post("/{fantasy_id}/pool/{player_id}")
def strike(
    member: Commissioner,
    session: WriteSession,
    fantasy_id: uuid.UUID,
    player_id: uuid.UUID,
    form: Annotated[PoolChange, Form()],
) -> RedirectResponse:
    setup.strike_player(session, fantasy_id, player_id, is_struck=form.is_struck, by=member)
    return _to(member, fantasy_id, "#pool")


@router.post("/{fantasy_id}/join")
def join(member: Player, session: WriteSession, fantasy_id: uuid.UUID) -> RedirectResponse:
    teams.join(session, fantasy_id, by=member)
    return _to(member, fantasy_id)


@router.post("/{fantasy_id}/leave")
def leave(member: Player, session: WriteSession, fantasy_id: uuid.UUID) -> RedirectResponse:
    teams.leave(session, fantasy_id, by=member)
    return _to(member, fantasy_id)


@router.post("/{fantasy_id}/picks")
def pick(
    member: Player,
    session: WriteSession,
    fantasy_id: uuid.UUID,
    form: Annotated[PickRequest, Form()],
) -> RedirectResponse:
    picks.pick(session, fantasy_id, form.player_id, by=member)
    return _to(member, fantasy_id)


@router.post("/{fantasy_id}/picks/{pick_id}/drop")
def drop(
    member: Player, session: WriteSession, fantasy_id: uuid.UUID, pick_id: uuid.UUID
) -> RedirectResponse:
    picks.drop(session, fantasy_id, pick_id, by=member)
    return _to(member, fantasy_id)


def _to(
    member: Membership, fantasy_id: uuid.UUID | None = None, part: str = ""
) -> RedirectResponse:
    place = f"/projects/{member.project_id}/fantasy"
    return RedirectResponse(place + (f"/{fantasy_id}{part}" if fantasy_id else ""), status_code=303)
