"""What the routes of pulled repositories take and give."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from gitleague.core.unknown import Body
from gitleague.sync.pull.credentials import Credential
from gitleague.tables.syncs import CredentialKind, SyncState, SyncWay

Branch = Annotated[str, Field(min_length=1, max_length=255)]


class PullRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schedule: Annotated[
        str | None,
        Field(max_length=100, description="As cron has it, in the league's time zone; or null."),
    ]
    branches: Annotated[
        list[Branch], Field(max_length=20, description="Globs; empty: the default branch.")
    ] = []


class TokenRequest(Body):
    kind: Literal["token"]
    username: Annotated[str, Field(max_length=255)] | None = None
    password: Annotated[SecretStr, Field(min_length=1, max_length=4096)]

    def credential(self) -> Credential:
        secret = self.password.get_secret_value()
        return Credential(CredentialKind.TOKEN, secret, self.username)


class SshKeyRequest(Body):
    kind: Literal["ssh_key"]
    private_key: Annotated[SecretStr, Field(min_length=1, max_length=16384)]

    def credential(self) -> Credential:
        return Credential(CredentialKind.SSH_KEY, self.private_key.get_secret_value())


class CredentialRequest(Body):
    """Kept sealed, and never shown again."""

    credential: Annotated[TokenRequest | SshKeyRequest, Field(discriminator="kind")]


class PullAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    schedule: str | None
    branches: list[str]
    credential_kind: Annotated[
        CredentialKind | None, Field(description="What kind of credential is kept, if any.")
    ]
    credential_kept_until: Annotated[
        datetime | None, Field(description="After a migration: when it is wiped.")
    ]
    next_due: datetime | None
    failures: Annotated[int, Field(description="In a row.")]
    is_running: bool


class SyncAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    way: SyncWay
    state: SyncState
    started_at: datetime
    ended_at: datetime | None
    inserted: int
    skipped: int
    refused: int
    error: str | None
