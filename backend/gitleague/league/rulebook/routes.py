"""The rules over HTTP."""

from typing import Annotated

from fastapi import Path, Request

from gitleague.accounts.caller import Commissioner, Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession, database_of
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
router = Routes(prefix="/projects/{project_id}/rules", tags=["rules"])


@router.get("")
def show_rules(member: Spectator, session: ReadSession) -> RulebookOut:
    """Returns the rules in force, and newer ones whose numbers are still being counted."""
    return RulebookOut.of(versions.rulebook(session, member.project_id))


@router.patch("", status_code=202)
def change_rules(member: Commissioner, session: WriteSession, body: RulesRequest) -> RulebookOut:
    """Changes the scoring rules, as a new version.

    A job counts the new numbers; everybody sees the old ones until it is done.
    """
    book = versions.change_rules(session, body.changes, note=body.note, by=member)
    return RulebookOut.of(book)


@router.get("/versions")
def list_versions(member: Spectator, session: ReadSession, paging: PagingQuery) -> Page[VersionOut]:
    """Returns the versions of the rules, newest first, each with its changes and who made them."""
    rows, total = versions.list_versions(session, member.project_id, paging)
    return page_of([VersionOut.of(row) for row in rows], total, paging)


@router.post("/versions/{version}/restore", status_code=202)
def restore_rules(
    member: Commissioner,
    session: WriteSession,
    version: Annotated[
        int, Path(ge=1, le=MOST_VERSIONS, description="The number of the version to restore.")
    ],
) -> RulebookOut:
    """Makes a new version of the rules that equals an old one."""
    return RulebookOut.of(versions.restore_rules(session, version, by=member))


@router.post("/preview")
def preview_rules(
    request: Request, member: Commissioner, session: ReadSession, body: PreviewRequest
) -> PreviewOut:
    """Returns the top ten under other rules. Nothing is saved."""
    window = body.window(session, member.project_id)
    now = versions.rulebook(session, member.project_id).rules
    rules = versions.changed(now, body.changes)
    changes = [
        ChangeOut(field=field, before=before, after=after)
        for field, (before, after) in versions.difference(now, rules).items()
    ]
    places = preview(session, database_of(request), member.project_id, rules, window)
    return PreviewOut.of(body, window, changes, places)
