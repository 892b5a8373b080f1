"""What waits for a commissioner, and where everything is."""

from typing import NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.digests.digests import list_digests
from gitleague.league.fairplay.reports import list_reports
from gitleague.league.fairplay.rulings import Asked, list_rulings
from gitleague.league.identities import claims, suggestions
from gitleague.league.people.shown import LEAGUE
from gitleague.league.rulebook.versions import rulebook
from gitleague.league.seasons.seasons import active_season
from gitleague.projects.members import list_members
from gitleague.projects.repos import list_repos
from gitleague.projects.webhooks.webhooks import list_webhooks
from gitleague.tables.fairplay import ReportState, RulingState
from gitleague.tables.identities import ClaimState
from gitleague.tables.projects import MemberStatus
from gitleague.web.frame import league_page
from gitleague.web.pages.repos import health_of
from gitleague.web.texts import gettext, gettext_noop, ngettext_noop, plural

router = Routes()
EVERY, ONE = Paging(limit=200), Paging(limit=1)
SICK = {"error", "quiet"}
WAITING = {
    "/members": ngettext_noop(
        "%(count)s member waits to be let in", "%(count)s members wait to be let in"
    ),
    "/identities/claims": ngettext_noop("%(count)s claim to decide", "%(count)s claims to decide"),
    "/identities/suggestions": ngettext_noop(
        "%(count)s pair of players may be one person",
        "%(count)s pairs of players may be one person",
    ),
    "/reports": ngettext_noop("%(count)s report to answer", "%(count)s reports to answer"),
    "/rulings": ngettext_noop("%(count)s ruling to decide", "%(count)s rulings to decide"),
    "/repos": ngettext_noop(
        "%(count)s repository with an error, or long without a push",
        "%(count)s repositories with an error, or long without a push",
    ),
    "/webhooks": ngettext_noop(
        "%(count)s webhook or digest that fails", "%(count)s webhooks or digests that fail"
    ),
}


class Waits(NamedTuple):
    """Something to do, and where."""

    words: str
    place: str


class Section(NamedTuple):
    name: str
    place: str
    words: str


SECTIONS = (
    Section(
        gettext_noop("Repositories"),
        "/repos",
        gettext_noop("How each comes in, and what was not taken."),
    ),
    Section(gettext_noop("Members"), "/members", gettext_noop("Approve, invite, give roles.")),
    Section(
        gettext_noop("Who is who"),
        "/identities",
        gettext_noop("Addresses, joins, claims, bots, .mailmap."),
    ),
    Section(
        gettext_noop("Line-up"),
        "/lineup",
        gettext_noop("Squads, their players\N{RIGHT SINGLE QUOTATION MARK} days, positions."),
    ),
    Section(gettext_noop("Seasons"), "/seasons", gettext_noop("Plan, open, close; who is away.")),
    Section(
        gettext_noop("Scoring"),
        "/rules/edit",
        gettext_noop("Change the rules, with a preview of the table."),
    ),
    Section(
        gettext_noop("Referee"),
        "/referee",
        gettext_noop("What it looks for; commits with an AI assistant."),
    ),
    Section(
        gettext_noop("Reports"),
        "/reports",
        gettext_noop("What members call wrong, to be answered."),
    ),
    Section(
        gettext_noop("Outside"),
        "/webhooks",
        gettext_noop("Webhooks, weekly digest, badges, feed, export."),
    ),
    Section(gettext_noop("Log"), "/log", gettext_noop("Who did what, and when.")),
    Section(
        gettext_noop("Jobs"),
        "/jobs",
        gettext_noop("What is done beside the requests, and another try."),
    ),
    Section(
        gettext_noop("Set up"),
        "/setup",
        gettext_noop("From the key to the first push, step by step."),
    ),
)


@router.get("/projects/{project_id}/run")
def show_overview(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return league_page(
        *(request, session, "running/overview.html"),
        member=member,
        here="/run",
        waits=_waiting(session, member),
        sections=SECTIONS,
    )


def _waiting(session: Session, member: Membership) -> list[Waits]:
    project_id = member.project_id
    everybody, _ = list_members(session, project_id, EVERY)
    asking = sum(each.status == MemberStatus.PENDING.value for each in everybody)
    _, claimed = claims.list_claims(session, project_id, ONE, state=ClaimState.PENDING)
    _, reported = list_reports(session, project_id, ONE, state=ReportState.OPEN)
    alike = len(suggestions.suggestions(session, project_id))
    repos, _ = list_repos(session, project_id, EVERY)
    sick = sum(health_of(each)[0] in SICK for each in repos)
    counts = {
        "/members": asking,
        "/identities/claims": claimed,
        "/identities/suggestions": alike,
        "/reports": reported,
        "/rulings": _rulings(session, member),
        "/repos": sick,
        "/webhooks": _broken(session, member),
    }
    found = [
        Waits(plural(*WAITING[place], count), place) for place, count in counts.items() if count
    ]
    pending = rulebook(session, project_id).pending
    if pending:
        found.append(
            Waits(
                gettext("Rules, version %(version)s: %(state)s")
                % {"version": pending.version, "state": gettext(pending.state.value)},
                "/rules/edit",
            )
        )
    if repos and not active_season(session, project_id):
        found.append(Waits(gettext("No season is being played"), "/seasons"))
    return found


def _rulings(session: Session, member: Membership) -> int:
    open_ones = Asked(RulingState.OPEN, None, None, None)
    return list_rulings(session, member.project_id, ONE, open_ones, LEAGUE)[1]


def _broken(session: Session, member: Membership) -> int:
    hooks = list_webhooks(session, member.project_id)
    digests = list_digests(session, member.project_id)
    return sum(bool(each.failures) for each in hooks) + sum(bool(each.error) for each in digests)
