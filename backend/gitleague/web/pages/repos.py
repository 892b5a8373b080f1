"""The repositories of a league: whether they come in, and what did not."""

import uuid
from datetime import timedelta
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.clock import now
from gitleague.core.forms import WithoutBlanks
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects import repos
from gitleague.projects.repos import RepoRow
from gitleague.projects.schemas import RepoChange, RepoRequest
from gitleague.sync.history import list_syncs
from gitleague.sync.pull.wishes import get_pull
from gitleague.tables.projects import RepoStatus, SyncMethod
from gitleague.web.forms import comes_back
from gitleague.web.frame import league_page
from gitleague.web.texts import gettext, gettext_noop
from gitleague.web.words import CREDENTIALS

router = Routes(prefix="/projects/{project_id}/repos")
EVERY, NEWEST = Paging(limit=200), Paging(limit=30)
STALE = timedelta(days=7)


class RepoForm(WithoutBlanks, RepoRequest):
    pass


@router.get("")
def show_repos(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _repos_page(request, session, member)


def _repos_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
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


@router.post("", dependencies=[comes_back(_repos_page)])
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
    request: Request,
    member: Commissioner,
    session: ReadSession,
    repo_id: uuid.UUID,  # noqa: ARG001 - read from the path, as after a refusal
) -> HTMLResponse:
    return repo_page(request, session, member)


def repo_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    repo_id = uuid.UUID(request.path_params["repo_id"])
    row = repos.get_repo(session, member.project_id, str(repo_id))
    syncs, total = list_syncs(session, member.project_id, repo_id, NEWEST)
    return league_page(
        *(request, session, "repo.html"),
        member=member,
        here="/repos",
        repo=row,
        health=health_of(row),
        syncs=syncs,
        total=total,
        refused=repos.list_refused(session, member.project_id, repo_id, NEWEST),
        pull=get_pull(session, member.project_id, repo_id),
        credentials=CREDENTIALS,
    )


@router.post("/{repo_id}", dependencies=[comes_back(repo_page)])
def rename_repo(
    member: Commissioner,
    session: WriteSession,
    repo_id: uuid.UUID,
    form: Annotated[RepoChange, Form()],
) -> RedirectResponse:
    repos.rename_repo(session, member.project_id, repo_id, form.name, caller=member.caller)
    return _to(member.project_id, repo_id)


@router.post("/{repo_id}/remove", dependencies=[comes_back(repo_page)])
def remove_repo(
    member: Commissioner, session: WriteSession, repo_id: uuid.UUID
) -> RedirectResponse:
    repos.remove_repo(session, member.project_id, repo_id, caller=member.caller)
    return _to(member.project_id)


def health_of(repo: RepoRow) -> tuple[str, str]:
    """A word, to be translated where it is shown, and what it is about."""
    if repo.status == RepoStatus.ERROR.value:
        return gettext_noop("error"), repo.error_message or gettext("The last sync failed.")
    if repo.sync_method == SyncMethod.PULL_CELERY.value:
        return _health_of_pulled(repo)
    if repo.last_sync_at is None:
        return gettext_noop("waiting"), gettext("Nothing has been pushed yet.")
    if now() - repo.last_sync_at > STALE:
        said = gettext("No push for more than %(days)s days.") % {"days": STALE.days}
        return gettext_noop("quiet"), said
    return gettext_noop("well"), gettext("Pushed within the last week.")


def _health_of_pulled(repo: RepoRow) -> tuple[str, str]:
    if repo.last_sync_at is None:
        return gettext_noop("waiting"), gettext("Nothing has been pulled yet.")
    if now() - repo.last_sync_at > STALE:
        said = gettext("No pull for more than %(days)s days.") % {"days": STALE.days}
        return gettext_noop("quiet"), said
    return gettext_noop("well"), gettext("Pulled within the last week.")


def _to(project_id: uuid.UUID, repo_id: uuid.UUID | None = None) -> RedirectResponse:
    place = f"/projects/{project_id}/repos" + (f"/{repo_id}" if repo_id else "")
    return RedirectResponse(place, status_code=303)
