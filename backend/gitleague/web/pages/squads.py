"""The table of the squads."""

import math
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Spectator
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.people.shown import viewer_of
from gitleague.league.periods import Period
from gitleague.league.squads.schemas import SquadStandingsQuery
from gitleague.league.squads.standings import Per, SquadStanding, averages, squad_standings
from gitleague.league.stats import Metric
from gitleague.web.columns import BY_METRIC, Column
from gitleague.web.frame import league_page
from gitleague.web.shown import plain_number
from gitleague.web.tables import link_to, window_shown
from gitleague.web.texts import gettext_noop

router = Routes()
ROWS = 25
PER = ((Per.SQUAD, gettext_noop("Together")), (Per.PLAYER, gettext_noop("Each member")))


@router.get("/projects/{project_id}/squads")
def show_squads(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[SquadStandingsQuery, Query()],
) -> HTMLResponse:
    metric = asked.metric if asked.metric.value in BY_METRIC else Metric.IMPACT
    period = Period.SEASON if asked.season_id else asked.period
    asked = asked.model_copy(update={"limit": ROWS, "metric": metric, "period": period})
    window = asked.window(session, member.project_id)
    table = squad_standings(
        *(session, asked.slice_of(session, member.project_id, window, viewer_of(member))),
        per=asked.per,
        order=asked.order,
        page=asked.page,
        limit=ROWS,
    )
    return league_page(
        *(request, session, "squads.html"),
        member=member,
        here="/squads",
        rows=table.rows,
        total=table.total,
        columns=BY_METRIC,
        per=PER,
        cell=lambda row, column: _cell(row, column, asked.per),
        some_are_old=any(row.trend.direction != "new" for row in table.rows),
        pages=math.ceil(table.total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
        **window_shown(asked, window),
    )


def _cell(row: SquadStanding, column: Column, per: Per) -> str:
    """What all did together, or each member on average."""
    if per is Per.SQUAD:
        return column.of(row.numbers)
    average = averages(row)[column.metric.value]
    return plain_number(round(average, 0 if abs(average) >= 10 else 1))
