"""Badges and cards over HTTP."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import Field

from gitleague.core.conditional import conditional
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.access import BadgeViewer, Look, PlayerId
from gitleague.league.badges.drawing import MEDIA_TYPE, badge, card
from gitleague.league.badges.sayings import Badge, of_league, of_player, said_of
from gitleague.league.cards import card_of
from gitleague.league.schemas import PeriodQuery
from gitleague.league.standings import Slice, standing_of
from gitleague.league.stats import Metric
from gitleague.projects.leagues import get_project

SVG: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "An SVG picture.",
        "content": {"image/svg+xml": {"example": "<svg>…</svg>"}},
    },
    304: {"description": "The picture is as it was at the ETag that was sent."},
}
router = Routes(prefix="/projects/{project_id}/badges", tags=["badges"])


class PlayerBadgeQuery(PeriodQuery):
    metric: Annotated[
        Metric, Field(description="The number to show, and to rank by. Default `impact`.")
    ] = Metric.IMPACT


@router.get("/{what}.svg", response_class=Response, responses=SVG)
def show_badge(
    request: Request,
    viewer: BadgeViewer,
    session: ReadSession,
    what: Annotated[
        Badge,
        Path(
            description="What the badge shows: the name of the `leader`, or how many `players` "
            "or `commits` there are."
        ),
    ],
    asked: Annotated[PeriodQuery, Query()],
) -> Response:
    """Returns a badge of the league as SVG. Only members see it, unless `public_badges` is on."""
    window = asked.window(session, viewer.project_id)
    value = of_league(session, viewer.project_id, what, window)
    return _picture(request, viewer, badge(what.value, value))


@router.get("/players/{player_id}.svg", response_class=Response, responses=SVG)
def show_player_badge(
    request: Request,
    viewer: BadgeViewer,
    session: ReadSession,
    player_id: PlayerId,
    asked: Annotated[PlayerBadgeQuery, Query()],
) -> Response:
    """Returns a badge with a player's rank and one number, as SVG."""
    player = card_of(session, viewer.project_id, player_id)
    window = asked.window(session, viewer.project_id)
    slice_ = Slice(viewer.project_id, window, asked.metric, bots=player.is_bot)
    row = standing_of(session, slice_, player_id)
    return _picture(request, viewer, badge(player.name, of_player(row, asked.metric)))


@router.get("/players/{player_id}/card.svg", response_class=Response, responses=SVG)
def show_card(
    request: Request,
    viewer: BadgeViewer,
    session: ReadSession,
    player_id: PlayerId,
    asked: Annotated[PeriodQuery, Query()],
) -> Response:
    """Returns a player's box score as an SVG picture."""
    player = card_of(session, viewer.project_id, player_id)
    window = asked.window(session, viewer.project_id)
    row = standing_of(session, Slice(viewer.project_id, window, bots=player.is_bot), player_id)
    league = get_project(session, viewer.project_id).name
    return _picture(request, viewer, card(said_of(player, row, league)))


def _picture(request: Request, viewer: Look, picture: bytes) -> Response:
    return conditional(
        request,
        picture,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": viewer.cache_control},
    )
