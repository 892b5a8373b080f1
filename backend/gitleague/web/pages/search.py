"""The search of a league, as a page."""

from itertools import groupby
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Spectator
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.people.shown import viewer_of
from gitleague.league.search.finding import search
from gitleague.league.search.schemas import Kind, SearchQuery, results
from gitleague.web.frame import league_page
from gitleague.web.texts import gettext_noop

router = Routes()
OF_EACH = 20
KINDS = {
    Kind.PLAYER: gettext_noop("Players"),
    Kind.SQUAD: gettext_noop("Squads"),
    Kind.SEASON: gettext_noop("Seasons"),
    Kind.COMMIT: gettext_noop("Commits"),
    Kind.AWARD: gettext_noop("Awards"),
}


@router.get("/projects/{project_id}/search")
def show_search(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[SearchQuery, Query()],
) -> HTMLResponse:
    found = search(session, member.project_id, asked.q, limit=OF_EACH, viewer=viewer_of(member))
    shown = results(member.project_id, found)
    return league_page(
        *(request, session, "search.html"),
        member=member,
        here="/search",
        q=asked.q,
        most=OF_EACH,
        groups=[(KINDS[kind], list(each)) for kind, each in groupby(shown, lambda one: one.kind)],
    )
