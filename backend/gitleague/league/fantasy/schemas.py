"""What the fantasy routes take and give. Prices and points are in points of impact."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from gitleague_client.rules.score import IMPACT_UNIT
from pydantic import BaseModel, Field, StringConstraints, field_validator

from gitleague.core.paging import Page, Paging
from gitleague.core.unknown import Body
from gitleague.league.fantasy.draft import Draft
from gitleague.league.fantasy.leagues import FantasyRow, FantasyState
from gitleague.league.fantasy.picks import PickRow
from gitleague.league.fantasy.pool import PoolRow
from gitleague.league.fantasy.setup import Wish
from gitleague.league.fantasy.table import TableRow
from gitleague.league.fantasy.teams import Held, TeamRow
from gitleague.league.periods import EARLIEST, LATEST, Period
from gitleague.league.schemas import PlayerOut
from gitleague.tables.fantasy import FantasyMode

A_WEEK_OF_MINUTES = 7 * 24 * 60
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, strip_whitespace=True),
    Field(description="Unique within the season.", examples=["Office cup"]),
]
RosterSize = Annotated[
    int, Field(ge=1, le=5, description="How many players a manager may hold.", examples=[3])
]
SalaryCap = Annotated[
    Decimal,
    Field(
        gt=0,
        le=1_000_000_000,
        decimal_places=4,
        description="What a roster may cost, in points of impact; without one there is no limit.",
        examples=["2500"],
    ),
]
PickMinutes = Annotated[
    int,
    Field(
        ge=1,
        le=A_WEEK_OF_MINUTES,
        description="How long a turn of a snake draft takes at most; a day where nothing is said.",
        examples=[720],
    ),
]
LocksOn = Annotated[
    date,
    Field(
        description="From midnight of this day on, in the league's time zone, nothing is picked "
        "and points count. The season's first day where nothing is said, tomorrow if that is over.",
    ),
]


class FantasyRequest(Body):
    name: Name
    season_id: uuid.UUID
    mode: Annotated[
        FantasyMode,
        Field(
            description="`free`: everybody picks whom they like, in secret until the lock. "
            "`snake`: in turns, in public, and nobody is picked twice.",
            examples=["free"],
        ),
    ]
    roster_size: RosterSize = 3
    salary_cap: SalaryCap | None = None
    pick_minutes: PickMinutes | None = None
    locks_on: LocksOn | None = None

    def wish(self) -> Wish:
        return Wish(**{**self.model_dump(), "salary_cap": _stored(self.salary_cap)})


class FantasyChange(Body):
    """Only what is sent changes."""

    name: Name | None = None
    roster_size: RosterSize | None = None
    salary_cap: Annotated[SalaryCap | None, Field(description="null: no limit.")] = None
    pick_minutes: PickMinutes | None = None
    locks_on: LocksOn | None = None

    @field_validator("name", "roster_size", "pick_minutes", "locks_on", mode="before")
    @classmethod
    def _not_nothing(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("Leave it out to keep it.")
        return value

    def changes(self) -> dict[str, Any]:
        sent = self.model_dump(exclude_unset=True)
        if "salary_cap" in sent:
            sent["salary_cap"] = _stored(self.salary_cap)
        return sent


class FantasyQuery(Paging):
    season_id: Annotated[
        uuid.UUID | None, Field(description="Return only fantasy leagues of this season.")
    ] = None


class ManagerName(BaseModel):
    """A member who plays."""

    id: uuid.UUID
    user_id: Annotated[uuid.UUID | None, Field(description="null: the account is gone.")]
    name: str | None


class TurnOut(BaseModel):
    turn: Annotated[int, Field(description="From 1.")]
    round: Annotated[int, Field(description="From 1.")]
    manager: ManagerName
    ends_at: datetime

    @classmethod
    def of(cls, draft: Draft) -> "TurnOut | None":
        if draft.turn_ends_at is None:
            return None
        return cls(
            turn=draft.turn + 1,
            round=draft.turn // len(draft.seats) + 1,
            manager=_manager(draft.on_the_clock),
            ends_at=draft.turn_ends_at,
        )


class FantasyOut(BaseModel):
    id: uuid.UUID
    season_id: uuid.UUID
    name: str
    mode: FantasyMode
    state: Annotated[
        FantasyState,
        Field(
            description="`setup`: members join. `open`: picks are made. `drafted`: every turn of "
            "a snake draft is over. `locked`: points are made."
        ),
    ]
    roster_size: int
    salary_cap: float | None
    pick_minutes: int | None
    locks_on: date
    priced_first: Annotated[date, Field(description="Prices are the impact from this day")]
    priced_last: Annotated[date, Field(description="to this one.")]
    started_at: datetime | None
    created_at: datetime
    turn: Annotated[
        TurnOut | None, Field(description="Of a snake draft that is under way; not in lists.")
    ] = None

    @classmethod
    def of(cls, row: FantasyRow, draft: Draft | None = None) -> "FantasyOut":
        fields = {name: value for name, value in row._asdict().items() if name in cls.model_fields}
        shown = {"salary_cap": None if row.salary_cap is None else row.salary_cap / IMPACT_UNIT}
        turn = TurnOut.of(draft) if draft else None
        return cls(**{**fields, **shown, "state": row.state, "turn": turn})


class PoolOut(BaseModel):
    player: PlayerOut
    price: float
    is_estimate: Annotated[
        bool,
        Field(description="Did not play in the days of the prices, and costs the usual."),
    ]
    is_struck: bool

    @classmethod
    def of(cls, row: PoolRow) -> "PoolOut":
        return cls(
            player=PlayerOut(id=row.player_id, name=row.name),
            price=row.price / IMPACT_UNIT,
            is_estimate=row.is_estimate,
            is_struck=row.is_struck,
        )


class PoolChange(Body):
    is_struck: Annotated[bool, Field(description="Struck players cannot be picked.")]


class HeldOut(BaseModel):
    pick_id: uuid.UUID
    player: PlayerOut
    price: float


class ManagerOut(ManagerName):
    seat: Annotated[int | None, Field(description="In a snake draft that started, from 1.")]
    joined_at: datetime
    roster: Annotated[
        list[HeldOut] | None,
        Field(description="null: a secret until the lock, of everybody but oneself."),
    ]

    @classmethod
    def of(cls, row: TeamRow, roster: list[Held] | None) -> "ManagerOut":
        return cls(
            **_manager(row).model_dump(),
            seat=None if row.seat is None else row.seat + 1,
            joined_at=row.joined_at,
            roster=None if roster is None else [_held(each) for each in roster],
        )


class PickRequest(Body):
    player_id: uuid.UUID


class PickOut(BaseModel):
    id: uuid.UUID
    manager: ManagerName
    player: Annotated[PlayerOut | None, Field(description="null: the turn was skipped.")]
    price: float
    turn: Annotated[int | None, Field(description="Of a snake draft, from 1.")]
    by_clock: Annotated[bool, Field(description="The turn ran out.")]
    picked_at: datetime
    undone_at: datetime | None

    @classmethod
    def of(cls, row: PickRow) -> "PickOut":
        player = PlayerOut(id=row.player_id, name=row.player or "") if row.player_id else None
        return cls(
            id=row.id,
            manager=ManagerName(id=row.team_id, user_id=row.user_id, name=row.manager),
            player=player,
            price=row.price / IMPACT_UNIT,
            turn=None if row.turn is None else row.turn + 1,
            by_clock=row.by_clock,
            picked_at=row.picked_at,
            undone_at=row.undone_at,
        )


class TableQuery(Paging):
    period: Annotated[
        Literal[Period.WEEK, Period.SEASON],
        Field(
            description="The points of one `week`, or of the whole `season` from the lock on. "
            "Default `season`."
        ),
    ] = Period.SEASON
    start: Annotated[
        date | None,
        Field(
            ge=EARLIEST,
            le=LATEST,
            description="With `period=week`, any day of the week. Default today, in the league's "
            "time zone.",
        ),
    ] = None


class ScorerOut(BaseModel):
    player: PlayerOut
    points: float


class TableRowOut(BaseModel):
    rank: Annotated[int, Field(description="Equals share one, and the next one is left out.")]
    manager: ManagerName
    points: float
    players: list[ScorerOut]

    @classmethod
    def of(cls, row: TableRow) -> "TableRowOut":
        return cls(
            rank=row.rank,
            manager=ManagerName(id=row.team_id, user_id=row.user_id, name=row.manager),
            points=row.points / IMPACT_UNIT,
            players=[
                ScorerOut(
                    player=PlayerOut(id=each.player_id, name=each.name),
                    points=each.points / IMPACT_UNIT,
                )
                for each in row.players
            ],
        )


class TableOut(Page[TableRowOut]):
    first: Annotated[date, Field(description="The first day that counts.")]
    last: Annotated[date, Field(description="The last one; before the first where none counts.")]


def _manager(row: TeamRow) -> ManagerName:
    return ManagerName(id=row.id, user_id=row.user_id, name=row.name)


def _held(row: Held) -> HeldOut:
    return HeldOut(
        pick_id=row.id,
        player=PlayerOut(id=row.player_id, name=row.name),
        price=row.price / IMPACT_UNIT,
    )


def _stored(points: Decimal | None) -> int | None:
    return None if points is None else int(points * IMPACT_UNIT)
