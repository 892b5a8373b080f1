"""What lasts: the Hall of Fame with the table of all time, and the records with the best plays."""

import math
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Spectator
from gitleague.core.paging import PagingQuery
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.careers import best, hall, records
from gitleague.league.careers.schemas import ProjectPlaysQuery
from gitleague.league.people.shown import viewer_of
from gitleague.league.stats import UNITS, Metric
from gitleague.web.columns import LONG_NAMES
from gitleague.web.frame import league_page
from gitleague.web.tables import link_to, record_days, window_shown
from gitleague.web.texts import gettext_noop

router = Routes()
ROWS = 25
SPANS = {
    "day": gettext_noop("In a day"),
    "week": gettext_noop("In a week"),
    "month": gettext_noop("In a month"),
    "season": gettext_noop("In a season"),
    "streak": gettext_noop("Days in a row"),
    "play": gettext_noop("In one commit"),
}


@router.get("/projects/{project_id}/hall-of-fame")
def show_hall(
    request: Request, member: Spectator, session: ReadSession, paging: PagingQuery
) -> HTMLResponse:
    viewer = viewer_of(member)
    wanted = paging.model_copy(update={"limit": ROWS})
    table = hall.all_time_table(session, member.project_id, Metric.IMPACT, wanted, viewer)
    return league_page(
        *(request, session, "hall.html"),
        member=member,
        here="/hall-of-fame",
        members=hall.hall_of_fame(session, member.project_id, viewer),
        ways=hall.WAYS,
        rows=table.rows,
        tenures=hall.all_time(session, member.project_id, [row.player_id for row in table.rows]),
        page=paging.page,
        pages=math.ceil(table.total / ROWS),
        page_link=lambda number: link_to(paging, page=number) + "#all-time",
    )


@router.get("/projects/{project_id}/records")
def show_records(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[ProjectPlaysQuery, Query()],
) -> HTMLResponse:
    viewer = viewer_of(member)
    window = asked.window(session, member.project_id)
    plays, total = best.best_plays(
        *(session, member.project_id, window, asked),
        player_id=asked.player_id,
        repo_id=asked.repo_id,
        viewer=viewer,
    )
    book = records.book_of(session, member.project_id, viewer)
    return league_page(
        *(request, session, "records.html"),
        member=member,
        here="/records",
        by_span={
            name: [record for record in book.records if record.span == span]
            for span, name in SPANS.items()
        },
        made_at=book.made_at,
        plays=plays,
        pages=math.ceil(total / asked.limit),
        page_link=lambda number: link_to(asked, page=number) + "#plays",
        long_names=LONG_NAMES,
        units=UNITS,
        when=record_days,
        **window_shown(asked, window),
    )
