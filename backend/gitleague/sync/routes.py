"""Where the client pushes to: what is here, more commits, and where the branches stand."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Request

from gitleague.accounts.caller import Pusher, RepoReader
from gitleague.core.errors import NotRegistered
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.settings import Settings
from gitleague.projects.repos import find_repo
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

router = APIRouter(prefix="/sync/projects/{project_id}", tags=["sync"])
RepoPath: TypeAlias = Annotated[
    str, Path(description="The repo's id, or its git URL in any spelling, escaped or not.")
]


@router.get("/rules")
def show_rules(member: RepoReader, session: ReadSession) -> RulesAnswer:
    """What a client needs to explain a commit, and to classify one whose text it keeps."""
    return rules_told(session, member.project_id)


@router.get("/repos/{repo:path}/status")
def show_status(
    request: Request, member: RepoReader, session: ReadSession, repo: RepoPath
) -> StatusAnswer:
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
    settings: Settings = request.app.state.settings
    content = unpack(body, limit=settings.max_body_bytes)
    return take_commits(session, member, repo, content, max_batch=settings.max_batch)


@router.post("/repos/{repo:path}/refs", openapi_extra=REFS_BODY)
def push_refs(
    request: Request, member: Pusher, body: PackedBody, session: WriteSession, repo: RepoPath
) -> RefsAnswer:
    settings: Settings = request.app.state.settings
    return take_refs(session, member, repo, unpack(body, limit=settings.max_body_bytes))
