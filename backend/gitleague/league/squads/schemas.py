"""What the squad routes take and give."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, field_validator

from gitleague.core.paging import Paging
from gitleague.core.unknown import Body
from gitleague.league.schemas import PlayerOut, StatsOut, TableQuery, TrendOut
from gitleague.league.squads.squads import SquadRow
from gitleague.league.squads.standings import Per, SquadStanding, averages
from gitleague.league.squads.stints import OPEN, StintRow

Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    Field(examples=["Platform"]),
]


class SquadRequest(Body):
    name: Name


class SquadRef(BaseModel):
    id: uuid.UUID
    name: str


class SquadOut(SquadRef):
    members: Annotated[int, Field(description="How many play for it today.")]
    created_at: datetime

    @classmethod
    def of(cls, row: SquadRow) -> "SquadOut":
        return cls(**row._asdict())


class MemberQuery(Paging):
    on: Annotated[
        date | None,
        Field(
            description="Return who is in the squad on this day. Default today, in the league's "
            "time zone."
        ),
    ] = None
    ever: Annotated[
        bool,
        Field(
            description="Return past and planned memberships too; `on` is ignored. Default `false`."
        ),
    ] = False
    player_id: Annotated[
        uuid.UUID | None, Field(description="Return only memberships of this player.")
    ] = None


class StintRequest(Body):
    player_id: uuid.UUID
    first: Annotated[
        date | None,
        Field(description="The first day; by default today.", examples=["2024-04-01"]),
    ] = None
    last: Annotated[date | None, Field(description="The last day, included; none for no end.")] = (
        None
    )


class StintChange(Body):
    first: date | None = None
    last: Annotated[
        date | None,
        Field(description="The last day, included: the player leaves after it. null for no end."),
    ] = None

    @field_validator("first", mode="before")
    @classmethod
    def _not_nothing(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("Leave it out to keep it.")
        return value

    def asked(self) -> dict[str, date]:
        """What is named; a last day that is null is none, and one that is not there stays."""
        named = {"first": self.first, "last": self.last or OPEN}
        return {name: day for name, day in named.items() if day and name in self.model_fields_set}


class StintOut(BaseModel):
    """Days on which a player plays for a squad."""

    id: uuid.UUID
    squad: SquadRef
    player: PlayerOut
    position: str
    first: date
    last: Annotated[date | None, Field(description="Included; null where nobody ended it.")]

    @classmethod
    def of(cls, row: StintRow) -> "StintOut":
        return cls(
            id=row.id,
            squad=SquadRef(id=row.squad_id, name=row.squad_name),
            player=PlayerOut(id=row.player_id, name=row.player_name),
            position=row.position,
            first=row.first,
            last=None if row.last == OPEN else row.last,
        )


class SquadStandingsQuery(TableQuery):
    per: Annotated[
        Per,
        Field(
            description="Rank squads by the sum of their players (`squad`) or by the average of a "
            "member (`player`). Default `squad`."
        ),
    ] = Per.SQUAD


class AverageOut(BaseModel):
    """Of each member; see the numbers of a player."""

    commits: float
    additions: float
    deletions: float
    files_changed: float
    pts: float
    reb: float
    ast: float
    blk: float
    stl: float
    tov: float
    jt: float
    cc: float
    impact: float
    active_days: float


class SquadStandingOut(BaseModel):
    rank: int
    squad: SquadRef
    members: Annotated[
        int,
        Field(
            description="Who played for it on any day of the period. Who was away too long to be "
            "ranked, and did nothing, is left out."
        ),
    ]
    players: Annotated[int, Field(description="Who of them did anything.")]
    stats: Annotated[
        StatsOut, Field(description="Of all together; active days are those of each, added up.")
    ]
    average: AverageOut
    trend: TrendOut

    @classmethod
    def of(cls, row: SquadStanding) -> "SquadStandingOut":
        return cls(
            rank=row.rank,
            squad=SquadRef(id=row.squad_id, name=row.name),
            members=row.members,
            players=row.players,
            stats=StatsOut.of(row.numbers),
            average=AverageOut(**averages(row)),
            trend=TrendOut(direction=row.trend.direction, change=row.trend.change),
        )
