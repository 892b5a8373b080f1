"""Fantasy leagues over HTTP."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Player, Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.session import ReadSession, WriteSession
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

router = APIRouter(prefix="/projects/{project_id}/fantasy", tags=["fantasy"])


@router.get("")
def list_fantasies(
    member: Spectator, session: ReadSession, asked: Annotated[FantasyQuery, Query()]
) -> Page[FantasyOut]:
    """Those of the newest season first."""
    rows, total = leagues.list_fantasies(
        session, member.project_id, asked, season_id=asked.season_id
    )
    return page_of([FantasyOut.of(row) for row in rows], total, asked)


@router.post("", status_code=201)
def create_fantasy(member: Commissioner, session: WriteSession, body: FantasyRequest) -> FantasyOut:
    """With a pool of all who play and are no bots, at prices that stay."""
    return FantasyOut.of(setup.create_fantasy(session, body.wish(), by=member))


@router.get("/{fantasy_id}")
def show_fantasy(member: Spectator, session: ReadSession, fantasy_id: uuid.UUID) -> FantasyOut:
    """Its rules, its state, and whose turn it is in a snake draft."""
    return _with_turn(session, leagues.get_fantasy(session, member.project_id, fantasy_id))


@router.patch("/{fantasy_id}")
def change_fantasy(
    member: Commissioner, session: WriteSession, fantasy_id: uuid.UUID, body: FantasyChange
) -> FantasyOut:
    """The name at any time, the lock while it is ahead, the rules until the start."""
    return _with_turn(session, setup.change_fantasy(session, fantasy_id, body.changes(), by=member))


@router.delete("/{fantasy_id}", status_code=204)
def delete_fantasy(member: Commissioner, session: WriteSession, fantasy_id: uuid.UUID) -> Response:
    """Until the start: what was played stays."""
    setup.delete_fantasy(session, fantasy_id, by=member)
    return Response(status_code=204)


@router.post("/{fantasy_id}/start")
def start_fantasy(member: Commissioner, session: WriteSession, fantasy_id: uuid.UUID) -> FantasyOut:
    """Picks are open from now on; in a snake draft the first turn begins."""
    return _with_turn(session, turns.start(session, fantasy_id, by=member))


@router.get("/{fantasy_id}/pool")
def list_pool(
    member: Spectator, session: ReadSession, fantasy_id: uuid.UUID, paging: PagingQuery
) -> Page[PoolOut]:
    """The dearest first."""
    leagues.get_fantasy(session, member.project_id, fantasy_id)
    rows, total = pool.list_pool(session, member.project_id, fantasy_id, paging, viewer_of(member))
    return page_of([PoolOut.of(row) for row in rows], total, paging)


@router.post("/{fantasy_id}/pool/refresh")
def refresh_pool(member: Commissioner, session: WriteSession, fantasy_id: uuid.UUID) -> FantasyOut:
    """Until the start: with everybody who has come since, at prices of what was played by now."""
    return FantasyOut.of(setup.refresh_pool(session, fantasy_id, by=member))


@router.patch("/{fantasy_id}/pool/{player_id}")
def change_pool(
    member: Commissioner,
    session: WriteSession,
    fantasy_id: uuid.UUID,
    player_id: uuid.UUID,
    body: PoolChange,
) -> PoolOut:
    """Until the start."""
    row = setup.strike_player(session, fantasy_id, player_id, is_struck=body.is_struck, by=member)
    return PoolOut.of(row)


@router.get("/{fantasy_id}/managers")
def list_managers(
    member: Spectator, session: ReadSession, fantasy_id: uuid.UUID, paging: PagingQuery
) -> Page[ManagerOut]:
    """Who plays, in the order of the draft, and whom they hold."""
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
def join_fantasy(member: Player, session: WriteSession, fantasy_id: uuid.UUID) -> ManagerOut:
    """Until the lock, and a snake draft until its start."""
    row = teams.join(session, fantasy_id, by=member)
    held = teams.held_by(session, member.project_id, [row.id], viewer_of(member))
    return ManagerOut.of(row, held)


@router.delete("/{fantasy_id}/managers/me", status_code=204)
def leave_fantasy(member: Player, session: WriteSession, fantasy_id: uuid.UUID) -> Response:
    """Until the start."""
    teams.leave(session, fantasy_id, by=member)
    return Response(status_code=204)


@router.get("/{fantasy_id}/picks")
def list_picks(
    member: Spectator, session: ReadSession, fantasy_id: uuid.UUID, paging: PagingQuery
) -> Page[PickOut]:
    """All that were made, undone ones too, the newest first. Of the free mode one's own only,
    until the lock.
    """
    fantasy = leagues.get_fantasy(session, member.project_id, fantasy_id)
    rows, total = picks.list_picks(session, fantasy, paging, viewer_of(member))
    return page_of([PickOut.of(row) for row in rows], total, paging)


@router.post("/{fantasy_id}/picks", status_code=201)
def make_pick(
    member: Player, session: WriteSession, fantasy_id: uuid.UUID, body: PickRequest
) -> PickOut:
    """Until the lock; in a snake draft when it is your turn."""
    return PickOut.of(picks.pick(session, fantasy_id, body.player_id, by=member))


@router.delete("/{fantasy_id}/picks/{pick_id}", status_code=204)
def drop_pick(
    member: Player, session: WriteSession, fantasy_id: uuid.UUID, pick_id: uuid.UUID
) -> Response:
    """One's own of the free mode, until the lock."""
    picks.drop(session, fantasy_id, pick_id, by=member)
    return Response(status_code=204)


@router.get("/{fantasy_id}/table")
def show_table(
    member: Spectator,
    session: ReadSession,
    fantasy_id: uuid.UUID,
    asked: Annotated[TableQuery, Query()],
) -> TableOut:
    """Points are the impact of the held players, of the season's days from the lock on."""
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
