"""Seasons and absences over HTTP."""

import uuid
from typing import Annotated, TypeAlias

from fastapi import Path, Query
from fastapi.responses import Response

from gitleague.accounts.caller import Commissioner, Player, Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import Period
from gitleague.league.seasons import absences, closing, proposals, seasons, summary
from gitleague.league.seasons.schemas import (
    AbsenceOut,
    AbsenceQuery,
    AbsenceRequest,
    ProposalOut,
    SeasonChange,
    SeasonOut,
    SeasonRequest,
    SummaryOut,
)
from gitleague.league.seasons.windows import window_asked

router = Routes(prefix="/projects/{project_id}/seasons", tags=["seasons"])
SeasonId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the season.")]
AbsenceId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the absence.")]


@router.get("")
def list_seasons(member: Spectator, session: ReadSession, paging: PagingQuery) -> Page[SeasonOut]:
    """Returns the seasons of a league, newest first."""
    rows, total = seasons.list_seasons(session, member.project_id, paging)
    return page_of([SeasonOut.model_validate(row) for row in rows], total, paging)


@router.post("", status_code=201)
def create_season(member: Commissioner, session: WriteSession, body: SeasonRequest) -> SeasonOut:
    """Creates a season as a draft, which can be changed and deleted until it is opened."""
    row = seasons.create_season(session, body.name, first=body.first, last=body.last, by=member)
    return SeasonOut.model_validate(row)


@router.get("/proposals")
def list_proposals(member: Commissioner, session: ReadSession) -> list[ProposalOut]:
    """Returns the quarter, half-year and year that could come next."""
    found = proposals.proposals(session, member.project_id)
    return [ProposalOut.model_validate(each) for each in found]


@router.get("/{season_id}")
def show_season(member: Spectator, session: ReadSession, season_id: SeasonId) -> SeasonOut:
    """Returns a season: its days and its state."""
    return SeasonOut.model_validate(seasons.get_season(session, member.project_id, season_id))


@router.patch("/{season_id}")
def change_season(
    member: Commissioner, session: WriteSession, season_id: SeasonId, body: SeasonChange
) -> SeasonOut:
    """Changes a season: its name at any time, its days until it is closed."""
    row = seasons.change_season(session, season_id, **body.model_dump(), by=member)
    return SeasonOut.model_validate(row)


@router.delete("/{season_id}", status_code=204)
def delete_season(member: Commissioner, session: WriteSession, season_id: SeasonId) -> Response:
    """Deletes a season that is still a draft."""
    seasons.delete_season(session, season_id, by=member)
    return Response(status_code=204)


@router.post("/{season_id}/open")
def open_season(member: Commissioner, session: WriteSession, season_id: SeasonId) -> SeasonOut:
    """Opens a season: `period=season` means this one from now on."""
    return SeasonOut.model_validate(seasons.open_season(session, season_id, by=member))


@router.post("/{season_id}/close")
def close_season(member: Commissioner, session: WriteSession, season_id: SeasonId) -> SeasonOut:
    """Closes a season: freezes its table and gives its awards."""
    return SeasonOut.model_validate(closing.close_season(session, season_id, by=member))


@router.post("/{season_id}/reopen")
def reopen_season(member: Commissioner, session: WriteSession, season_id: SeasonId) -> SeasonOut:
    """Reopens a season that was closed by mistake, while no other is played.

    Its frozen table and its awards are removed, and closing it again makes new ones. Members are
    told with `season.opened`.
    """
    return SeasonOut.model_validate(closing.reopen_season(session, season_id, by=member))


@router.get("/{season_id}/summary")
def show_summary(member: Spectator, session: ReadSession, season_id: SeasonId) -> SummaryOut:
    """Returns a season's podium, leaders of each number, busiest day, squads and awards."""
    season = seasons.get_season(session, member.project_id, season_id)
    window = window_asked(session, member.project_id, Period.SEASON, season_id=season_id)
    found = summary.summary_of(session, member.project_id, season_id, window, viewer_of(member))
    return SummaryOut.of(season, found)


@router.get("/{season_id}/absences")
def list_absences(
    member: Player,
    session: ReadSession,
    season_id: SeasonId,
    asked: Annotated[AbsenceQuery, Query()],
) -> Page[AbsenceOut]:
    """Returns who is away, on call or part time in a season, sorted by the first day."""
    rows, total = absences.list_absences(
        session,
        member.project_id,
        season_id,
        asked,
        player_id=asked.player_id,
        viewer=viewer_of(member),
    )
    return page_of([AbsenceOut.of(row) for row in rows], total, asked)


@router.post("/{season_id}/absences", status_code=201)
def create_absence(
    member: Commissioner, session: WriteSession, season_id: SeasonId, body: AbsenceRequest
) -> AbsenceOut:
    """Records days of the season on which a player is away, on call or part time."""
    away = absences.Away(**body.model_dump())
    return AbsenceOut.of(absences.create_absence(session, season_id, away, by=member))


@router.delete("/{season_id}/absences/{absence_id}", status_code=204)
def delete_absence(
    member: Commissioner, session: WriteSession, season_id: SeasonId, absence_id: AbsenceId
) -> Response:
    """Deletes an absence. Only until the season is closed."""
    absences.delete_absence(session, season_id, absence_id, by=member)
    return Response(status_code=204)
