"""What leaves the league beside webhooks: the weekly digest, what is public, and exports."""

import uuid
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.clock import now
from gitleague.core.routing import Routes
from gitleague.core.sealing import Sealer
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.settings import Settings
from gitleague.core.unknown import Body
from gitleague.league.badges.sayings import Badge
from gitleague.league.digests import digests
from gitleague.league.digests.recap import recap_of
from gitleague.league.digests.schemas import DigestRequest
from gitleague.league.digests.weeks import week_told_at
from gitleague.league.exports.rows import What
from gitleague.league.periods import Period
from gitleague.projects import leagues
from gitleague.projects.schemas import Name
from gitleague.tables.outside import DigestKind
from gitleague.web.done import done
from gitleague.web.forms import comes_back
from gitleague.web.pages.running.webhooks import sharing_page
from gitleague.web.texts import gettext_noop

router = Routes(prefix="/projects/{project_id}")
EMAIL = DigestKind.EMAIL.value
KINDS = (
    (DigestKind.SLACK.value, gettext_noop("Slack")),
    (DigestKind.DISCORD.value, gettext_noop("Discord")),
    (EMAIL, gettext_noop("E-mail")),
)
PERIODS = (
    (Period.ALL.value, gettext_noop("all time")),
    (Period.MONTH.value, gettext_noop("this month")),
    (Period.WEEK.value, gettext_noop("this week")),
)


class LeagueForm(Body):
    """A box that is not ticked is not sent."""

    name: Name
    time_zone: str | None = None
    public_badges: bool = False
    public_feed: bool = False
    takes_requests: bool = False


def _digests_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    settings: Settings = request.app.state.settings
    sends_mails = bool(settings.smtp_url.get_secret_value())
    zone = ZoneInfo(leagues.get_project(session, member.project_id).time_zone)
    week = week_told_at(now(), zone)
    return sharing_page(
        *(request, session, "digests.html"),
        member=member,
        tab="/digests",
        rows=digests.list_digests(session, member.project_id),
        most=digests.MOST,
        kinds=KINDS if sends_mails else [each for each in KINDS if each[0] != EMAIL],
        sends_mails=sends_mails,
        recap=recap_of(session, member.project_id, week, public_url=settings.public_url),
    )


@router.get("/digests")
def show_digests(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _digests_page(request, session, member)


@router.post("/digests", dependencies=[comes_back(_digests_page)])
def create_digest(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    sent: Annotated[DigestRequest, Form()],
) -> RedirectResponse:
    settings: Settings = request.app.state.settings
    destination = digests.checked(settings, sent.kind, sent.destination.get_secret_value())
    digests.create_digest(
        session, sent.name, sent.kind, destination, sealer=Sealer(settings), by=member
    )
    return done(member.project_id, "/digests", "saved")


@router.post("/digests/{digest_id}/test", dependencies=[comes_back(_digests_page)])
def test_digest(
    member: Commissioner, session: WriteSession, digest_id: uuid.UUID
) -> RedirectResponse:
    digests.ask_for_test(session, digest_id, by=member)
    return done(member.project_id, "/digests", "tested")


@router.post("/digests/{digest_id}/delete", dependencies=[comes_back(_digests_page)])
def delete_digest(
    member: Commissioner, session: WriteSession, digest_id: uuid.UUID
) -> RedirectResponse:
    digests.delete_digest(session, digest_id, by=member)
    return done(member.project_id, "/digests", "deleted")


def _public_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    settings: Settings = request.app.state.settings
    return sharing_page(
        *(request, session, "sharing.html"),
        member=member,
        tab="/sharing",
        row=leagues.get_project(session, member.project_id),
        api=f"{settings.public_url}/api/v1/projects/{member.project_id}",
        badges=[each.value for each in Badge],
        public_url=settings.public_url,
    )


@router.get("/sharing")
def show_sharing(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _public_page(request, session, member)


@router.post("/sharing", dependencies=[comes_back(_public_page)])
def change_league(
    member: Commissioner, session: WriteSession, sent: Annotated[LeagueForm, Form()]
) -> RedirectResponse:
    leagues.change_project(session, sent.model_dump(exclude_none=True), by=member)
    return done(member.project_id, "/sharing", "saved")


@router.get("/exports")
def show_exports(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return sharing_page(
        *(request, session, "exports.html"),
        member=member,
        tab="/exports",
        what=[each.value for each in What],
        periods=PERIODS,
    )
