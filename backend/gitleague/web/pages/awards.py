"""The awards of a league, each with the working that it was given for."""

import math
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Spectator
from gitleague.core.forms import WithoutBlanks
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.awards.names import name_of
from gitleague.league.awards.schemas import AwardQuery
from gitleague.league.awards.shelf import list_awards
from gitleague.league.people.shown import viewer_of
from gitleague.league.seasons.seasons import list_seasons
from gitleague.tables.awards import AwardKind
from gitleague.web.columns import LONG_NAMES
from gitleague.web.frame import league_page
from gitleague.web.tables import link_to

router = Routes()
ROWS = 25
EVERY_SEASON = Paging(limit=200)


class AwardsAsked(WithoutBlanks, AwardQuery):
    """As the page's form sends it."""


@router.get("/projects/{project_id}/awards")
def show_awards(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[AwardsAsked, Query()],
) -> HTMLResponse:
    wanted = asked.model_copy(update={"limit": ROWS})
    rows, total = list_awards(session, member.project_id, wanted, asked.which(), viewer_of(member))
    return league_page(
        *(request, session, "awards.html"),
        member=member,
        here="/awards",
        asked=asked,
        rows=rows,
        total=total,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
        kinds=[(kind, name_of(kind.value)) for kind in AwardKind],
        seasons=list_seasons(session, member.project_id, EVERY_SEASON)[0],
        award_name=name_of,
        long_names=LONG_NAMES,
        is_filtered=bool(asked.kind or asked.season_id or asked.player_id),
    )
