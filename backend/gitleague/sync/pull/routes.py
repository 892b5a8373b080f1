"""Pulled repositories over HTTP: when, with what, now; and the log of syncs."""

from fastapi import Request
from fastapi.responses import Response

from gitleague.accounts.caller import Commissioner
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.projects.schemas import RepoId
from gitleague.sync import history
from gitleague.sync.pull import wishes
from gitleague.sync.pull.schemas import CredentialRequest, PullAnswer, PullRequest, SyncAnswer

router = Routes(prefix="/projects/{project_id}/repos/{repo_id}", tags=["sync"])


@router.get("/syncs")
def list_syncs(
    member: Commissioner, session: ReadSession, repo_id: RepoId, paging: PagingQuery
) -> Page[SyncAnswer]:
    """Returns the syncs of a repository, newest first. The last 200 are kept."""
    rows, total = history.list_syncs(session, member.project_id, repo_id, paging)
    return page_of([SyncAnswer.model_validate(row) for row in rows], total, paging)


@router.post("/sync", status_code=202)
def sync_now(
    request: Request, member: Commissioner, session: WriteSession, repo_id: RepoId
) -> PullAnswer:
    """Pulls a repository as soon as a worker is free."""
    settings = request.app.state.settings
    row = wishes.sync_now(session, repo_id, settings=settings, by=member)
    return PullAnswer.model_validate(row)


@router.get("/pull")
def show_pull(member: Commissioner, session: ReadSession, repo_id: RepoId) -> PullAnswer:
    """Returns when and how the server pulls a repository, and how the last pull went."""
    return PullAnswer.model_validate(wishes.get_pull(session, member.project_id, repo_id))


@router.put("/pull")
def set_schedule(
    member: Commissioner, session: WriteSession, repo_id: RepoId, body: PullRequest
) -> PullAnswer:
    """Sets when a repository is pulled, and which branches."""
    row = wishes.set_schedule(session, repo_id, body.schedule, body.branches, by=member)
    return PullAnswer.model_validate(row)


@router.put("/pull/credential")
def set_credential(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    repo_id: RepoId,
    body: CredentialRequest,
) -> PullAnswer:
    """Sets what the server signs in to the forge with. It is never shown again."""
    row = wishes.set_credential(
        session,
        repo_id,
        body.credential.credential(),
        settings=request.app.state.settings,
        by=member,
    )
    return PullAnswer.model_validate(row)


@router.delete("/pull/credential", status_code=204)
def clear_credential(member: Commissioner, session: WriteSession, repo_id: RepoId) -> Response:
    """Deletes what the server signs in to the forge with."""
    wishes.clear_credential(session, repo_id, by=member)
    return Response(status_code=204)
