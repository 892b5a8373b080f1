"""What the identity routes take and give."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gitleague.core.paging import Paging
from gitleague.core.unknown import Body
from gitleague.league.identities.mailmaps import Imported
from gitleague.league.identities.moves import ChangeRow
from gitleague.league.identities.people import IdentityRow
from gitleague.league.identities.suggestions import Suggestion
from gitleague.league.schemas import PlayerOut
from gitleague.tables.identities import ChangeKind, ClaimState

Name = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]
Some = Annotated[list[uuid.UUID], Field(min_length=1, max_length=1000)]


class IdentityQuery(Paging):
    player_id: Annotated[
        uuid.UUID | None, Field(description="Return only identities of this player.")
    ] = None
    q: Annotated[
        str,
        Field(
            max_length=200,
            description="Return only identities whose name or address contains this text, "
            "ignoring case.",
        ),
    ] = ""


class OwnedIdentityOut(BaseModel):
    """An identity, with the player that it belongs to."""

    id: uuid.UUID
    name: str
    email: str
    player: PlayerOut
    created_at: datetime

    @classmethod
    def of(cls, row: IdentityRow) -> "OwnedIdentityOut":
        return cls(
            **{name: value for name, value in row._asdict().items() if name in cls.model_fields},
            player=PlayerOut(id=row.player_id, name=row.player_name),
        )


class PlayerChange(Body):
    name: Name | None = None
    is_bot: bool | None = None
    position: Annotated[
        Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)] | None,
        Field(description="What the player plays as; empty for nothing.", examples=["backend"]),
    ] = None


class PositionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    players: int


class ChangedPlayerOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    name: str
    is_bot: bool
    position: str


class MergeRequest(Body):
    players: Annotated[Some, Field(description="Whose identities the player receives.")]


class SplitRequest(Body):
    identities: Some
    name: Annotated[str, StringConstraints(max_length=255, strip_whitespace=True)] = ""


class MoveOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    identity: uuid.UUID
    name: str
    email: str
    before: Annotated[uuid.UUID, Field(description="The player that had it.")]
    after: Annotated[uuid.UUID, Field(description="The player that has it from then on.")]


class RenameOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    player_id: uuid.UUID
    before: str
    after: str


class IdentityChangeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    kind: ChangeKind
    moves: list[MoveOut]
    renames: Annotated[list[RenameOut], Field(description="Names that came with it.")]
    created_by: str | None
    created_at: datetime
    undone_at: datetime | None

    @classmethod
    def of(cls, row: ChangeRow) -> "IdentityChangeOut":
        return cls.model_validate(row)


class SuggestionOut(BaseModel):
    players: list[PlayerOut]
    score: Annotated[int, Field(description="How likely they are one person, 0 to 100.")]
    reasons: list[str]

    @classmethod
    def of(cls, row: Suggestion) -> "SuggestionOut":
        pairs = zip(row.players, row.names, strict=True)
        players = [PlayerOut(id=player_id, name=name) for player_id, name in pairs]
        return cls(players=players, score=row.score, reasons=row.reasons)


class PairRequest(Body):
    players: Annotated[
        list[uuid.UUID],
        Field(min_length=2, max_length=2, description="The two players of a suggestion."),
    ]


MAILMAP_LENGTH = 1_000_000  # characters


class MailmapRequest(Body):
    text: Annotated[
        str, Field(max_length=MAILMAP_LENGTH, description="A file as gitmailmap(5) says.")
    ]


class MailmapOut(BaseModel):
    change: IdentityChangeOut | None
    renames: list[RenameOut]

    @classmethod
    def of(cls, imported: Imported) -> "MailmapOut":
        return cls(
            change=IdentityChangeOut.of(imported.change) if imported.change else None,
            renames=[RenameOut.model_validate(each) for each in imported.renames],
        )


class ClaimRequest(Body):
    address: Annotated[str, StringConstraints(max_length=320, strip_whitespace=True)]


class ClaimQuery(Paging):
    state: Annotated[ClaimState | None, Field(description="Return only claims in this state.")] = (
        None
    )


class ClaimOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    user_id: uuid.UUID
    user_email: str
    address: str
    state: ClaimState
    created_at: datetime
    decided_at: datetime | None
