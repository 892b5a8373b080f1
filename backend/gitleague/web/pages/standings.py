"""The standings of a league: the page that everything else leads to."""

import math
import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Spectator
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.about import choices
from gitleague.league.forms import forms_of
from gitleague.league.leaders import leaders
from gitleague.league.people.shown import Viewer, viewer_of
from gitleague.league.periods import Period
from gitleague.league.schemas import StandingsQuery
from gitleague.league.standings import Standings, last_played, standings
from gitleague.league.stats import Metric
from gitleague.scoring.rules import rules_at
from gitleague.web.charts import Sparkline, sparkline
from gitleague.web.columns import BY_METRIC, LEADING, medal_of
from gitleague.web.frame import league_page
from gitleague.web.tables import link_to, period_query, shares_of, window_shown

router = Routes()
ROWS = 25
WEEKS = 12  # of a sparkline


@router.get("/projects/{project_id}/standings")
def show_standings(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[StandingsQuery, Query()],
) -> HTMLResponse:
    shown = standings_shown(session, member.project_id, _for_page(asked), viewer_of(member))
    return league_page(
        request, session, "standings.html", member=member, here="/standings", **shown
    )


def standings_shown(
    session: Session, project_id: uuid.UUID, asked: StandingsQuery, viewer: Viewer
) -> dict[str, Any]:
    """What the template needs, and all that is asked of the database for it."""
    window = asked.window(session, project_id)
    which = asked.slice_of(session, project_id, window, viewer)
    table = standings(
        session, which, order=asked.order, page=asked.page, limit=asked.limit, q=asked.q
    )
    rules = rules_at(session, project_id, window.version)
    return {
        "asked": asked,
        "leaders": leaders(session, which, LEADING) if table.rows else [],
        "shares_of": lambda numbers: shares_of(numbers, rules),
        "columns": BY_METRIC,
        "forms": _forms(session, project_id, table, window.today),
        **_rows_shown(asked, table),
        **window_shown(asked, window),
        "choices": choices(session, project_id),
        "season_from": window.first if window.period is Period.SEASON else None,
        "carried": _carried(asked),
        "card_link": lambda player_id: f"/players/{player_id}{period_query(window)}",
        "last_played": None if table.rows else last_played(session, which),
    }


def _for_page(asked: StandingsQuery) -> StandingsQuery:
    """A page has fewer rows and columns than the API: what it cannot show, it does not order by."""
    metric = asked.metric if asked.metric.value in BY_METRIC else Metric.IMPACT
    period = Period.SEASON if asked.season_id else asked.period
    return asked.model_copy(update={"limit": ROWS, "metric": metric, "period": period})


def _forms(
    session: Session, project_id: uuid.UUID, table: Standings, today: date
) -> dict[uuid.UUID, Sparkline]:
    players = [row.player_id for row in table.rows]
    forms = forms_of(session, project_id, players, weeks=WEEKS, today=today)
    return {player_id: sparkline(weeks) for player_id, weeks in forms.items()}


def _rows_shown(asked: StandingsQuery, table: Standings) -> dict[str, Any]:
    return {
        "rows": table.rows,
        "total": table.total,
        "some_are_old": any(row.trend.direction != "new" for row in table.rows),
        "pages": math.ceil(table.total / asked.limit),
        "part": lambda impact: round(max(impact, 0) * 100 / max(table.highest, 1), 1),
        "medal": lambda row: medal_of(row, asked.metric),
        "page_link": lambda number: link_to(asked, page=number),
    }


def _carried(asked: StandingsQuery) -> list[tuple[str, str]]:
    """What the form of filters does not ask itself, and must not forget."""
    days = set() if asked.period is Period.SEASON else {"period", "start"}
    kept = asked.model_dump(mode="json", exclude_defaults=True, include={"order", *days})
    return list(kept.items())
