"""Where the client pushes to: what is here, more commits, and where the branches stand."""

from typing import Annotated, TypeAlias

from fastapi import Path, Request

from gitleague.accounts.caller import Membership, Pusher, RepoReader, may_push
from gitleague.accounts.rollout import cohort_of
from gitleague.core.errors import NotRegistered
from gitleague.core.metrics import OTHERS, Metrics, Push
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.settings import Settings
from gitleague.projects.git_urls import url_key
from gitleague.projects.repos import find_repo, is_repo_id
from gitleague.sync.body import PackedBody, unpack
from gitleague.sync.heads import heads_of
from gitleague.sync.push import take_commits, take_refs
from gitleague.sync.rules import rules_told
from gitleague.sync.schemas import (
    PUSH_BODY,
    REFS_BODY,
    PushAnswer,
    RefsAnswer,
    RulesAnswer,
    StatusAnswer,
)

router = Routes(prefix="/sync/projects/{project_id}", tags=["sync"])
RepoPath: TypeAlias = Annotated[
    str,
    Path(description="The id of the repository, or its git URL in any spelling, escaped or not."),
]


@router.get("/rules")
def show_rules(member: RepoReader, session: ReadSession) -> RulesAnswer:
    """Returns what a client needs to explain and classify commits.

    The salts are for those who may push: a commissioner, or their key with the scope sync:commits.
    """
    return rules_told(session, member.project_id, with_salts=may_push(member))


@router.get("/repos/{repo:path}/status")
def show_status(
    request: Request, member: RepoReader, session: ReadSession, repo: RepoPath
) -> StatusAnswer:
    """Returns what the server holds of a repository: its last sync, its heads, and push limits."""
    found = find_repo(session, member.project_id, repo)
    if found is None:
        raise NotRegistered(
            "This repository is not in the project yet. Its first push adds it when the API key "
            "has the scope write:repos; else a commissioner adds it."
        )
    heads = heads_of(session, member.project_id, found.id)
    return StatusAnswer.of(found, heads, request.app.state.settings)


@router.post("/repos/{repo:path}/commits", status_code=201, openapi_extra=PUSH_BODY)
def push_commits(
    request: Request, member: Pusher, body: PackedBody, session: WriteSession, repo: RepoPath
) -> PushAnswer:
    """Takes a batch of commits in one transaction, safe to send twice.

    `details` says what was refused.
    """
    settings: Settings = request.app.state.settings
    _note(request, member, repo)
    content = unpack(body, limit=settings.max_body_bytes)
    answer = take_commits(session, member, repo, content, max_batch=settings.max_batch)
    metrics: Metrics = request.app.state.metrics
    metrics.note_commits(inserted=answer.inserted, skipped=answer.skipped, refused=answer.errors)
    return answer


@router.post("/repos/{repo:path}/refs", openapi_extra=REFS_BODY)
def push_refs(
    request: Request, member: Pusher, body: PackedBody, session: WriteSession, repo: RepoPath
) -> RefsAnswer:
    """Ends a sync with the branch tips, and the commits that no branch reaches any more."""
    settings: Settings = request.app.state.settings
    _note(request, member, repo)
    return take_refs(session, member, repo, unpack(body, limit=settings.max_body_bytes))


def _note(request: Request, member: Membership, repo: str) -> None:
    """Whose push this is, for the figures; also of one that is refused."""
    try:
        name = repo if is_repo_id(repo) else url_key(repo)
    except ValueError:  # the push itself says what is wrong with it
        name = OTHERS
    request.state.push = Push(name, cohort_of(member.caller.user_id))
