"""A player's card: the box score of a period, and every commit with its working."""

import math
import uuid
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from gitleague_client.rules.classify import Flag
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.access import PlayerSpectator
from gitleague.league.cards import by_repository, identities_of, trend_of
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import Period
from gitleague.league.plays import PlayRow, plays_of
from gitleague.league.schemas import PlaysQuery
from gitleague.scoring.rules import rules_at
from gitleague.tables.projects import Role
from gitleague.web.charts import commits_chart, points_chart
from gitleague.web.pages.player import head_of, player_page
from gitleague.web.tables import link_to, shares_of, window_shown
from gitleague.web.texts import gettext_noop

router = Routes()
WEEKS = 26
CHIPS = {
    Flag.FIX: gettext_noop("Fix"),
    Flag.REVERT: gettext_noop("Revert"),
    Flag.WIP: gettext_noop("WIP"),
    Flag.TICKET: gettext_noop("Ticket"),
    Flag.MERGE: gettext_noop("Merge"),
    Flag.ASSISTED: gettext_noop("AI-assisted"),
}


@router.get("/players/{player_id}")
def show_card(
    request: Request,
    player_id: uuid.UUID,
    member: PlayerSpectator,
    session: ReadSession,
    asked: Annotated[PlaysQuery, Query()],
) -> HTMLResponse:
    shown = card_shown(session, member, player_id, asked)
    # Addresses are for the team: spectators may be anybody.
    shows_addresses = member.role is not Role.SPECTATOR
    return player_page(
        *(request, session, "card.html"),
        member=member,
        tab="",
        shows_addresses=shows_addresses,
        **shown,
    )


def card_shown(
    session: Session, member: Membership, player_id: uuid.UUID, asked: PlaysQuery
) -> dict[str, Any]:
    project_id, viewer = member.project_id, viewer_of(member)
    window = asked.window(session, project_id)
    head = head_of(session, member, player_id, window)
    plays = plays_of(
        session,
        project_id,
        player_id,
        window=window,
        page=asked.page,
        limit=asked.limit,
        viewer=viewer,
    )
    trend = trend_of(
        session, project_id, player_id, by=Period.WEEK, points=WEEKS, today=window.today
    )
    return {
        **head,
        "identities": identities_of(session, project_id, player_id, viewer),
        "shares": shares_of(head["numbers"], rules_at(session, project_id, window.version)),
        "repos": by_repository(session, project_id, player_id, window),
        "trend": trend,
        "points_chart": points_chart(trend),
        "commits_chart": commits_chart(trend),
        "plays": plays.rows,
        "total": plays.total,
        "pages": math.ceil(plays.total / asked.limit),
        "page_link": lambda number: link_to(asked, page=number) + "#plays",
        "chips_of": chips_of,
        **window_shown(asked, window),
    }


def chips_of(row: PlayRow) -> list[str]:
    """What a commit is, in a word each, to be translated where it is shown."""
    if row.as_coauthor:
        return [gettext_noop("Co-author")]
    marks = {
        gettext_noop("Steal"): row.play.is_steal,
        gettext_noop("Reverted"): row.play.is_reverted,
    }
    chips = [name for flag, name in CHIPS.items() if row.play.flags & flag]
    return chips + [name for name, holds in marks.items() if holds]
