"""The search over HTTP."""

from typing import Annotated

from fastapi import Query

from gitleague.accounts.caller import Spectator
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.people.shown import viewer_of
from gitleague.league.search.finding import search
from gitleague.league.search.schemas import SearchOut, SearchQuery

router = Routes(tags=["league"])


@router.get("/projects/{project_id}/search")
def search_league(
    member: Spectator, session: ReadSession, asked: Annotated[SearchQuery, Query()]
) -> SearchOut:
    """Searches players, squads, seasons, commits and awards by name, title or SHA."""
    found = search(session, member.project_id, asked.q, limit=asked.limit, viewer=viewer_of(member))
    return SearchOut.of(member.project_id, asked.q, found)
