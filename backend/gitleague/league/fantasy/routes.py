"""Fantasy leagues over HTTP."""

import uuid
from typing import Annotated, TypeAlias

from fastapi import Path, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Player, Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.access import PlayerId
from gitleague.league.fantasy import leagues, picks, pool, setup, teams, turns
from gitleague.league.fantasy.leagues import FantasyRow
from gitleague.league.fantasy.schemas import (
    FantasyChange,
    FantasyOut,
    FantasyQuery,
    FantasyRequest,
    ManagerOut,
    PickOut,
    PickRequest,
    PoolChange,
    PoolOut,
    TableOut,
    TableQuery,
    TableRowOut,
)
from gitleague.league.fantasy.table import table_of
from gitleague.league.people.shown import viewer_of

router = Routes(prefix="/projects/{project_id}/fantasy", tags=["fantasy"])
FantasyId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the fantasy league.")]
PickId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the pick.")]


@router.get("")
def list_fantasies(
    member: Spectator, session: ReadSession, asked: Annotated[FantasyQuery, Query()]
) -> Page[FantasyOut]:
    """Returns the fantasy leagues, those of the newest season first."""
    rows, total = leagues.list_fantasies(
        session, member.project_id, asked, season_id=asked.season_id
    )
    return page_of([FantasyOut.of(row) for row in rows], total, asked)


@router.post("", status_code=201)
def create_fantasy(member: Commissioner, session: WriteSession, body: FantasyRequest) -> FantasyOut:
    """Creates a fantasy league for a season. Its pool holds everybody who played and is no bot."""
    return FantasyOut.of(setup.create_fantasy(session, body.wish(), by=member))


@router.get("/{fantasy_id}")
def show_fantasy(member: Spectator, session: ReadSession, fantasy_id: FantasyId) -> FantasyOut:
    """Returns a fantasy league: its rules, its state, and whose turn it is in a snake draft."""
    return _with_turn(session, leagues.get_fantasy(session, member.project_id, fantasy_id))


@router.patch("/{fantasy_id}")
def change_fantasy(
    member: Commissioner, session: WriteSession, fantasy_id: FantasyId, body: FantasyChange
) -> FantasyOut:
    """Changes a fantasy league.

    The name can change at any time, the lock until it has come, and the rules until the start.
    """
    return _with_turn(session, setup.change_fantasy(session, fantasy_id, body.changes(), by=member))


@router.delete("/{fantasy_id}", status_code=204)
def delete_fantasy(member: Commissioner, session: WriteSession, fantasy_id: FantasyId) -> Response:
    """Deletes a fantasy league that has not started."""
    setup.delete_fantasy(session, fantasy_id, by=member)
    return Response(status_code=204)


@router.post("/{fantasy_id}/start")
def start_fantasy(member: Commissioner, session: WriteSession, fantasy_id: FantasyId) -> FantasyOut:
    """Opens a fantasy league for picks. In a snake draft the first turn begins."""
    return _with_turn(session, turns.start(session, fantasy_id, by=member))


@router.get("/{fantasy_id}/pool")
def list_pool(
    member: Spectator, session: ReadSession, fantasy_id: FantasyId, paging: PagingQuery
) -> Page[PoolOut]:
    """Returns the players who can be picked, with their prices, most expensive first."""
    leagues.get_fantasy(session, member.project_id, fantasy_id)
    rows, total = pool.list_pool(session, member.project_id, fantasy_id, paging, viewer_of(member))
    return page_of([PoolOut.of(row) for row in rows], total, paging)


@router.post("/{fantasy_id}/pool/refresh")
def refresh_pool(member: Commissioner, session: WriteSession, fantasy_id: FantasyId) -> FantasyOut:
    """Makes the pool again with new players and current prices. Only before the start."""
    return FantasyOut.of(setup.refresh_pool(session, fantasy_id, by=member))


