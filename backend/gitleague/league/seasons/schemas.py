"""What the season routes take and give."""

import uuid
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gitleague.core.paging import Paging
from gitleague.core.unknown import Body
from gitleague.league.awards.schemas import AwardOut
from gitleague.league.schemas import PlayerOut, StandingOut, StatsOut
from gitleague.league.seasons.absences import AbsenceRow
from gitleague.league.seasons.seasons import SeasonRow
from gitleague.league.seasons.summary import Summary
from gitleague.league.squads.schemas import SquadStandingOut
from gitleague.league.stats import UNITS, Metric
from gitleague.tables.seasons import AbsenceKind, SeasonState

Name = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SeasonRequest(Body):
    name: Name
    first: Annotated[date, Field(description="The first day, in the league's time zone.")]
    last: Annotated[date, Field(description="The last day, included.")]


class SeasonChange(Body):
    name: Name | None = None
    first: date | None = None
    last: date | None = None


class SeasonOut(_Out):
    id: uuid.UUID
    name: str
    first: date
    last: date
    state: SeasonState
    rules_version: Annotated[
        int | None, Field(description="Once closed: the version that it was frozen in.")
    ]
    created_at: datetime
    closed_at: datetime | None


class ProposalOut(_Out):
    length: str
    name: str
    first: date
    last: date


class LeaderOut(BaseModel):
    metric: Metric
    player: PlayerOut
    value: float


class BusiestDayOut(_Out):
    day: date
    commits: int


class SummaryOut(BaseModel):
    season: SeasonOut
    players: int
    stats: StatsOut
    podium: list[StandingOut]
    leaders: list[LeaderOut]
    busiest: BusiestDayOut | None
    awards: list[AwardOut]
    squads: Annotated[
        list[SquadStandingOut], Field(description="The best by what all did together.")
    ]
    squads_on_average: Annotated[
        list[SquadStandingOut], Field(description="The best by the average of a member.")
    ]

    @classmethod
    def of(cls, season: SeasonRow, summary: Summary) -> "SummaryOut":
        return cls(
            season=SeasonOut.model_validate(season),
            players=summary.players,
            stats=StatsOut.of(summary.numbers),
            podium=[StandingOut.of(row) for row in summary.podium],
            leaders=[
                LeaderOut(
                    metric=leader.metric,
                    player=PlayerOut(id=leader.player_id, name=leader.name),
                    value=leader.value / UNITS.get(leader.metric.value, 1),
                )
                for leader in summary.leaders
            ],
            busiest=BusiestDayOut.model_validate(summary.busiest) if summary.busiest else None,
            awards=[AwardOut.of(row) for row in summary.awards],
            squads=[SquadStandingOut.of(row) for row in summary.squads],
            squads_on_average=[SquadStandingOut.of(row) for row in summary.squads_on_average],
        )


class AbsenceRequest(Body):
    player_id: uuid.UUID
    first: date
    last: date
    kind: AbsenceKind = AbsenceKind.AWAY
    note: Annotated[str, StringConstraints(max_length=255, strip_whitespace=True)] = ""


class AbsenceOut(BaseModel):
    id: uuid.UUID
    player: PlayerOut
    first: date
    last: date
    kind: AbsenceKind
    note: str
    created_at: datetime

    @classmethod
    def of(cls, row: AbsenceRow) -> "AbsenceOut":
        return cls(
            **{name: value for name, value in row._asdict().items() if name in cls.model_fields},
            player=PlayerOut(id=row.player_id, name=row.player_name),
        )


class AbsenceQuery(Paging):
    player_id: Annotated[
        uuid.UUID | None, Field(description="Return only absences of this player.")
    ] = None
