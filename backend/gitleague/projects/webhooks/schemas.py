"""What the webhook routes take and give."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import Self

from gitleague.core.left_out import LeftOut
from gitleague.core.outbound import LONGEST
from gitleague.core.sealing import Sealer
from gitleague.core.unknown import Body
from gitleague.projects.webhooks.webhooks import WebhookRow
from gitleague.tables.outside import DeliveryState, Event

Hooked: TypeAlias = Literal[
    Event.AWARD_GIVEN,
    Event.SEASON_OPENED,
    Event.SEASON_CLOSED,
    Event.SYNC_DONE,
    Event.RULING_MADE,
    Event.RULING_CHANGED,
]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST,
        description="Where messages are posted to: https, and no private network.",
        examples=["https://hooks.example.org/league"],
    ),
]
Events = Annotated[
    list[Hooked],
    Field(min_length=1, description="What it is told of.", examples=[["award.given"]]),
    AfterValidator(lambda events: list(dict.fromkeys(events))),
]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WebhookRequest(Body):
    url: Url
    events: Events


class WebhookChange(Body):
    """What is not sent stays as it is."""

    url: LeftOut[Url] = None
    events: LeftOut[Events] = None
    enabled: Annotated[
        LeftOut[bool],
        Field(description="True begins anew where failures disabled it."),
    ] = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


class WebhookOut(_Out):
    id: uuid.UUID
    url: str
    events: list[Event]
    created_at: datetime
    failures: Annotated[int, Field(description="In a row.")]
    failing_since: datetime | None
    paused_until: Annotated[
        datetime | None, Field(description="Nothing is sent before that, since it failed.")
    ]
    disabled_at: datetime | None
    disabled_because: str | None

    @classmethod
    def of(cls, row: WebhookRow, sealer: Sealer, **more: str) -> Self:
        return cls.model_validate({**row._asdict(), "url": row.url(sealer), **more})


class NewWebhookOut(WebhookOut):
    secret: Annotated[
        str, Field(description="What messages are signed with. It is never shown again.")
    ]


class DeliveryOut(_Out):
    id: uuid.UUID
    message_id: Annotated[str, Field(description="The header `webhook-id`.")]
    event: Event
    state: DeliveryState
    tries: int
    status: Annotated[int | None, Field(description="Of the last answer.")]
    error: Annotated[str | None, Field(description="Why there was no answer.")]
    took_ms: int | None
    not_before: Annotated[datetime, Field(description="While it waits: when it is sent.")]
    created_at: datetime
    finished_at: datetime | None
