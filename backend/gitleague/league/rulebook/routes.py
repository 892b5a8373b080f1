"""The rules over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path

from gitleague.accounts.caller import Commissioner, Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.rulebook import versions
from gitleague.league.rulebook.preview import preview
from gitleague.league.rulebook.schemas import (
    ChangeOut,
    PreviewOut,
    PreviewRequest,
    RulebookOut,
    RulesRequest,
    VersionOut,
)

MOST_VERSIONS = 2**31 - 1  # that a column can tell apart
router = APIRouter(prefix="/projects/{project_id}/rules", tags=["rules"])


@router.get("")
def show_rules(member: Spectator, session: ReadSession) -> RulebookOut:
    """The rules in force, and newer ones whose numbers are being made."""
    return RulebookOut.of(versions.rulebook(session, member.project_id))


@router.patch("", status_code=202)
def change_rules(member: Commissioner, session: WriteSession, body: RulesRequest) -> RulebookOut:
    """The numbers are made anew beside the old ones, which everybody sees until then."""
    book = versions.change_rules(session, body.changes, note=body.note, by=member)
    return RulebookOut.of(book)


@router.get("/versions")
def list_versions(member: Spectator, session: ReadSession, paging: PagingQuery) -> Page[VersionOut]:
    """The newest first, each with what it changed, and who changed it."""
    rows, total = versions.list_versions(session, member.project_id, paging)
    return page_of([VersionOut.of(row) for row in rows], total, paging)


@router.post("/versions/{version}/restore", status_code=202)
def restore_rules(
    member: Commissioner,
    session: WriteSession,
    version: Annotated[int, Path(ge=1, le=MOST_VERSIONS)],
) -> RulebookOut:
    """The rules of an old version come back, as a new one."""
    return RulebookOut.of(versions.restore_rules(session, version, by=member))


@router.post("/preview")
def preview_rules(member: Commissioner, session: ReadSession, body: PreviewRequest) -> PreviewOut:
    """The top ten under other rules. Nothing of it is kept."""
    window = body.window(session, member.project_id)
    now = versions.rulebook(session, member.project_id).rules
    rules = versions.changed(now, body.changes)
    changes = [
        ChangeOut(field=field, before=before, after=after)
        for field, (before, after) in versions.difference(now, rules).items()
    ]
    places = preview(session, member.project_id, rules, window)
    return PreviewOut.of(body, window, changes, places)
