"""This is wrong: said about a commit, a player, a place in the table, an award or a ruling."""

import math
import uuid
from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership, Spectator
from gitleague.core.errors import NotFound
from gitleague.core.forms import WithoutBlanks
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.cards import card_of
from gitleague.league.fairplay import reports
from gitleague.league.fairplay.reports import ReportRow
from gitleague.league.fairplay.rulings import get_ruling
from gitleague.league.fairplay.schemas import (
    AnswerRequest,
    DismissRequest,
    ReportQuery,
    ReportRequest,
)
from gitleague.league.people.shown import viewer_of
from gitleague.league.play.one import find_play
from gitleague.tables.fairplay import ReportState, ReportSubject
from gitleague.tables.projects import Role
from gitleague.web.frame import league_page
from gitleague.web.tables import link_to
from gitleague.web.texts import gettext, gettext_noop
from gitleague.web.words import REPORTED, RULES

router = Routes(prefix="/projects/{project_id}/reports")
ROWS = 25
PLACES = {
    ReportSubject.COMMIT.value: "{league}/plays/{subject}",
    ReportSubject.PLAYER.value: "/players/{subject}",
    ReportSubject.STANDING.value: "/players/{subject}",
    ReportSubject.AWARD.value: "{league}/awards",
    ReportSubject.RULING.value: "{league}/rulings/{subject}",
}
STATES = {
    ReportState.OPEN.value: gettext_noop("open"),
    ReportState.ANSWERED.value: gettext_noop("answered"),
    ReportState.DISMISSED.value: gettext_noop("dismissed"),
}


class ReportsAsked(WithoutBlanks, ReportQuery):
    """As the API asks."""


class About(BaseModel):
    """What a report is to be about."""

    subject: ReportSubject
    subject_id: Annotated[str, Field(max_length=64)]


@router.get("")
def show_reports(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[ReportsAsked, Query()],
) -> HTMLResponse:
    """A commissioner sees all, everybody else their own."""
    sees_all = member.role is Role.COMMISSIONER and not asked.mine
    rows, total = reports.list_reports(
        *(session, member.project_id, asked.model_copy(update={"limit": ROWS})),
        state=asked.state,
        user_id=None if sees_all else member.caller.user_id,
    )
    league = f"/projects/{member.project_id}"
    return league_page(
        *(request, session, "reports.html"),
        member=member,
        here="/rulings",
        asked=asked,
        rows=rows,
        total=total,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
        states=STATES,
        reported=REPORTED,
        place_of=lambda row: _place_of(row, league),
    )


@router.get("/new")
def ask_what_is_wrong(
    request: Request, member: Spectator, session: ReadSession, about: Annotated[About, Query()]
) -> HTMLResponse:
    return league_page(
        *(request, session, "report.html"),
        member=member,
        here="/rulings",
        about=about,
        named=_name_of(session, member, about),
        reported=REPORTED,
    )


@router.post("")
def make_report(
    member: Spectator, session: WriteSession, form: Annotated[ReportRequest, Form()]
) -> RedirectResponse:
    reports.make_report(session, form.complaint(), by=member)
    return _to(member)


@router.post("/{report_id}/answer")
def answer(
    member: Commissioner,
    session: WriteSession,
    report_id: uuid.UUID,
    form: Annotated[AnswerRequest, Form()],
) -> RedirectResponse:
    reports.decide(session, report_id, ReportState.ANSWERED, reply=form.reply, by=member)
    return _to(member)


@router.post("/{report_id}/dismiss")
def dismiss(
    member: Commissioner,
    session: WriteSession,
    report_id: uuid.UUID,
    form: Annotated[DismissRequest, Form()],
) -> RedirectResponse:
    reports.decide(session, report_id, ReportState.DISMISSED, reply=form.reply, by=member)
    return _to(member)


def _name_of(session: Session, member: Membership, about: About) -> str:
    """What people call it. Raises NotFound for what is not there, or not shown."""
    viewer = viewer_of(member)
    if about.subject is ReportSubject.COMMIT:
        play = find_play(session, member.project_id, about.subject_id, viewer)
        return play.row.title or about.subject_id[:10]
    try:
        subject = uuid.UUID(about.subject_id)
    except ValueError:
        raise NotFound from None
    if about.subject is ReportSubject.AWARD:
        return gettext("an award")
    if about.subject is ReportSubject.RULING:
        return gettext(RULES[get_ruling(session, member.project_id, subject, viewer).rule])
    return card_of(session, member.project_id, subject, viewer).name


def _place_of(row: ReportRow, league: str) -> str:
    return PLACES[row.subject].format(league=league, subject=row.subject_id)


def _to(member: Membership) -> RedirectResponse:
    return RedirectResponse(f"/projects/{member.project_id}/reports", status_code=303)
