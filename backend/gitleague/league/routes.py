"""The read road over HTTP: the table of a project, and its players."""

from typing import Annotated

from fastapi import Query

from gitleague.accounts.caller import Spectator
from gitleague.core.paging import Page, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.access import PlayerId, PlayerSpectator
from gitleague.league.awards import routes as awards
from gitleague.league.badges import routes as badges
from gitleague.league.cards import by_repository, card_of, identities_of, trend_of
from gitleague.league.careers import routes as careers
from gitleague.league.digests import routes as digests
from gitleague.league.exports import routes as exports
from gitleague.league.fairplay import routes as fairplay
from gitleague.league.fantasy import routes as fantasy
from gitleague.league.feeds import routes as feeds
from gitleague.league.identities import routes as identities
from gitleague.league.live import routes as live
from gitleague.league.people import routes as people
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import today_in
from gitleague.league.play import routes as play
from gitleague.league.plays import plays_of
from gitleague.league.rulebook import routes as rulebook
from gitleague.league.schemas import (
    CardOut,
    IdentityOut,
    PeriodQuery,
    PlayerTrendOut,
    PlayOut,
    PlaysQuery,
    RepoShareOut,
    StandingOut,
    StandingsQuery,
    StatsOut,
    TrendPointOut,
    TrendQuery,
)
from gitleague.league.search import routes as search
from gitleague.league.seasons import routes as seasons
from gitleague.league.squads import routes as squads
from gitleague.league.standings import Slice, standing_of, standings
from gitleague.tables.projects import Role

router = Routes(tags=["league"])
router.include(seasons.router)
router.include(rulebook.router)
router.include(identities.router)
router.include(awards.router)
router.include(careers.router)
router.include(play.router)
router.include(search.router)
router.include(squads.router)
router.include(fairplay.router)
router.include(fantasy.router)
router.include(exports.router)
router.include(feeds.router)
router.include(badges.router)
router.include(live.router)
router.include(digests.router)
router.include(people.router)


@router.get("/projects/{project_id}/standings")
def list_standings(
    member: Spectator, session: ReadSession, asked: Annotated[StandingsQuery, Query()]
) -> Page[StandingOut]:
    """Returns the standings of a period, ranked by one number.

    Equals share a rank, and the next rank is left out. `trend` compares with the period before.
    """
    window = asked.window(session, member.project_id)
    table = standings(
        session,
        asked.slice_of(session, member.project_id, window, viewer_of(member)),
        order=asked.order,
        page=asked.page,
        limit=asked.limit,
        q=asked.q,
    )
    return page_of([StandingOut.of(row) for row in table.rows], table.total, asked)


@router.get("/players/{player_id}")
def get_player(
    player_id: PlayerId,
    member: PlayerSpectator,
    session: ReadSession,
    asked: Annotated[PeriodQuery, Query()],
) -> CardOut:
    """Returns a player, their row in the standings, and their numbers by repository."""
    project_id = member.project_id
    viewer = viewer_of(member)
    player = card_of(session, project_id, player_id, viewer)
    window = asked.window(session, project_id)
    which = Slice(project_id, window, bots=player.is_bot, viewer=viewer)
    standing = standing_of(session, which, player_id)
    is_of_the_team = member.role is not Role.SPECTATOR
    return CardOut(
        **player._asdict(),
        identities=[
            IdentityOut(name=known.name, email=known.email if is_of_the_team else None)
            for known in identities_of(session, project_id, player_id, viewer)
        ],
        standing=StandingOut.of(standing) if standing else None,
        repos=[
            RepoShareOut(id=share.repo_id, name=share.name, stats=StatsOut.of(share.numbers))
            for share in by_repository(session, project_id, player_id, window)
        ],
    )


@router.get("/players/{player_id}/trend")
def get_trend(
    player_id: PlayerId,
    member: PlayerSpectator,
    session: ReadSession,
    asked: Annotated[TrendQuery, Query()],
) -> PlayerTrendOut:
    """Returns a player's latest days, weeks or months, oldest first, empty ones included."""
    points = trend_of(
        session,
        member.project_id,
        player_id,
        by=asked.by,
        points=asked.points,
        today=today_in(session, member.project_id),
    )
    return PlayerTrendOut(by=asked.by, points=[TrendPointOut.of(point) for point in points])


@router.get("/players/{player_id}/commits")
def list_commits(
    player_id: PlayerId,
    member: PlayerSpectator,
    session: ReadSession,
    asked: Annotated[PlaysQuery, Query()],
) -> Page[PlayOut]:
    """Returns the commits that a player has credit for, newest first, with how each scored."""
    plays = plays_of(
        session,
        member.project_id,
        player_id,
        window=asked.window(session, member.project_id),
        page=asked.page,
        limit=asked.limit,
        viewer=viewer_of(member),
    )
    return page_of([PlayOut.of(row) for row in plays.rows], plays.total, asked)
