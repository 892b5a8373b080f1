"""What the account routes take and give."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, EmailStr, Field, field_validator

from gitleague.accounts.api_keys import Key, NewKey
from gitleague.core.unknown import Body
from gitleague.tables.accounts import Scope

Name = Annotated[str, Field(min_length=1, max_length=255)]


class LinkRequest(Body):
    email: EmailStr


class LinkToken(Body):
    token: Annotated[str, Field(max_length=200)]


class Message(BaseModel):
    message: str


class AccessTokenAnswer(BaseModel):
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - OAuth's word, no secret
    expires_in: int


class KeyRequest(Body):
    model_config = ConfigDict(str_strip_whitespace=True)

    name: Name
    scopes: Annotated[
        list[Scope], Field(description="Comma-separated words, or a list of them.", min_length=1)
    ]
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    project_id: uuid.UUID | None = None

    @field_validator("scopes", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        if isinstance(value, str):
            return [word.strip() for word in value.split(",") if word.strip()]
        return value


class KeyAnswer(BaseModel):
    id: uuid.UUID
    user_id: uuid.UUID
    project_id: uuid.UUID | None
    name: str
    prefix: str
    scopes: str
    status: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_ip: str | None
    usage_count: int

    @classmethod
    def of(cls, key: Key) -> KeyAnswer:
        return cls(**key._asdict(), status=key.status)


class NewKeyAnswer(KeyAnswer):
    full_key: Annotated[str, Field(description="Shown this once; only its hash is kept.")]

    @classmethod
    def made(cls, new: NewKey) -> NewKeyAnswer:
        return cls(**new.key._asdict(), status=new.key.status, full_key=new.full_key)
