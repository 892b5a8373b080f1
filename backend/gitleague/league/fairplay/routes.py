"""Fair play over HTTP."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from gitleague.accounts.caller import Commissioner, Player, Spectator
from gitleague.core.errors import NotFound
from gitleague.core.paging import Page, page_of
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.fairplay import referee, reports, rulings
from gitleague.league.fairplay.schemas import (
    AnswerRequest,
    ContestRequest,
    DecisionRequest,
    DismissRequest,
    LookOut,
    RefereeRequest,
    ReportOut,
    ReportQuery,
    ReportRequest,
    RulingOut,
    RulingQuery,
)
from gitleague.league.fairplay.settings import RefereeSettings, change_settings, settings_of
from gitleague.league.people.shown import viewer_of
from gitleague.tables.fairplay import ReportState
from gitleague.tables.projects import Role

router = APIRouter(prefix="/projects/{project_id}", tags=["fair play"])


@router.get("/referee")
def show_referee(member: Spectator, session: ReadSession) -> RefereeSettings:
    """The rules that the referee goes by, with their limits."""
    return settings_of(session, member.project_id)


@router.patch("/referee")
def change_referee(
    member: Commissioner, session: WriteSession, body: RefereeRequest
) -> RefereeSettings:
    """Rulings that were made stay. All commits are looked at again."""
    return change_settings(session, body.changes, by=member)


@router.post("/referee/look", status_code=202)
def look_again(member: Commissioner, session: WriteSession) -> LookOut:
    """At all commits, also those that came long ago. What was named before is not named again."""
    return LookOut(job_id=referee.ask_again(session, by=member))


@router.get("/rulings")
def list_rulings(
    member: Spectator, session: ReadSession, asked: Annotated[RulingQuery, Query()]
) -> Page[RulingOut]:
    """The newest day first; all members see them."""
    rows, total = rulings.list_rulings(
        session, member.project_id, asked, asked.asked(), viewer_of(member)
    )
    return page_of([RulingOut.of(row) for row in rows], total, asked)


@router.get("/rulings/{ruling_id}")
def get_ruling(member: Spectator, session: ReadSession, ruling_id: uuid.UUID) -> RulingOut:
    """With all its commits, and what was counted of them."""
    viewer = viewer_of(member)
    return RulingOut.of(rulings.get_ruling(session, member.project_id, ruling_id, viewer))


@router.post("/rulings/{ruling_id}/contest")
def contest_ruling(
    member: Player, session: WriteSession, ruling_id: uuid.UUID, body: ContestRequest
) -> RulingOut:
    """By the player of the ruling, once, before it is decided."""
    return RulingOut.of(rulings.contest(session, ruling_id, body.sentence, by=member))


@router.post("/rulings/{ruling_id}/uphold")
def uphold_ruling(
    member: Commissioner, session: WriteSession, ruling_id: uuid.UUID, body: DecisionRequest
) -> RulingOut:
    """Its penalty holds from now on. Tables of closed seasons stay as they are."""
    made = rulings.decide(session, ruling_id, uphold=True, reason=body.reason, by=member)
    return RulingOut.of(made)


@router.post("/rulings/{ruling_id}/lift")
def lift_ruling(
    member: Commissioner, session: WriteSession, ruling_id: uuid.UUID, body: DecisionRequest
) -> RulingOut:
    """The rule never names these commits again."""
    made = rulings.decide(session, ruling_id, uphold=False, reason=body.reason, by=member)
    return RulingOut.of(made)


@router.post("/rulings/{ruling_id}/reopen")
def reopen_ruling(
    member: Commissioner, session: WriteSession, ruling_id: uuid.UUID, body: DecisionRequest
) -> RulingOut:
    """To be decided again; until then without a penalty."""
    return RulingOut.of(rulings.reopen(session, ruling_id, reason=body.reason, by=member))


@router.get("/reports")
def list_reports(
    member: Spectator, session: ReadSession, asked: Annotated[ReportQuery, Query()]
) -> Page[ReportOut]:
    """A commissioner sees all, everybody else their own."""
    sees_all = member.role is Role.COMMISSIONER and not asked.mine
    rows, total = reports.list_reports(
        session,
        member.project_id,
        asked,
        state=asked.state,
        user_id=None if sees_all else member.caller.user_id,
    )
    return page_of([ReportOut.of(row) for row in rows], total, asked)


@router.post("/reports", status_code=201)
def make_report(member: Spectator, session: WriteSession, body: ReportRequest) -> ReportOut:
    """This is wrong: a commit, a player, a standing (of a player), an award or a ruling."""
    return ReportOut.of(reports.make_report(session, body.complaint(), by=member))


@router.get("/reports/{report_id}")
def get_report(member: Spectator, session: ReadSession, report_id: uuid.UUID) -> ReportOut:
    """One that is yours, or any for a commissioner."""
    row = reports.get_report(session, member.project_id, report_id)
    if member.role is not Role.COMMISSIONER and row.user_id != member.caller.user_id:
        raise NotFound("There is no such report of yours.")
    return ReportOut.of(row)


@router.post("/reports/{report_id}/answer")
def answer_report(
    member: Commissioner, session: WriteSession, report_id: uuid.UUID, body: AnswerRequest
) -> ReportOut:
    """In a sentence, which whoever reported it reads."""
    answered = ReportState.ANSWERED
    return ReportOut.of(reports.decide(session, report_id, answered, reply=body.reply, by=member))


@router.post("/reports/{report_id}/dismiss")
def dismiss_report(
    member: Commissioner,
    session: WriteSession,
    report_id: uuid.UUID,
    body: DismissRequest | None = None,
) -> ReportOut:
    """With words or without."""
    reply = body.reply if body else ""
    row = reports.decide(session, report_id, ReportState.DISMISSED, reply=reply, by=member)
    return ReportOut.of(row)
