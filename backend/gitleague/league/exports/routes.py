"""Exports over HTTP."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from gitleague.accounts.caller import Commissioner, Spectator
from gitleague.core.clock import now
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, database_of
from gitleague.league.exports.log import LOG_COLUMNS, log_rows
from gitleague.league.exports.rows import COLUMNS, What, Wish, file_name, rows_of
from gitleague.league.exports.writing import MEDIA_TYPES, Format, as_csv, as_json
from gitleague.league.people.shown import viewer_of
from gitleague.league.schemas import PeriodQuery
from gitleague.projects.leagues import get_project, zone_of
from gitleague.projects.schemas import AuditFilter
from gitleague.tables.projects import Role

router = Routes(tags=["export"])


class ExportQuery(PeriodQuery):
    format: Annotated[
        Format, Field(description="The file format, `csv` or `json`. Default `csv`.")
    ] = Format.CSV
    what: Annotated[
        What,
        Field(
            description="What to export: `standings` sorted by rank, `plays` (commits with their "
            "working) or `commits` sorted by SHA, or `awards` sorted by their first day. "
            "Default `standings`."
        ),
    ] = What.STANDINGS
    bots: Annotated[
        bool, Field(description="Include bots in `standings` and `plays`. Default `false`.")
    ] = False


@router.get(
    "/projects/{project_id}/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A file, as it is read: CSV with a header row, or JSON with `items`.",
            "content": {
                "text/csv": {"example": "rank,player_id,player,commits\r\n1,…,Grace,12\r\n"},
                "application/json": {"example": {"what": "standings", "items": [{"rank": 1}]}},
            },
        }
    },
)
def export(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[ExportQuery, Query()],
) -> StreamingResponse:
    """Streams an export of a league. Players and commissioners get the addresses of authors too."""
    project = get_project(session, member.project_id)
    window = asked.window(session, member.project_id)
    wish = Wish(
        *(member.project_id, asked.what, window, asked.bots),
        addresses=member.role is not Role.SPECTATOR,
        viewer=viewer_of(member),
    )
    columns, rows = COLUMNS[wish.what], rows_of(database_of(request), wish)
    head = {
        "project": {"id": str(project.id), "name": project.name},
        "what": wish.what.value,
        "period": window.period.value,
        "exported_at": now().isoformat(),
    }
    pieces = as_csv(columns, rows) if asked.format is Format.CSV else as_json(head, columns, rows)
    name = file_name(project.slug, wish, window.today, asked.format.value)
    return StreamingResponse(
        pieces,
        media_type=MEDIA_TYPES[asked.format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@router.get(
    "/projects/{project_id}/audit-log/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "CSV with a header row, the newest entry first.",
            "content": {"text/csv": {"example": "id,at,action\r\n7,…,project:repo:changed\r\n"}},
        }
    },
)
def export_audit_log(
    request: Request,
    member: Commissioner,
    session: ReadSession,
    asked: Annotated[AuditFilter, Query()],
) -> StreamingResponse:
    """Streams the audit log as CSV."""
    wanted = asked.asked(zone_of(session, member.project_id))
    slug = get_project(session, member.project_id).slug
    rows = log_rows(database_of(request), member.project_id, wanted)
    return StreamingResponse(
        as_csv(LOG_COLUMNS, rows),
        media_type=MEDIA_TYPES[Format.CSV],
        headers={
            "Content-Disposition": f'attachment; filename="{slug}-log.csv"',
            "Cache-Control": "no-store",
        },
    )