@router.patch("/{fantasy_id}/pool/{player_id}")
def change_pool(
    member: Commissioner,
    session: WriteSession,
    fantasy_id: FantasyId,
    player_id: PlayerId,
    body: PoolChange,
) -> PoolOut:
    """Strikes a player from the pool or puts them back. Only before the start."""
    row = setup.strike_player(session, fantasy_id, player_id, is_struck=body.is_struck, by=member)
    return PoolOut.of(row)


@router.get("/{fantasy_id}/managers")
def list_managers(
    member: Spectator, session: ReadSession, fantasy_id: FantasyId, paging: PagingQuery
) -> Page[ManagerOut]:
    """Returns the managers in the order of the draft, and whom they hold."""
    fantasy = leagues.get_fantasy(session, member.project_id, fantasy_id)
    rows, total = teams.list_teams(session, fantasy, paging)
    shown = [row.id for row in rows if fantasy.is_public or row.user_id == member.caller.user_id]
    held = teams.held_by(session, member.project_id, shown, viewer_of(member))
    out = [
        ManagerOut.of(
            row, [each for each in held if each.team_id == row.id] if row.id in shown else None
        )
        for row in rows
    ]
    return page_of(out, total, paging)


@router.post("/{fantasy_id}/managers", status_code=201)
def join_fantasy(member: Player, session: WriteSession, fantasy_id: FantasyId) -> ManagerOut:
    """Joins a fantasy league as a manager: until the lock, or until the start of a snake draft."""
    row = teams.join(session, fantasy_id, by=member)
    held = teams.held_by(session, member.project_id, [row.id], viewer_of(member))
    return ManagerOut.of(row, held)


@router.delete("/{fantasy_id}/managers/me", status_code=204)
def leave_fantasy(member: Player, session: WriteSession, fantasy_id: FantasyId) -> Response:
    """Leaves a fantasy league. Only before the start."""
    teams.leave(session, fantasy_id, by=member)
    return Response(status_code=204)


@router.get("/{fantasy_id}/picks")
def list_picks(
    member: Spectator, session: ReadSession, fantasy_id: FantasyId, paging: PagingQuery
) -> Page[PickOut]:
    """Returns all picks, undone ones included, newest first.

    With free picks, managers see only their own until the lock.
    """
    fantasy = leagues.get_fantasy(session, member.project_id, fantasy_id)
    rows, total = picks.list_picks(session, fantasy, paging, viewer_of(member))
    return page_of([PickOut.of(row) for row in rows], total, paging)


@router.post("/{fantasy_id}/picks", status_code=201)
def make_pick(
    member: Player, session: WriteSession, fantasy_id: FantasyId, body: PickRequest
) -> PickOut:
    """Picks a player: until the lock, and in a snake draft when it is the caller's turn."""
    return PickOut.of(picks.pick(session, fantasy_id, body.player_id, by=member))


@router.delete("/{fantasy_id}/picks/{pick_id}", status_code=204)
def drop_pick(
    member: Player, session: WriteSession, fantasy_id: FantasyId, pick_id: PickId
) -> Response:
    """Drops one of the caller's own picks. Only with free picks, and until the lock."""
    picks.drop(session, fantasy_id, pick_id, by=member)
    return Response(status_code=204)


@router.get("/{fantasy_id}/table")
def show_table(
    member: Spectator,
    session: ReadSession,
    fantasy_id: FantasyId,
    asked: Annotated[TableQuery, Query()],
) -> TableOut:
    """Returns the table of a fantasy league.

    Points are the impact of the players held, on the days of the season from the lock on.
    """
    fantasy = leagues.get_fantasy(session, member.project_id, fantasy_id)
    table = table_of(
        session,
        fantasy,
        asked,
        period=asked.period,
        start=asked.start,
        viewer=viewer_of(member),
    )
    page = page_of([TableRowOut.of(row) for row in table.rows], table.total, asked)
    return TableOut(**dict(page), first=table.first, last=table.last)


def _with_turn(session: Session, row: FantasyRow) -> FantasyOut:
    draft = turns.draft_of(session, row) if row.turn_ends_at else None
    return FantasyOut.of(row, draft)
