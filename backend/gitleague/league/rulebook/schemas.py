"""What the rules routes take and give. Points are decimals, sent as text so that none is lost."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from gitleague_client.rules.defaults import Rules
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gitleague.core.unknown import Body
from gitleague.league.periods import Period, Window
from gitleague.league.rulebook.preview import Place
from gitleague.league.rulebook.versions import Rulebook, VersionRow, VersionState
from gitleague.league.schemas import PeriodQuery, PlayerOut, StatsOut

Changes = Annotated[
    dict[str, Any],
    Field(
        max_length=100,
        description="Fields of the rules with their new values; all others stay.",
        examples=[{"block_points": "20", "score_merges": True}],
    ),
]


class PendingOut(BaseModel):
    version: int
    state: VersionState
    progress: Annotated[int, Field(description="Percent, where the database can tell.")]
    error: str | None


class RulebookOut(BaseModel):
    version: int
    rules: Rules
    pending: Annotated[
        PendingOut | None, Field(description="Newer rules, whose numbers are being made.")
    ]

    @classmethod
    def of(cls, book: Rulebook) -> "RulebookOut":
        pending = PendingOut(**book.pending._asdict()) if book.pending else None
        return cls(version=book.version, rules=book.rules, pending=pending)


class ChangeOut(BaseModel):
    field: str
    before: Any
    after: Any


class VersionOut(BaseModel):
    version: int
    state: VersionState
    note: str
    created_by: str | None
    created_at: datetime | None
    rules: Rules
    changes: Annotated[list[ChangeOut], Field(description="Against the version before.")]

    @classmethod
    def of(cls, row: VersionRow) -> "VersionOut":
        changes = [
            ChangeOut(field=field, before=before, after=after)
            for field, (before, after) in row.changes.items()
        ]
        return cls(**{**row._asdict(), "changes": changes})


class RulesRequest(Body):
    changes: Changes
    note: Annotated[str, StringConstraints(max_length=255, strip_whitespace=True)] = ""


class PreviewRequest(PeriodQuery):
    """By default the table of the running month."""

    model_config = ConfigDict(extra="forbid")

    period: Period = Period.MONTH
    changes: Changes


class PlaceOut(BaseModel):
    rank: int | None
    rank_now: int | None
    change: Annotated[int | None, Field(description="Ranks won; below zero for ranks lost.")]
    player: PlayerOut
    stats: StatsOut
    stats_now: StatsOut | None
    difference: Annotated[StatsOut | None, Field(description="What the new rules would add.")]

    @classmethod
    def of(cls, place: Place) -> "PlaceOut":
        return cls(
            rank=place.tried.rank,
            rank_now=place.now.rank if place.now else None,
            change=place.change,
            player=PlayerOut(id=place.tried.player_id, name=place.tried.name),
            stats=StatsOut.of(place.tried.numbers),
            stats_now=StatsOut.of(place.now.numbers) if place.now else None,
            difference=StatsOut.of(place.difference) if place.difference else None,
        )


class PreviewOut(BaseModel):
    """Who is in the top ten, under the rules that are tried or now, with both side by side."""

    period: Period
    first: date
    last: date
    season_id: uuid.UUID | None
    changes: list[ChangeOut]
    places: list[PlaceOut]

    @classmethod
    def of(
        cls, asked: PreviewRequest, window: Window, changes: list[ChangeOut], places: list[Place]
    ) -> "PreviewOut":
        return cls(
            period=window.period,
            first=window.first,
            last=window.last,
            season_id=asked.season_id,
            changes=changes,
            places=[PlaceOut.of(place) for place in places],
        )
