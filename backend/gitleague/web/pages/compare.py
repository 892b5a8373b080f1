"""Two players beside each other."""

import uuid
from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Spectator
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.cards import card_of
from gitleague.league.careers.head_to_head import head_to_head
from gitleague.league.careers.schemas import HeadToHeadOut
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import Period
from gitleague.league.schemas import PlaysQuery
from gitleague.league.standings import Slice, standings
from gitleague.league.stats import Numbers
from gitleague.web.columns import BY_METRIC
from gitleague.web.frame import league_page
from gitleague.web.tables import window_shown

router = Routes()
CHOICES = 200
MEETINGS = 26


class CompareAsked(PlaysQuery):
    a: uuid.UUID | None = None
    b: uuid.UUID | None = None
    by: Literal[Period.WEEK, Period.MONTH] = Period.WEEK


@router.get("/projects/{project_id}/compare")
def compare(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[CompareAsked, Query()],
) -> HTMLResponse:
    project_id, viewer = member.project_id, viewer_of(member)
    window = asked.window(session, project_id)
    ever = Slice(project_id, PlaysQuery().window(session, project_id), viewer=viewer)
    everybody = [(row.player_id, row.name) for row in standings(session, ever, limit=CHOICES).rows]
    pair = [
        card_of(session, project_id, player_id, viewer) if player_id else None
        for player_id in (asked.a, asked.b)
    ]
    found = None
    if asked.a and asked.b and asked.a != asked.b:
        found = head_to_head(
            *(session, project_id, window, (asked.a, asked.b)), by=asked.by, viewer=viewer
        )
    return league_page(
        *(request, session, "compare.html"),
        member=member,
        here="/compare",
        everybody=everybody,
        pair=pair,
        found=found,
        won=HeadToHeadOut.of(found).won if found else {},
        most=max((max(each.a, each.b) for each in found.meetings), default=0) if found else 0,
        meetings=found.meetings[:MEETINGS] if found else [],
        nothing=Numbers(),
        columns=BY_METRIC,
        **window_shown(asked, window),
    )
