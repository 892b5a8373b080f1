"""Seasons: all of them, the report of one, and what a commissioner does about them."""

import uuid
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership, Spectator
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.awards.names import name_of as award_name
from gitleague.league.identities.people import players_of
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import Period, today_in
from gitleague.league.seasons import absences, closing, proposals, seasons, summary
from gitleague.league.seasons.absences import AbsenceRow
from gitleague.league.seasons.schemas import AbsenceRequest, SeasonRequest
from gitleague.league.seasons.windows import window_asked
from gitleague.tables.projects import Role
from gitleague.tables.seasons import AbsenceKind, SeasonState
from gitleague.web.columns import BY_METRIC, LONG_NAMES
from gitleague.web.forms import comes_back
from gitleague.web.frame import league_page
from gitleague.web.tables import name_of
from gitleague.web.texts import gettext, gettext_noop

router = Routes(prefix="/projects/{project_id}/seasons")
EVERY = Paging(limit=200)
STATES = {
    SeasonState.DRAFT.value: gettext_noop("planned"),
    SeasonState.ACTIVE.value: gettext_noop("being played"),
    SeasonState.CLOSED.value: gettext_noop("closed"),
}
KINDS = {
    AbsenceKind.AWAY: gettext_noop("away"),
    AbsenceKind.ON_CALL: gettext_noop("on call"),
    AbsenceKind.PART_TIME: gettext_noop("part time"),
}


@router.get("")
def list_seasons(request: Request, member: Spectator, session: ReadSession) -> HTMLResponse:
    return _seasons_page(request, session, member)


def _seasons_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    runs = member.role is Role.COMMISSIONER
    today = today_in(session, member.project_id)
    return league_page(
        *(request, session, "seasons.html"),
        member=member,
        here="/seasons",
        seasons=seasons.list_seasons(session, member.project_id, EVERY)[0],
        states=STATES,
        today=today,
        proposals=proposals.proposals(session, member.project_id) if runs else [],
    )


@router.post("", dependencies=[comes_back(_seasons_page)])
def plan_season(
    member: Commissioner, session: WriteSession, form: Annotated[SeasonRequest, Form()]
) -> RedirectResponse:
    row = seasons.create_season(session, form.name, first=form.first, last=form.last, by=member)
    return _to(member.project_id, row.id)


@router.get("/{season_id}")
def show_season(
    request: Request,
    member: Spectator,
    session: ReadSession,
    season_id: uuid.UUID,  # noqa: ARG001 - read from the path, as after a refusal
) -> HTMLResponse:
    return _season_page(request, session, member)


def _season_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    season_id = uuid.UUID(request.path_params["season_id"])
    project_id, viewer = member.project_id, viewer_of(member)
    season = seasons.get_season(session, project_id, season_id)
    window = window_asked(session, project_id, Period.SEASON, season_id=season_id)
    # Who is away, and why, is for the team.
    of_the_team = member.role is not Role.SPECTATOR
    away = _absences(session, member, season_id) if of_the_team else []
    runs = member.role is Role.COMMISSIONER
    return league_page(
        *(request, session, "season.html"),
        member=member,
        here="/seasons",
        season=season,
        state=STATES[season.state],
        summary=summary.summary_of(session, project_id, season_id, window, viewer),
        window_name=name_of(window),
        absences=away,
        kinds=KINDS,
        kind_choices=[(kind.value, gettext(words)) for kind, words in KINDS.items()],
        players=players_of(session, project_id) if runs else [],
        can_close=season.last < window.today,
        columns=BY_METRIC,
        award_name=award_name,
        long_names=LONG_NAMES,
    )


COMES_BACK = [comes_back(_season_page)]


@router.post("/{season_id}/open", dependencies=COMES_BACK)
def open_season(
    member: Commissioner, session: WriteSession, season_id: uuid.UUID
) -> RedirectResponse:
    seasons.open_season(session, season_id, by=member)
    return _to(member.project_id, season_id)


@router.post("/{season_id}/close", dependencies=COMES_BACK)
def close_season(
    member: Commissioner, session: WriteSession, season_id: uuid.UUID
) -> RedirectResponse:
    closing.close_season(session, season_id, by=member)
    return _to(member.project_id, season_id)


@router.post("/{season_id}/reopen", dependencies=COMES_BACK)
def reopen_season(
    member: Commissioner, session: WriteSession, season_id: uuid.UUID
) -> RedirectResponse:
    closing.reopen_season(session, season_id, by=member)
    return _to(member.project_id, season_id)


@router.post("/{season_id}/change", dependencies=COMES_BACK)
def change_season(
    member: Commissioner,
    session: WriteSession,
    season_id: uuid.UUID,
    form: Annotated[SeasonRequest, Form()],
) -> RedirectResponse:
    seasons.change_season(session, season_id, **form.model_dump(), by=member)
    return _to(member.project_id, season_id)


@router.post("/{season_id}/delete", dependencies=COMES_BACK)
def delete_season(
    member: Commissioner, session: WriteSession, season_id: uuid.UUID
) -> RedirectResponse:
    seasons.delete_season(session, season_id, by=member)
    return _to(member.project_id)


@router.post("/{season_id}/absences", dependencies=COMES_BACK)
def note_absence(
    member: Commissioner,
    session: WriteSession,
    season_id: uuid.UUID,
    form: Annotated[AbsenceRequest, Form()],
) -> RedirectResponse:
    absences.create_absence(session, season_id, absences.Away(**form.model_dump()), by=member)
    return _to(member.project_id, season_id, "#absences")


@router.post("/{season_id}/absences/{absence_id}/delete", dependencies=COMES_BACK)
def delete_absence(
    member: Commissioner, session: WriteSession, season_id: uuid.UUID, absence_id: uuid.UUID
) -> RedirectResponse:
    absences.delete_absence(session, season_id, absence_id, by=member)
    return _to(member.project_id, season_id, "#absences")


def _absences(session: Session, member: Membership, season_id: uuid.UUID) -> list[AbsenceRow]:
    rows, _ = absences.list_absences(
        session, member.project_id, season_id, EVERY, viewer=viewer_of(member)
    )
    return rows


def _to(
    project_id: uuid.UUID, season_id: uuid.UUID | None = None, part: str = ""
) -> RedirectResponse:
    place = f"/projects/{project_id}/seasons" + (f"/{season_id}{part}" if season_id else "")
    return RedirectResponse(place, status_code=303)
