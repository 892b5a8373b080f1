"""Where the client pushes to: what is here, more commits, and where the branches stand."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership, Pusher, RepoReader
from gitleague.core.clock import now
from gitleague.core.errors import BadRequest, Conflict, Invalid, NotRegistered
from gitleague.core.problems import field_errors
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.settings import Settings
from gitleague.projects.repos import RepoRow, ensure_repo, find_repo, get_repo, is_repo_id
from gitleague.scoring.rules import rules_in_force
from gitleague.sync.batch import read_batch
from gitleague.sync.body import PackedBody, unpack
from gitleague.sync.clients import check_client
from gitleague.sync.heads import heads_of
from gitleague.sync.identities import salt_of
from gitleague.sync.ingest import ingest
from gitleague.sync.refs import end_sync
from gitleague.sync.schemas import (
    PUSH_BODY,
    REFS_BODY,
    PushAnswer,
    RefsAnswer,
    RefsRequest,
    RulesAnswer,
    StatusAnswer,
)
from gitleague.tables.accounts import Scope
from gitleague.tables.projects import SyncMethod

router = APIRouter(prefix="/sync/projects/{project_id}", tags=["sync"])
RepoPath: TypeAlias = Annotated[
    str, Path(description="The repo's id, or its git URL in any spelling, escaped or not.")
]


@router.get("/rules")
def show_rules(member: RepoReader, session: ReadSession) -> RulesAnswer:
    """What a client needs to explain a commit, and to classify one whose text it keeps."""
    in_force = rules_in_force(session, member.project_id)
    salt = salt_of(session, member.project_id)
    return RulesAnswer(version=in_force.version, rules=in_force.rules, pseudonym_salt=salt)


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
    batch = read_batch(content, max_batch=settings.max_batch)
    check_client(batch.client_version)
    target = _pushed_repo(session, member, repo)
    outcome = ingest(session, target, batch, caller=member.caller, received_at=now())
    return PushAnswer.of(batch, outcome)


@router.post("/repos/{repo:path}/refs", openapi_extra=REFS_BODY)
def push_refs(
    request: Request, member: Pusher, body: PackedBody, session: WriteSession, repo: RepoPath
) -> RefsAnswer:
    settings: Settings = request.app.state.settings
    sent = _read_refs(unpack(body, limit=settings.max_body_bytes))
    target = _pushed_repo(session, member, repo)
    pruned = end_sync(
        session,
        target,
        sent.named_tips(),
        sent.pruned,
        caller=member.caller,
        received_at=now(),
    )
    total = get_repo(session, member.project_id, str(target.id)).total_commits
    return RefsAnswer(pruned=pruned, total_commits=total)


def _pushed_repo(session: Session, member: Membership, repo: str) -> RepoRow:
    """The repo to push to; registered if it is new and the caller may do that."""
    found = find_repo(session, member.project_id, repo)
    if found is None:
        scopes = member.caller.scopes
        if is_repo_id(repo) or (scopes is not None and Scope.WRITE_REPOS not in scopes):
            raise NotRegistered(
                "This repository is not in the project, and this API key lacks the scope "
                "write:repos, which would add it. Use a key that has it, or let a commissioner "
                "add the repository."
            )
        found = ensure_repo(session, member.project_id, repo, caller=member.caller)
    if found.sync_method == SyncMethod.PULL_CELERY.value:
        raise Conflict(
            f"The server pulls {found.name} itself. To push it, migrate it first: "
            f"python scripts/migrate_repos_to_push.py {found.id}"
        )
    return found


def _read_refs(content: bytes) -> RefsRequest:
    try:
        return RefsRequest.model_validate_json(content)
    except ValidationError as error:
        if any(problem["type"] == "json_invalid" for problem in error.errors()):
            raise BadRequest("The body is not JSON in UTF-8.") from None
        errors = field_errors(error.errors(include_url=False, include_input=False))
        raise Invalid(
            "Send the tips of the branches, each with name and sha.", errors=errors
        ) from None
