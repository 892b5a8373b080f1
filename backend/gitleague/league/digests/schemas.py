"""What the digest routes take and give."""

import uuid
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from gitleague.core.unknown import Body
from gitleague.tables.outside import DigestKind


class DigestRequest(Body):
    name: Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]
    kind: DigestKind
    destination: Annotated[
        SecretStr,
        Field(
            min_length=1,
            max_length=320,
            description="The address of an incoming webhook of Slack or Discord, or an e-mail "
            "address. It is never shown again.",
            examples=["team@example.org"],
        ),
    ]


class DigestOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    name: str
    kind: DigestKind
    sent_through: Annotated[date, Field(description="The last day of the last week that was told.")]
    sent_at: datetime | None
    tested_at: datetime | None
    error: Annotated[str | None, Field(description="Why the last try did not get there.")]
    created_at: datetime
