"""The repositories of a league: whether they come in, and what did not."""

import uuid
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import model_validator

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Commissioner
from gitleague.core.clock import now
from gitleague.core.paging import Paging
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects import repos
from gitleague.projects.repos import RepoRow
from gitleague.projects.schemas import RepoChange, RepoRequest
from gitleague.tables.projects import RepoStatus
from gitleague.web.frame import league_page

router = APIRouter(prefix="/projects/{project_id}/repos")
EVERY, NEWEST = Paging(limit=200), Paging(limit=30)
STALE = timedelta(days=7)


class RepoForm(RepoRequest):
    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        """A form sends its empty fields too: they ask for nothing."""
        return {name: value for name, value in dict(values).items() if value != ""}


@router.get("")
def show_repos(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    rows, total = repos.list_repos(session, member.project_id, EVERY)
    return league_page(
        *(request, session, "repos.html"),
        member=member,
        here="/repos",
        repos=rows,
        total=total,
        refused=repos.count_refused(session, member.project_id),
        health=health_of,
    )


@router.post("")
def register_repo(
    member: Commissioner, session: WriteSession, form: Annotated[RepoForm, Form()]
) -> RedirectResponse:
    row = repos.register_repo(
        session,
        member.project_id,
        form.git_url,
        caller=member.caller,
        name=form.name,
        sync_method=form.sync_method,
    )
    return _to(member.project_id, row.id)


@router.get("/{repo_id}")
def show_repo(
    request: Request, member: Commissioner, session: ReadSession, repo_id: uuid.UUID
) -> HTMLResponse:
    row = repos.get_repo(session, member.project_id, str(repo_id))
    pushes, total = audit.entries(
        *(session, member.project_id, NEWEST),
        action=Action.COMMITS_PUSHED,
        subject=str(repo_id),
    )
    return league_page(
        *(request, session, "repo.html"),
        member=member,
        here="/repos",
        repo=row,
        health=health_of(row),
        pushes=pushes,
        total=total,
        refused=repos.list_refused(session, member.project_id, repo_id, NEWEST),
    )


@router.post("/{repo_id}")
def rename_repo(
    member: Commissioner,
    session: WriteSession,
    repo_id: uuid.UUID,
    form: Annotated[RepoChange, Form()],
) -> RedirectResponse:
    repos.rename_repo(session, member.project_id, repo_id, form.name, caller=member.caller)
    return _to(member.project_id, repo_id)


@router.post("/{repo_id}/remove")
def remove_repo(
    member: Commissioner, session: WriteSession, repo_id: uuid.UUID
) -> RedirectResponse:
    repos.remove_repo(session, member.project_id, repo_id, caller=member.caller)
    return _to(member.project_id)


def health_of(repo: RepoRow) -> tuple[str, str]:
    """A word, and what it is about."""
    if repo.status == RepoStatus.ERROR.value:
        return "error", repo.error_message or "The last sync failed."
    if repo.last_sync_at is None:
        return "waiting", "Nothing has been pushed yet."
    if now() - repo.last_sync_at > STALE:
        return "quiet", f"No push for more than {STALE.days} days."
    return "well", "Pushed within the last week."


def _to(project_id: uuid.UUID, repo_id: uuid.UUID | None = None) -> RedirectResponse:
    place = f"/projects/{project_id}/repos" + (f"/{repo_id}" if repo_id else "")
    return RedirectResponse(place, status_code=303)
