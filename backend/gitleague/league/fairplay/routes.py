"""Fair play over HTTP."""

import uuid
from typing import Annotated, TypeAlias

from fastapi import Path, Query

from gitleague.accounts.caller import Commissioner, Player, Spectator
from gitleague.core.errors import NotFound
from gitleague.core.paging import Page, page_of
from gitleague.core.routing import Routes
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

router = Routes(prefix="/projects/{project_id}", tags=["fair play"])
RulingId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the ruling.")]
ReportId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the report.")]


@router.get("/referee")
def show_referee(member: Spectator, session: ReadSession) -> RefereeSettings:
    """Returns the fair play rules of a league, with their limits."""
    return settings_of(session, member.project_id)


@router.patch("/referee")
def change_referee(
    member: Commissioner, session: WriteSession, body: RefereeRequest
) -> RefereeSettings:
    """Changes limits of the fair play rules and checks all commits again. Existing rulings stay."""
    return change_settings(session, body.changes, by=member)


@router.post("/referee/look", status_code=202)
def look_again(member: Commissioner, session: WriteSession) -> LookOut:
    """Checks all commits again, as a job. Commits that a rule named before are not named again."""
    return LookOut(job_id=referee.ask_again(session, by=member))


@router.get("/rulings")
def list_rulings(
    member: Spectator, session: ReadSession, asked: Annotated[RulingQuery, Query()]
) -> Page[RulingOut]:
    """Returns the rulings of a league, newest day first. All members see them."""
    rows, total = rulings.list_rulings(
        session, member.project_id, asked, asked.asked(), viewer_of(member)
    )
    return page_of([RulingOut.of(row) for row in rows], total, asked)


@router.get("/rulings/{ruling_id}")
def get_ruling(member: Spectator, session: ReadSession, ruling_id: RulingId) -> RulingOut:
    """Returns a ruling with all its commits and the figures it rests on."""
    viewer = viewer_of(member)
    return RulingOut.of(rulings.get_ruling(session, member.project_id, ruling_id, viewer))


@router.post("/rulings/{ruling_id}/contest")
def contest_ruling(
    member: Player, session: WriteSession, ruling_id: RulingId, body: ContestRequest
) -> RulingOut:
    """Contests a ruling. Only its player can, once, before it is decided."""
    return RulingOut.of(rulings.contest(session, ruling_id, body.sentence, by=member))


@router.post("/rulings/{ruling_id}/uphold")
def uphold_ruling(
    member: Commissioner, session: WriteSession, ruling_id: RulingId, body: DecisionRequest
) -> RulingOut:
    """Upholds a ruling: its penalty applies at once. Tables of closed seasons stay as they are."""
    made = rulings.decide(session, ruling_id, uphold=True, reason=body.reason, by=member)
    return RulingOut.of(made)


@router.post("/rulings/{ruling_id}/lift")
def lift_ruling(
    member: Commissioner, session: WriteSession, ruling_id: RulingId, body: DecisionRequest
) -> RulingOut:
    """Lifts a ruling. The rule never names these commits again."""
    made = rulings.decide(session, ruling_id, uphold=False, reason=body.reason, by=member)
    return RulingOut.of(made)


@router.post("/rulings/{ruling_id}/reopen")
def reopen_ruling(
    member: Commissioner, session: WriteSession, ruling_id: RulingId, body: DecisionRequest
) -> RulingOut:
    """Reopens a decided ruling. Until it is decided again there is no penalty."""
    return RulingOut.of(rulings.reopen(session, ruling_id, reason=body.reason, by=member))


@router.get("/reports")
def list_reports(
    member: Spectator, session: ReadSession, asked: Annotated[ReportQuery, Query()]
) -> Page[ReportOut]:
    """Returns all reports to a commissioner, and to everybody else their own."""
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
    """Reports a commit, player, standing, award or ruling as wrong."""
    return ReportOut.of(reports.make_report(session, body.complaint(), by=member))


@router.get("/reports/{report_id}")
def get_report(member: Spectator, session: ReadSession, report_id: ReportId) -> ReportOut:
    """Returns a report: the caller's own, or any for a commissioner."""
    row = reports.get_report(session, member.project_id, report_id)
    if member.role is not Role.COMMISSIONER and row.user_id != member.caller.user_id:
        raise NotFound("There is no such report of yours.")
    return ReportOut.of(row)


@router.post("/reports/{report_id}/answer")
def answer_report(
    member: Commissioner, session: WriteSession, report_id: ReportId, body: AnswerRequest
) -> ReportOut:
    """Answers a report with a sentence that its author can read."""
    answered = ReportState.ANSWERED
    return ReportOut.of(reports.decide(session, report_id, answered, reply=body.reply, by=member))


@router.post("/reports/{report_id}/dismiss")
def dismiss_report(
    member: Commissioner,
    session: WriteSession,
    report_id: ReportId,
    body: DismissRequest | None = None,
) -> ReportOut:
    """Dismisses a report, with or without a reply."""
    reply = body.reply if body else ""
    row = reports.decide(session, report_id, ReportState.DISMISSED, reply=reply, by=member)
    return ReportOut.of(row)
