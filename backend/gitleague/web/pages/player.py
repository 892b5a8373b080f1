"""A player's career, awards and best plays: the pages beside the card."""

import math
import uuid
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership
from gitleague.core.paging import Paging, PagingQuery
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.access import PlayerSpectator
from gitleague.league.awards.names import name_of
from gitleague.league.awards.shelf import Which, list_awards
from gitleague.league.cards import card_of
from gitleague.league.careers import best, career, records
from gitleague.league.careers.schemas import BestPlaysQuery
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import Window
from gitleague.league.schemas import PlaysQuery
from gitleague.league.standings import Slice, standing_of
from gitleague.league.stats import UNITS, Numbers
from gitleague.web.columns import BY_METRIC, LONG_NAMES
from gitleague.web.frame import Part, league_page
from gitleague.web.tables import link_to, record_days, window_shown
from gitleague.web.texts import gettext_noop

router = Routes(prefix="/players/{player_id}")
TABS = (
    Part(gettext_noop("Season"), ""),
    Part(gettext_noop("Career"), "/career"),
    Part(gettext_noop("Awards"), "/awards"),
    Part(gettext_noop("Best plays"), "/best"),
)
HELD_IN = {
    "day": gettext_noop("%(stat)s in a day"),
    "week": gettext_noop("%(stat)s in a week"),
    "month": gettext_noop("%(stat)s in a month"),
    "season": gettext_noop("%(stat)s in a season"),
    "streak": gettext_noop("%(stat)s in a row"),
    "play": gettext_noop("%(stat)s in one commit"),
}
ROWS = 25
SEASONS = Paging(limit=50)


def head_of(
    session: Session, member: Membership, player_id: uuid.UUID, window: Window
) -> dict[str, Any]:
    """What every page about a player begins with."""
    viewer = viewer_of(member)
    player = card_of(session, member.project_id, player_id, viewer)
    which = Slice(member.project_id, window, bots=player.is_bot, viewer=viewer)
    standing = standing_of(session, which, player_id)
    return {
        "player": player,
        "is_retired": player.retired_on is not None and player.retired_on <= window.today,
        "standing": standing,
        "numbers": standing.numbers if standing else Numbers(),
        "columns": BY_METRIC,
        "tabs": TABS,
    }


def player_page(
    request: Request,
    session: Session,
    template: str,
    *,
    member: Membership,
    tab: str,
    **shown: Any,
) -> HTMLResponse:
    return league_page(
        *(request, session, template), member=member, here="/players", tab=tab, **shown
    )


@router.get("/career")
def show_career(
    request: Request, player_id: uuid.UUID, member: PlayerSpectator, session: ReadSession
) -> HTMLResponse:
    project_id, viewer = member.project_id, viewer_of(member)
    asked = PlaysQuery()
    window = asked.window(session, project_id)
    head = head_of(session, member, player_id, window)
    book = records.book_of(session, project_id, viewer)
    lines, _ = career.seasons_of(
        *(session, project_id, player_id, SEASONS), is_bot=head["player"].is_bot, viewer=viewer
    )
    return player_page(
        *(request, session, "career.html"),
        member=member,
        tab="/career",
        career=career.career_of(session, project_id, player_id),
        seasons=lines,
        held=[
            (record, holder)
            for record in book.records
            for holder in record.holders
            if holder.player_id == player_id
        ],
        units=UNITS,
        long_names=LONG_NAMES,
        award_name=name_of,
        held_in=HELD_IN,
        when=record_days,
        **head | window_shown(asked, window),
    )


@router.get("/awards")
def show_awards(
    request: Request,
    player_id: uuid.UUID,
    member: PlayerSpectator,
    session: ReadSession,
    paging: PagingQuery,
) -> HTMLResponse:
    asked = PlaysQuery()
    window = asked.window(session, member.project_id)
    head = head_of(session, member, player_id, window)
    rows, total = list_awards(
        *(session, member.project_id, paging.model_copy(update={"limit": ROWS})),
        Which(player_id=player_id),
        viewer_of(member),
    )
    return player_page(
        *(request, session, "player_awards.html"),
        member=member,
        tab="/awards",
        rows=rows,
        total=total,
        page=paging.page,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(paging, page=number),
        award_name=name_of,
        long_names=LONG_NAMES,
        **head | window_shown(asked, window),
    )


@router.get("/best")
def show_best_plays(
    request: Request,
    player_id: uuid.UUID,
    member: PlayerSpectator,
    session: ReadSession,
    asked: Annotated[BestPlaysQuery, Query()],
) -> HTMLResponse:
    window = asked.window(session, member.project_id)
    head = head_of(session, member, player_id, window)
    rows, total = best.best_plays(
        *(session, member.project_id, window, asked),
        player_id=player_id,
        repo_id=asked.repo_id,
        viewer=viewer_of(member),
    )
    return player_page(
        *(request, session, "player_best.html"),
        member=member,
        tab="/best",
        rows=rows,
        pages=math.ceil(total / asked.limit),
        page_link=lambda number: link_to(asked, page=number),
        **head | window_shown(asked, window),
    )
