"""The home of a league: what there is to see today."""

from typing import Annotated, Any, NamedTuple

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership, Spectator
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.activity import weeks_together
from gitleague.league.awards.names import name_of
from gitleague.league.awards.shelf import AwardRow, Which, list_awards
from gitleague.league.cards import player_of_user
from gitleague.league.careers.best import best_plays
from gitleague.league.people.shown import Viewer, viewer_of
from gitleague.league.periods import DAY, WEEK, Period, Window, today_in, window_of
from gitleague.league.seasons.seasons import SeasonRow, active_season
from gitleague.league.seasons.windows import window_asked
from gitleague.league.squads.standings import squad_standings
from gitleague.league.standings import Slice, standings
from gitleague.tables.awards import AwardKind
from gitleague.web.charts import commits_chart
from gitleague.web.frame import league_page
from gitleague.web.tables import name_of as name_of_window
from gitleague.web.tables import period_query

router = Routes()
TOP, TOP_OF_THE_WALL, SQUADS, PLAYS = 5, 10, 3, Paging(limit=5)
NEWEST = Paging(limit=6)
WEEKS = 12
TvAsked = Annotated[str | None, Query(description="For a screen on the wall, if it is there.")]


class SoFar(NamedTuple):
    """How far the season is."""

    season: SeasonRow
    day: int  # 1 on the first; more than `days` once it should be closed
    days: int

    @property
    def percent(self) -> float:
        return round(min(max(self.day, 0), self.days) * 100 / self.days, 1)


@router.get("/projects/{project_id}")
def show_league(
    request: Request, member: Spectator, session: ReadSession, tv: TvAsked = None
) -> HTMLResponse:
    return league_page(
        *(request, session, "league_home.html" if tv is None else "tv.html"),
        member=member,
        here="",
        **_shown(session, member, top=TOP if tv is None else TOP_OF_THE_WALL),
    )


@router.get("/projects/{project_id}/me")
def show_mine(member: Spectator, session: ReadSession) -> RedirectResponse:
    """The card of whoever asks; the table for those who do not play."""
    mine = player_of_user(session, member.project_id, member.caller.user_id)
    place = f"/players/{mine}" if mine else f"/projects/{member.project_id}/standings"
    return RedirectResponse(place, status_code=303)


def _shown(session: Session, member: Membership, *, top: int) -> dict[str, Any]:
    project_id, viewer = member.project_id, viewer_of(member)
    today = today_in(session, project_id)
    season = active_season(session, project_id)
    period = Period.SEASON if season else Period.ALL
    window = window_asked(session, project_id, period)
    which = Slice(project_id, window, viewer=viewer)
    table = standings(session, which, limit=top)
    trend = weeks_together(session, project_id, WEEKS, today)
    week = window_of(Period.WEEK, today=today)._replace(first=today - WEEK + DAY, last=today)
    plays, _ = best_plays(session, project_id, week, PLAYS, viewer=viewer)
    return {
        "so_far": _so_far(season, window),
        "window_name": name_of_window(window),
        "period_query": period_query(window),
        "rows": table.rows,
        "some_are_old": any(row.trend.direction != "new" for row in table.rows),
        "part": lambda impact: round(max(impact, 0) * 100 / max(table.highest, 1), 1),
        "squads": squad_standings(session, which, limit=SQUADS).rows,
        "play": _newest_play(session, member, viewer),
        "awards": list_awards(session, project_id, NEWEST, viewer=viewer)[0],
        "award_name": name_of,
        "best": plays,
        "trend": trend,
        "chart": commits_chart(trend),
    }


def _so_far(season: SeasonRow | None, window: Window) -> SoFar | None:
    if season is None:
        return None
    return SoFar(
        season,
        day=(window.today - season.first).days + 1,
        days=(season.last - season.first).days + 1,
    )


def _newest_play(session: Session, member: Membership, viewer: Viewer) -> AwardRow | None:
    """The last play of the day."""
    found, _ = list_awards(
        *(session, member.project_id, Paging(limit=1)),
        Which(kind=AwardKind.PLAY_OF_THE_DAY),
        viewer,
    )
    return found[0] if found else None
