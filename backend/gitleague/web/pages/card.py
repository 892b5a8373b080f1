"""A player's card: the box score of a period, and every commit with its working."""

import math
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from gitleague_client.rules.classify import Flag
from sqlalchemy.orm import Session

from gitleague.core.session import ReadSession
from gitleague.league.about import about
from gitleague.league.access import PlayerSpectator
from gitleague.league.cards import by_repository, identities_of, player_of, trend_of
from gitleague.league.periods import Period, today_in
from gitleague.league.plays import PlayRow, plays_of
from gitleague.league.schemas import PlaysQuery
from gitleague.league.standings import Slice, standing_of
from gitleague.league.stats import Numbers
from gitleague.scoring.rules import rules_at
from gitleague.tables.projects import Role
from gitleague.web.charts import commits_chart, points_chart
from gitleague.web.columns import BY_METRIC
from gitleague.web.render import page
from gitleague.web.tables import link_to, shares_of, window_shown

router = APIRouter()
WEEKS = 26
CHIPS = {
    Flag.FIX: "Fix",
    Flag.REVERT: "Revert",
    Flag.WIP: "WIP",
    Flag.TICKET: "Ticket",
    Flag.MERGE: "Merge",
    Flag.ASSISTED: "AI-assisted",
}


@router.get("/players/{player_id}")
def show_card(
    request: Request,
    player_id: uuid.UUID,
    member: PlayerSpectator,
    session: ReadSession,
    asked: Annotated[PlaysQuery, Query()],
) -> HTMLResponse:
    shown = card_shown(session, member.project_id, player_id, asked)
    # Addresses are for the team: spectators may be anybody.
    shows_addresses = member.role is not Role.SPECTATOR
    return page(
        request, "card.html", caller=member.caller, shows_addresses=shows_addresses, **shown
    )


def card_shown(
    session: Session, project_id: uuid.UUID, player_id: uuid.UUID, asked: PlaysQuery
) -> dict[str, Any]:
    player = player_of(session, project_id, player_id)
    today = today_in(session, project_id)
    window = asked.window(session, project_id)
    standing = standing_of(session, Slice(project_id, window, bots=player.is_bot), player_id)
    numbers = standing.numbers if standing else Numbers()
    plays = plays_of(
        session, project_id, player_id, window=window, page=asked.page, limit=asked.limit
    )
    trend = trend_of(session, project_id, player_id, by=Period.WEEK, points=WEEKS, today=today)
    return {
        "player": player,
        "project": about(session, project_id),
        "identities": identities_of(session, project_id, player_id),
        "standing": standing,
        "numbers": numbers,
        "shares": shares_of(numbers, rules_at(session, project_id, window.version)),
        "repos": by_repository(session, project_id, player_id, window),
        "trend": trend,
        "points_chart": points_chart(trend),
        "commits_chart": commits_chart(trend),
        "plays": plays.rows,
        "total": plays.total,
        "pages": math.ceil(plays.total / asked.limit),
        "page_link": lambda number: link_to(asked, page=number) + "#plays",
        "chips_of": chips_of,
        "columns": BY_METRIC,
        **window_shown(asked, window),
    }


def chips_of(row: PlayRow) -> list[str]:
    """What a commit is, in a word each."""
    if row.as_coauthor:
        return ["Co-author"]
    marks = {"Steal": row.play.is_steal, "Reverted": row.play.is_reverted}
    chips = [name for flag, name in CHIPS.items() if row.play.flags & flag]
    return chips + [name for name, holds in marks.items() if holds]
