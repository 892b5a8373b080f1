"""This is wrong: a member says so in a sentence, and a commissioner answers."""

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.league.fairplay.rulings import SHA
from gitleague.league.periods import wrong
from gitleague.projects.leagues import lock_project
from gitleague.tables.accounts import User
from gitleague.tables.awards import Award
from gitleague.tables.commits import CommitRow, Player
from gitleague.tables.fairplay import Report, ReportState, ReportSubject, Ruling

MOST_OPEN = 10  # reports of a member


class ReportRow(NamedTuple):
    id: uuid.UUID
    subject: str
    subject_id: str
    sentence: str
    state: str
    user_id: uuid.UUID
    reporter: str  # name
    created_at: datetime
    reply: str | None
    decided_by: str | None  # name
    decided_at: datetime | None


class Complaint(NamedTuple):
    """A report that is to be made."""

    subject: ReportSubject
    subject_id: str
    sentence: str


def make_report(session: Session, complaint: Complaint, *, by: Membership) -> ReportRow:
    """Raises Invalid where there is no such thing, Conflict for too many or for one twice."""
    lock_project(session, by.project_id)
    subject_id = complaint.subject_id.strip().lower()
    if not _is_here(session, by.project_id, complaint.subject, subject_id):
        message = f"There is no such {complaint.subject.value} in this league."
        raise wrong("subject_id", message)
    mine = session.execute(
        select(Report.subject, Report.subject_id).where(
            Report.project_id == by.project_id,
            Report.user_id == by.caller.user_id,
            Report.state == ReportState.OPEN.value,
        )
    ).tuples()
    open_ones = mine.all()
    if (complaint.subject.value, subject_id) in open_ones:
        raise Conflict("You reported this already. A commissioner will answer.")
    if len(open_ones) >= MOST_OPEN:
        raise Conflict(f"You have {MOST_OPEN} open reports. Wait until one of them is answered.")
    report = Report(
        id=uuid.uuid4(),
        project_id=by.project_id,
        user_id=by.caller.user_id,
        subject=complaint.subject.value,
        subject_id=subject_id,
        sentence=complaint.sentence,
        state=ReportState.OPEN.value,
        created_at=now(),
    )
    session.add(report)
    session.flush()  # read back below
    made = get_report(session, by.project_id, report.id)
    _record(session, Action.REPORT_MADE, made, by)
    return made


def decide(
    session: Session, report_id: uuid.UUID, state: ReportState, *, reply: str, by: Membership
) -> ReportRow:
    """An answer, or a dismissal, which needs no words."""
    lock_project(session, by.project_id)
    report = get_report(session, by.project_id, report_id)
    if report.state != ReportState.OPEN.value:
        raise Conflict(f"This report was {report.state} already.")
    session.execute(
        update(Report)
        .where(Report.project_id == by.project_id, Report.id == report_id)
        .values(state=state.value, reply=reply, decided_by=by.caller.user_id, decided_at=now())
    )
    is_answer = state is ReportState.ANSWERED
    _record(session, Action.REPORT_ANSWERED if is_answer else Action.REPORT_DISMISSED, report, by)
    return get_report(session, by.project_id, report_id)


def get_report(session: Session, project_id: uuid.UUID, report_id: uuid.UUID) -> ReportRow:
    rows, _ = _page(session, project_id, Paging(), [Report.id == report_id])
    if not rows:
        raise NotFound("There is no such report in this league.")
    return rows[0]


def list_reports(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    *,
    state: ReportState | None = None,
    user_id: uuid.UUID | None = None,
) -> tuple[list[ReportRow], int]:
    """The newest first; of one member, or of all."""
    wanted: list[ColumnElement[bool]] = []
    if state:
        wanted.append(Report.state == state.value)
    if user_id:
        wanted.append(Report.user_id == user_id)
    return _page(session, project_id, paging, wanted)


def _is_here(
    session: Session, project_id: uuid.UUID, subject: ReportSubject, subject_id: str
) -> bool:
    if subject is ReportSubject.COMMIT:
        if not SHA.fullmatch(subject_id):
            raise wrong("subject_id", "Name the commit by all digits of its sha.")
        named = select(CommitRow.sha).where(
            CommitRow.project_id == project_id, CommitRow.sha == subject_id
        )
        return session.scalar(named.limit(1)) is not None
    try:
        wanted = uuid.UUID(subject_id)
    except ValueError:
        raise wrong("subject_id", f"Name the {subject.value} by its id.") from None
    if subject is ReportSubject.AWARD:
        award = select(Award.id).where(Award.project_id == project_id, Award.id == wanted)
        return session.scalar(award) is not None
    if subject is ReportSubject.RULING:
        ruling = select(Ruling.id).where(Ruling.project_id == project_id, Ruling.id == wanted)
        return session.scalar(ruling) is not None
    player = select(Player.id).where(Player.project_id == project_id, Player.id == wanted)
    return session.scalar(player) is not None


def _page(
    session: Session, project_id: uuid.UUID, paging: Paging, wanted: list[ColumnElement[bool]]
) -> tuple[list[ReportRow], int]:
    reporter, decider = aliased(User), aliased(User)
    columns = (
        *(Report.id, Report.subject, Report.subject_id, Report.sentence, Report.state),
        *(Report.user_id, reporter.display_name, Report.created_at, Report.reply),
        *(decider.display_name, Report.decided_at),
    )
    rows = session.execute(
        select(*columns)
        .join(reporter, reporter.id == Report.user_id)
        .outerjoin(decider, decider.id == Report.decided_by)
        .where(Report.project_id == project_id, *wanted)
        .order_by(Report.created_at.desc(), Report.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    counted = select(func.count()).select_from(Report)
    total = session.scalar(counted.where(Report.project_id == project_id, *wanted)) or 0
    return [ReportRow(*row) for row in rows], total


def _record(session: Session, action: Action, report: ReportRow, by: Membership) -> None:
    audit.record(
        session,
        action,
        f"{report.subject} {report.subject_id}",
        caller=by.caller,
        project_id=by.project_id,
        details={"report": str(report.id)},
    )
