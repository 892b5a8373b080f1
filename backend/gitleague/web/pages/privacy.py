"""A player as a person: shown or not, still playing or not, what is held, and the way out."""

import uuid
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership
from gitleague.core.forms import WithoutBlanks
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.access import PlayerCommissioner, PlayerThemself
from gitleague.league.cards import user_of
from gitleague.league.people import erasure, standing
from gitleague.league.people.schemas import EraseRequest, RetireRequest
from gitleague.league.periods import today_in
from gitleague.web.done import done
from gitleague.web.forms import comes_back_to_player
from gitleague.web.frame import league_page

router = Routes(prefix="/players/{player_id}")


class RetireForm(WithoutBlanks, RetireRequest):
    pass


def _privacy_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    player_id = uuid.UUID(request.path_params["player_id"])
    person = standing.person_of(session, member.project_id, player_id)
    return league_page(
        *(request, session, "privacy.html"),
        member=member,
        here="/players",
        person=person,
        is_mine=user_of(session, member.project_id, player_id) == member.caller.user_id,
        today=today_in(session, member.project_id),
    )


COMES_BACK = [comes_back_to_player(_privacy_page)]


@router.get("/privacy")
def show_privacy(
    request: Request,
    player_id: uuid.UUID,  # noqa: ARG001 - read from the path, as after a refusal
    member: PlayerThemself,
    session: ReadSession,
) -> HTMLResponse:
    return _privacy_page(request, session, member)


@router.post("/hide", dependencies=COMES_BACK)
def hide(player_id: uuid.UUID, member: PlayerThemself, session: WriteSession) -> RedirectResponse:
    standing.hide(session, player_id, by=member)
    return _back(player_id, "hidden")


@router.post("/show", dependencies=COMES_BACK)
def show(player_id: uuid.UUID, member: PlayerThemself, session: WriteSession) -> RedirectResponse:
    standing.show(session, player_id, by=member)
    return _back(player_id, "shown")


@router.post("/retire", dependencies=COMES_BACK)
def retire(
    player_id: uuid.UUID,
    member: PlayerCommissioner,
    session: WriteSession,
    sent: Annotated[RetireForm, Form()],
) -> RedirectResponse:
    standing.retire(session, player_id, on=sent.on, by=member)
    return _back(player_id, "retired")


@router.post("/bring-back", dependencies=COMES_BACK)
def bring_back(
    player_id: uuid.UUID, member: PlayerCommissioner, session: WriteSession
) -> RedirectResponse:
    standing.bring_back(session, player_id, by=member)
    return _back(player_id, "back")


@router.post("/erase", dependencies=COMES_BACK)
def erase(
    player_id: uuid.UUID,
    member: PlayerThemself,
    session: WriteSession,
    sent: Annotated[EraseRequest, Form()],
) -> RedirectResponse:
    """Whoever erased themself is in the league no more."""
    is_mine = user_of(session, member.project_id, player_id) == member.caller.user_id
    erasure.erase(session, player_id, confirm=sent.confirm, by=member)
    if is_mine:
        return RedirectResponse("/", status_code=303)
    return done(member.project_id, "/identities", "erased")


def _back(player_id: uuid.UUID, what: str) -> RedirectResponse:
    return RedirectResponse(f"/players/{player_id}/privacy?done={what}", status_code=303)
