"""The line-up: squads, who plays for them from when to when, and what everybody plays as."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.forms import WithoutBlanks
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.unknown import Body
from gitleague.league.identities import people, roster
from gitleague.league.identities.schemas import PlayerChange
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import today_in
from gitleague.league.positions import list_positions
from gitleague.league.squads import squads, stints
from gitleague.league.squads.schemas import SquadRequest, StintRequest
from gitleague.web.done import done
from gitleague.web.forms import comes_back, read, typed_in
from gitleague.web.frame import league_page

router = Routes(prefix="/projects/{project_id}/lineup")
HERE = "/lineup"
EVERY = Paging(limit=200)
POSITION_OF = "position."


class StintForm(WithoutBlanks, StintRequest):
    pass


class DaysForm(WithoutBlanks, Body):
    """No last day: nobody has ended it."""

    first: date
    last: date = stints.OPEN


def _lineup_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    project_id = member.project_id
    rows, total = squads.list_squads(session, project_id, EVERY)
    everybody, players = roster.roster(session, project_id, EVERY, bots=False)
    return league_page(
        *(request, session, "running/lineup.html"),
        member=member,
        here=HERE,
        squads=rows,
        total=total,
        everybody=everybody,
        players=players,
        positions=list_positions(session, project_id),
    )


@router.get("")
def show_lineup(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _lineup_page(request, session, member)


@router.post("", dependencies=[comes_back(_lineup_page)])
def create_squad(
    member: Commissioner, session: WriteSession, sent: Annotated[SquadRequest, Form()]
) -> RedirectResponse:
    row = squads.create_squad(session, sent.name, by=member)
    return done(member.project_id, f"{HERE}/{row.id}", "saved")


@router.post("/positions", dependencies=[comes_back(_lineup_page)])
def change_positions(
    request: Request, member: Commissioner, session: WriteSession
) -> RedirectResponse:
    """Of all who are named, at once; who keeps theirs is not in the log."""
    for name, values in typed_in(request).items():
        if name.startswith(POSITION_OF):
            player_id = read(_PlayerRef, {"player_id": name.removeprefix(POSITION_OF)}).player_id
            change = read(PlayerChange, {"position": values[0]})
            people.change_player(session, player_id, position=change.position, by=member)
    return done(member.project_id, HERE, "saved", "#positions")


class _PlayerRef(WithoutBlanks):
    player_id: uuid.UUID


def _squad_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    project_id, squad_id = member.project_id, uuid.UUID(request.path_params["squad_id"])
    today = today_in(session, project_id)
    rows, total = stints.list_members(
        session, project_id, squad_id, stints.Asked(None), EVERY, viewer_of(member)
    )
    return league_page(
        *(request, session, "running/squad.html"),
        member=member,
        here=HERE,
        squad=squads.get_squad(session, project_id, squad_id),
        now=[row for row in rows if row.first <= today <= row.last],
        others=[row for row in rows if not row.first <= today <= row.last],
        total=total,
        shown=len(rows),
        no_end=stints.OPEN,
        today=today,
        players=people.players_of(session, project_id),
    )


@router.get("/{squad_id}")
def show_squad(
    request: Request,
    member: Commissioner,
    session: ReadSession,
    squad_id: uuid.UUID,  # noqa: ARG001 - read from the path, as after a refusal
) -> HTMLResponse:
    return _squad_page(request, session, member)


@router.post("/{squad_id}", dependencies=[comes_back(_squad_page)])
def rename_squad(
    member: Commissioner,
    session: WriteSession,
    squad_id: uuid.UUID,
    sent: Annotated[SquadRequest, Form()],
) -> RedirectResponse:
    squads.rename_squad(session, squad_id, sent.name, by=member)
    return done(member.project_id, f"{HERE}/{squad_id}", "saved")


@router.post("/{squad_id}/delete", dependencies=[comes_back(_squad_page)])
def delete_squad(
    member: Commissioner, session: WriteSession, squad_id: uuid.UUID
) -> RedirectResponse:
    squads.delete_squad(session, squad_id, by=member)
    return done(member.project_id, HERE, "deleted")


@router.post("/{squad_id}/members", dependencies=[comes_back(_squad_page)])
def put_in(
    member: Commissioner,
    session: WriteSession,
    squad_id: uuid.UUID,
    sent: Annotated[StintForm, Form()],
) -> RedirectResponse:
    stints.put_in(session, squad_id, sent.player_id, first=sent.first, last=sent.last, by=member)
    return done(member.project_id, f"{HERE}/{squad_id}", "saved")


@router.post("/{squad_id}/members/{stint_id}", dependencies=[comes_back(_squad_page)])
def change_days(
    member: Commissioner,
    session: WriteSession,
    squad_id: uuid.UUID,
    stint_id: uuid.UUID,
    sent: Annotated[DaysForm, Form()],
) -> RedirectResponse:
    stints.change_stint(session, squad_id, stint_id, first=sent.first, last=sent.last, by=member)
    return done(member.project_id, f"{HERE}/{squad_id}", "saved")


@router.post("/{squad_id}/members/{stint_id}/delete", dependencies=[comes_back(_squad_page)])
def delete_stint(
    member: Commissioner, session: WriteSession, squad_id: uuid.UUID, stint_id: uuid.UUID
) -> RedirectResponse:
    stints.delete_stint(session, squad_id, stint_id, by=member)
    return done(member.project_id, f"{HERE}/{squad_id}", "deleted")
