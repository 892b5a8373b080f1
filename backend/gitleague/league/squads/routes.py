"""Squads over HTTP."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gitleague.accounts.caller import Commissioner, Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import today_in
from gitleague.league.squads import squads, stints
from gitleague.league.squads.schemas import (
    MemberQuery,
    SquadOut,
    SquadRequest,
    SquadStandingOut,
    SquadStandingsQuery,
    StintChange,
    StintOut,
    StintRequest,
)
from gitleague.league.squads.standings import squad_standings

router = APIRouter(prefix="/projects/{project_id}/squads", tags=["squads"])


@router.get("")
def list_squads(member: Spectator, session: ReadSession, paging: PagingQuery) -> Page[SquadOut]:
    """In the order of their names."""
    rows, total = squads.list_squads(session, member.project_id, paging)
    return page_of([SquadOut.of(row) for row in rows], total, paging)


@router.post("", status_code=201)
def create_squad(member: Commissioner, session: WriteSession, body: SquadRequest) -> SquadOut:
    """A team of players within the league."""
    return SquadOut.of(squads.create_squad(session, body.name, by=member))


@router.get("/standings")
def list_squad_standings(
    member: Spectator, session: ReadSession, asked: Annotated[SquadStandingsQuery, Query()]
) -> Page[SquadStandingOut]:
    """What players did for a squad on the days on which they played for it."""
    window = asked.window(session, member.project_id)
    table = squad_standings(
        session,
        asked.slice_of(session, member.project_id, window, viewer_of(member)),
        per=asked.per,
        order=asked.order,
        page=asked.page,
        limit=asked.limit,
        q=asked.q,
    )
    return page_of([SquadStandingOut.of(row) for row in table.rows], table.total, asked)


@router.get("/{squad_id}")
def show_squad(member: Spectator, session: ReadSession, squad_id: uuid.UUID) -> SquadOut:
    """Its name, and how many play for it today."""
    return SquadOut.of(squads.get_squad(session, member.project_id, squad_id))


@router.patch("/{squad_id}")
def rename_squad(
    member: Commissioner, session: WriteSession, squad_id: uuid.UUID, body: SquadRequest
) -> SquadOut:
    """Another name, which no other squad has."""
    return SquadOut.of(squads.rename_squad(session, squad_id, body.name, by=member))


@router.delete("/{squad_id}", status_code=204)
def delete_squad(member: Commissioner, session: WriteSession, squad_id: uuid.UUID) -> Response:
    """With all its players' days; not if it played in a season that is closed."""
    squads.delete_squad(session, squad_id, by=member)
    return Response(status_code=204)


@router.get("/{squad_id}/members")
def list_members(
    member: Spectator,
    session: ReadSession,
    squad_id: uuid.UUID,
    asked: Annotated[MemberQuery, Query()],
) -> Page[StintOut]:
    """Who plays for it today, on another day, or ever did."""
    on = None if asked.ever else asked.on or today_in(session, member.project_id)
    rows, total = stints.list_members(
        session,
        member.project_id,
        squad_id,
        stints.Asked(on, asked.player_id),
        asked,
        viewer_of(member),
    )
    return page_of([StintOut.of(row) for row in rows], total, asked)


@router.post("/{squad_id}/members", status_code=201)
def put_in(
    member: Commissioner, session: WriteSession, squad_id: uuid.UUID, body: StintRequest
) -> StintOut:
    """Whoever plays for another squad leaves it the day before; what was played stays there."""
    row = stints.put_in(
        session, squad_id, body.player_id, first=body.first, last=body.last, by=member
    )
    return StintOut.of(row)


@router.patch("/{squad_id}/members/{stint_id}")
def change_stint(
    member: Commissioner,
    session: WriteSession,
    squad_id: uuid.UUID,
    stint_id: uuid.UUID,
    body: StintChange,
) -> StintOut:
    """Other days. To take a player out, name the last one."""
    row = stints.change_stint(session, squad_id, stint_id, by=member, **body.asked())
    return StintOut.of(row)


@router.delete("/{squad_id}/members/{stint_id}", status_code=204)
def delete_stint(
    member: Commissioner, session: WriteSession, squad_id: uuid.UUID, stint_id: uuid.UUID
) -> Response:
    """As if it had never been. To take a player out, change the last day instead."""
    stints.delete_stint(session, squad_id, stint_id, by=member)
    return Response(status_code=204)
