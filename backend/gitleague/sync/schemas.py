"""What the sync routes take and give."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from gitleague_client.commit import Sha
from gitleague_client.rules.defaults import Rules
from pydantic import BaseModel, ConfigDict, FailFast, Field, TypeAdapter

from gitleague.core.settings import Settings
from gitleague.core.unknown import Body
from gitleague.projects.repos import RepoRow
from gitleague.sync.batch import Batch, Push
from gitleague.sync.ingest import Outcome
from gitleague.sync.refs import Tip


class Limits(BaseModel):
    max_batch: int
    max_body_bytes: int


class StatusAnswer(BaseModel):
    repo_id: uuid.UUID
    name: str
    sync_method: str
    status: str
    last_sync_at: datetime | None
    last_ingested_sha: str | None
    total_commits: int
    error_message: str | None
    heads: Annotated[list[str], Field(description="Send what these do not reach.")]
    limits: Limits

    @classmethod
    def of(cls, repo: RepoRow, heads: list[str], settings: Settings) -> StatusAnswer:
        return cls(
            **{name: value for name, value in repo._asdict().items() if name in cls.model_fields},
            repo_id=repo.id,
            heads=heads,
            limits=Limits(max_batch=settings.max_batch, max_body_bytes=settings.max_body_bytes),
        )


class RulesAnswer(BaseModel):
    version: int
    rules: Rules
    pseudonym_salt: Annotated[
        str,
        Field(
            description="What pseudonyms of addresses are made with. "
            "Empty for callers who may not push."
        ),
    ]
    change_salt: Annotated[
        str,
        Field(
            description="What `patch_key` of a commit is keyed with. "
            "Empty for callers who may not push."
        ),
    ]
    penalized: Annotated[
        list[str],
        Field(description="Commits that an upheld ruling takes out of the game, and their copies."),
    ]


class NotInserted(BaseModel):
    """A commit that was sent and is not new, or was refused."""

    sha: str | None
    status: Annotated[str, Field(description="`skipped` or `error`")]
    field: str | None = None
    reason: str


class PushAnswer(BaseModel):
    total: int
    inserted: int
    skipped: int
    errors: int
    last_ingested_sha: str | None
    details: list[NotInserted]

    @classmethod
    def of(cls, batch: Batch, outcome: Outcome) -> PushAnswer:
        refused = [
            NotInserted(
                sha=refusal.shown, status="error", field=refusal.field, reason=refusal.reason
            )
            for refusal in batch.refusals
        ]
        skipped = [
            NotInserted(sha=sha, status="skipped", reason="This commit is here already.")
            for sha in outcome.skipped
        ]
        return cls(
            total=len(batch.commits) + len(refused),
            inserted=outcome.inserted,
            skipped=len(skipped),
            errors=len(refused),
            last_ingested_sha=outcome.last_ingested_sha,
            details=refused + skipped,
        )


class TipSent(Body):
    name: Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^\x00-\x1f]*$")]
    sha: Sha


class RefsRequest(BaseModel):
    """The end of a sync: where the branches stand, and what none of them reaches any more."""

    model_config = ConfigDict(extra="forbid")

    # The first that is wrong is enough: half a million errors would fill the memory.
    tips: Annotated[list[TipSent], Field(max_length=10_000), FailFast()] = []
    pruned: Annotated[list[Sha], Field(max_length=500_000), FailFast()] = []

    def named_tips(self) -> list[Tip]:
        return [Tip(tip.name, tip.sha) for tip in self.tips]


class RefsAnswer(BaseModel):
    pruned: int
    total_commits: int


def body_of(content: type[Any]) -> dict[str, Any]:
    """How OpenAPI describes a body that the route unpacks and reads itself."""
    schema = TypeAdapter(content).json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


PUSH_BODY = body_of(Push)
REFS_BODY = body_of(RefsRequest)
