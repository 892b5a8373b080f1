"""What a push does, whether it comes as a request or in a bundle."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import BadRequest, Conflict, Invalid, NotRegistered
from gitleague.core.problems import field_errors
from gitleague.projects.repos import RepoRow, ensure_repo, find_repo, get_repo, is_repo_id
from gitleague.scoring.history import ask_for_history
from gitleague.sync.batch import dates_of, read_batch
from gitleague.sync.body import refuse_heaps
from gitleague.sync.clients import check_client
from gitleague.sync.history import Counts, note_push
from gitleague.sync.ingest import ingest
from gitleague.sync.refs import end_sync, tips_told_at
from gitleague.sync.schemas import PushAnswer, RefsAnswer, RefsRequest
from gitleague.tables.accounts import Scope
from gitleague.tables.projects import SyncMethod


def take_commits(
    session: Session, member: Membership, repo: str, content: bytes, *, max_batch: int
) -> PushAnswer:
    batch = read_batch(content, max_batch=max_batch)
    check_client(batch.client_version)
    target = _pushed_repo(session, member, repo)
    outcome = ingest(session, target, batch, caller=member.caller, received_at=now())
    if outcome.inserted:
        ask_for_history(session, member.project_id, dates_of(batch))
    counts = Counts(outcome.inserted, len(outcome.skipped), len(batch.refusals))
    if any(counts):
        note_push(session, target, counts)
    return PushAnswer.of(batch, outcome)


def take_refs(
    session: Session,
    member: Membership,
    repo: str,
    content: bytes,
    *,
    as_of: datetime | None = None,
) -> RefsAnswer:
    """What was packed on an older day does not move the branches back."""
    sent = _read_refs(content)
    target = _pushed_repo(session, member, repo)
    told = tips_told_at(session, target) if as_of else None
    pruned = 0
    if not (as_of and told and told > as_of):
        pruned = end_sync(
            session,
            target,
            sent.named_tips(),
            sent.pruned,
            caller=member.caller,
            received_at=now(),
        )
        note_push(session, target, Counts(), is_end=True)
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
    refuse_heaps(content)
    try:
        return RefsRequest.model_validate_json(content)
    except ValidationError as error:
        if any(problem["type"] == "json_invalid" for problem in error.errors()):
            raise BadRequest("The body is not JSON in UTF-8.") from None
        errors = field_errors(error.errors(include_url=False, include_input=False))
        raise Invalid(
            "Send the tips of the branches, each with name and sha.", errors=errors
        ) from None
