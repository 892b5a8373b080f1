"""What the routes about a person take and give."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from gitleague.core.unknown import Body
from gitleague.league.people.standing import PersonRow


class RetireRequest(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2024-07-01"}]})

    on: Annotated[
        date | None,
        Field(description="The first day that they do not play, in the league's time zone."),
    ] = None


class EraseRequest(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"confirm": "Grace Hopper"}]})

    confirm: Annotated[
        str, Field(max_length=10_000, description="The player's name, to show that it is meant.")
    ]


class PersonOut(BaseModel):
    model_config = ConfigDict(title="PlayerStandingOut")

    id: uuid.UUID
    name: str
    retired_on: Annotated[date | None, Field(description="The first day that they do not play.")]
    is_hidden: Annotated[bool, Field(description="Asked not to be shown.")]

    @classmethod
    def of(cls, row: PersonRow) -> "PersonOut":
        return cls(id=row.id, name=row.name, retired_on=row.retired_on, is_hidden=row.is_hidden)


class ErasedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    player_id: uuid.UUID
    name: Annotated[str, Field(description="What the player's numbers go by from now on.")]
    commits: Annotated[int, Field(description="That they wrote, and that keep their numbers.")]
    accounts: Annotated[
        int, Field(description="Accounts that were in no other league, and are gone.")
    ]


class PersonalDataOut(BaseModel):
    """All that the league keeps on a person; a commit's numbers are in its box scores."""

    project_id: uuid.UUID
    player_id: uuid.UUID
    made_at: datetime
    left_out: str
    data: Annotated[
        dict[str, list[dict[str, Any]]], Field(description="Rows, by the table that they are in.")
    ]
