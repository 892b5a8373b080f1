"""Squads over HTTP."""

import uuid
from typing import Annotated, TypeAlias

from fastapi import Path, Query
from fastapi.responses import Response

from gitleague.accounts.caller import Commissioner, Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
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

router = Routes(prefix="/projects/{project_id}/squads", tags=["squads"])
SquadId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the squad.")]
StintId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the squad membership.")]


@router.get("")
def list_squads(member: Spectator, session: ReadSession, paging: PagingQuery) -> Page[SquadOut]:
    """Returns the squads of a league, sorted by name."""
    rows, total = squads.list_squads(session, member.project_id, paging)
    return page_of([SquadOut.of(row) for row in rows], total, paging)


@router.post("", status_code=201)
def create_squad(member: Commissioner, session: WriteSession, body: SquadRequest) -> SquadOut:
    """Creates a squad, a team of players within the league."""
    return SquadOut.of(squads.create_squad(session, body.name, by=member))


@router.get("/standings")
def list_squad_standings(
    member: Spectator, session: ReadSession, asked: Annotated[SquadStandingsQuery, Query()]
) -> Page[SquadStandingOut]:
    """Returns the standings of squads.

    What a player did counts for the squad that they were in on that day.
    """
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
def show_squad(member: Spectator, session: ReadSession, squad_id: SquadId) -> SquadOut:
    """Returns a squad and how many players are in it today."""
    return SquadOut.of(squads.get_squad(session, member.project_id, squad_id))


@router.patch("/{squad_id}")
def rename_squad(
    member: Commissioner, session: WriteSession, squad_id: SquadId, body: SquadRequest
) -> SquadOut:
    """Renames a squad. Names are unique within the league."""
    return SquadOut.of(squads.rename_squad(session, squad_id, body.name, by=member))


@router.delete("/{squad_id}", status_code=204)
def delete_squad(member: Commissioner, session: WriteSession, squad_id: SquadId) -> Response:
    """Deletes a squad with all its memberships, unless it played in a closed season."""
    squads.delete_squad(session, squad_id, by=member)
    return Response(status_code=204)


@router.get("/{squad_id}/members")
def list_members(
    member: Spectator,
    session: ReadSession,
    squad_id: SquadId,
    asked: Annotated[MemberQuery, Query()],
) -> Page[StintOut]:
    """Returns who is in a squad today, on another day, or ever was."""
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
    member: Commissioner, session: WriteSession, squad_id: SquadId, body: StintRequest
) -> StintOut:
    """Puts a player into a squad from a day on.

    A player of another squad leaves it the day before; what they did for it stays there.
    """
    row = stints.put_in(
        session, squad_id, body.player_id, first=body.first, last=body.last, by=member
    )
    return StintOut.of(row)


@router.patch("/{squad_id}/members/{stint_id}")
def change_stint(
    member: Commissioner,
    session: WriteSession,
    squad_id: SquadId,
    stint_id: StintId,
    body: StintChange,
) -> StintOut:
    """Changes the days of a squad membership. Set `last` to take a player out."""
    row = stints.change_stint(session, squad_id, stint_id, by=member, **body.asked())
    return StintOut.of(row)


@router.delete("/{squad_id}/members/{stint_id}", status_code=204)
def delete_stint(
    member: Commissioner, session: WriteSession, squad_id: SquadId, stint_id: StintId
) -> Response:
    """Deletes a squad membership entered by mistake. To take a player out, set `last` instead."""
    stints.delete_stint(session, squad_id, stint_id, by=member)
    return Response(status_code=204)
