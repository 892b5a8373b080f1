"""The plays of a league: as they came, or those with most impact."""

import math
from enum import Enum
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership, Spectator
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.careers.best import BestPlayRow, best_plays
from gitleague.league.careers.schemas import BestPlaysQuery
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import Period, Window
from gitleague.league.play.newest import newest_plays
from gitleague.league.standings import Slice, last_played
from gitleague.web.frame import league_page
from gitleague.web.pages.card import chips_of
from gitleague.web.tables import link_to, window_shown
from gitleague.web.texts import gettext_noop

router = Routes()
ROWS = 25
SHORT = {Period.DAY, Period.WEEK, Period.MONTH}  # all their plays can be put in order


class PlaysOrder(str, Enum):
    NEWEST = "newest"
    BEST = "best"


ORDERS = (
    (PlaysOrder.NEWEST, gettext_noop("Newest first")),
    (PlaysOrder.BEST, gettext_noop("Best first")),
)


class PlaysAsked(BestPlaysQuery):
    period: Period = Period.WEEK
    sort: PlaysOrder = PlaysOrder.NEWEST


@router.get("/projects/{project_id}/plays")
def show_plays(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[PlaysAsked, Query()],
) -> HTMLResponse:
    period = Period.SEASON if asked.season_id else asked.period
    sort = asked.sort if period in SHORT else PlaysOrder.BEST
    asked = asked.model_copy(update={"limit": ROWS, "period": period, "sort": sort})
    window = asked.window(session, member.project_id)
    rows, total = _plays(session, member, window, asked)
    last = None if rows else last_played(session, Slice(member.project_id, window))
    return league_page(
        *(request, session, "plays.html"),
        member=member,
        here="/plays",
        rows=rows,
        total=total,
        orders=ORDERS if period in SHORT else (),
        last_played=last,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
        chips_of=chips_of,
        **window_shown(asked, window),
    )


def _plays(
    session: Session, member: Membership, window: Window, asked: PlaysAsked
) -> tuple[list[BestPlayRow], int]:
    find = newest_plays if asked.sort is PlaysOrder.NEWEST else best_plays
    return find(
        *(session, member.project_id, window, asked),
        repo_id=asked.repo_id,
        viewer=viewer_of(member),
    )
