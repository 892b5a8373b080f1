"""What the routes of careers and history take and give."""

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from gitleague_client.rules.score import IMPACT_UNIT
from pydantic import BaseModel, Field

from gitleague.core.paging import Paging
from gitleague.league.careers.best import BestPlayRow
from gitleague.league.careers.career import Career, Milestone, SeasonLine
from gitleague.league.careers.days import Stretch
from gitleague.league.careers.hall import Member, Tenure
from gitleague.league.careers.head_to_head import HeadToHead, Meeting
from gitleague.league.careers.records import Record
from gitleague.league.periods import Period
from gitleague.league.schemas import (
    PeriodQuery,
    PlayerOut,
    PlayOut,
    PlaysQuery,
    StandingOut,
    StatsOut,
)
from gitleague.league.seasons.schemas import SeasonOut
from gitleague.league.standings import StandingRow
from gitleague.league.stats import UNITS, Metric


class BestPlaysQuery(PlaysQuery):
    repo_id: Annotated[
        uuid.UUID | None, Field(description="Return only commits in this repository.")
    ] = None


class ProjectPlaysQuery(BestPlaysQuery):
    player_id: Annotated[
        uuid.UUID | None, Field(description="Return only commits of this player.")
    ] = None


class BestPlayOut(PlayOut):
    player: PlayerOut

    @classmethod
    def of_row(cls, row: BestPlayRow) -> "BestPlayOut":
        player = PlayerOut(id=row.player_id, name=row.player_name)
        return cls(**PlayOut.of(row.play).model_dump(), player=player)


class HolderOut(BaseModel):
    player: PlayerOut
    first: date
    last: date


class RecordOut(BaseModel):
    span: Annotated[str, Field(examples=["day", "week", "month", "season", "streak", "play"])]
    metric: str
    value: float
    shared_by: Annotated[int, Field(description="How many hold it; ten are named.")]
    holders: list[HolderOut]

    @classmethod
    def of(cls, record: Record) -> "RecordOut":
        return cls(
            span=record.span,
            metric=record.metric,
            value=record.value / UNITS.get(record.metric, 1),
            shared_by=record.shared_by,
            holders=[
                HolderOut(
                    player=PlayerOut(id=holder.player_id, name=holder.player_name),
                    first=holder.first,
                    last=holder.last,
                )
                for holder in record.holders
            ],
        )


class BookOut(BaseModel):
    made_at: Annotated[
        datetime | None, Field(description="Some seconds after the newest push; null before.")
    ]
    records: list[RecordOut]


class WayOut(BaseModel):
    name: str
    value: int
    sentence: str


class MemberOut(BaseModel):
    player: PlayerOut
    stats: StatsOut
    reasons: Annotated[
        dict[str, int], Field(description="How much of each way that led here, by its name.")
    ]

    @classmethod
    def of(cls, member: Member) -> "MemberOut":
        return cls(
            player=PlayerOut(id=member.player_id, name=member.name),
            stats=StatsOut.of(member.numbers),
            reasons=member.reasons,
        )


class HallOut(BaseModel):
    ways: Annotated[list[WayOut], Field(description="Any one of them is enough.")]
    members: list[MemberOut]


class AllTimeQuery(Paging):
    metric: Annotated[
        Metric, Field(description="The number to rank and sort by. Default `impact`.")
    ] = Metric.IMPACT


class AllTimeOut(StandingOut):
    first_day: date
    last_day: date
    seasons: Annotated[int, Field(description="That the player played in.")]
    titles: Annotated[int, Field(description="As MVP of a season.")]
    awards: int

    @classmethod
    def of_row(cls, row: StandingRow, more: Tenure) -> "AllTimeOut":
        return cls(**StandingOut.of(row).model_dump(), **more._asdict())


class PairQuery(PeriodQuery):
    a: Annotated[uuid.UUID, Field(description="The id of one player.")]
    b: Annotated[uuid.UUID, Field(description="The id of the other player.")]
    by: Annotated[
        Literal[Period.WEEK, Period.MONTH],
        Field(description="What `meetings` compares: each `week` or each `month`. Default `week`."),
    ] = Period.WEEK


class MeetingOut(BaseModel):
    first: date
    last: date
    a: Annotated[float, Field(description="Impact.")]
    b: float
    winner: Annotated[str, Field(description="a, b, or empty for a draw.")]

    @classmethod
    def of(cls, meeting: Meeting) -> "MeetingOut":
        winner = "" if meeting.a == meeting.b else "a" if meeting.a > meeting.b else "b"
        return cls(
            first=meeting.first,
            last=meeting.last,
            a=meeting.a / IMPACT_UNIT,
            b=meeting.b / IMPACT_UNIT,
            winner=winner,
        )


class HeadToHeadOut(BaseModel):
    a: Annotated[StandingOut | None, Field(description="null: did not play in the period.")]
    b: StandingOut | None
    leads: Annotated[dict[str, str], Field(description="Of each number: a, b, or empty.")]
    won: dict[str, int]
    meetings: Annotated[list[MeetingOut], Field(description="The newest first.")]

    @classmethod
    def of(cls, found: HeadToHead) -> "HeadToHeadOut":
        meetings = [MeetingOut.of(meeting) for meeting in found.meetings]
        return cls(
            a=StandingOut.of(found.a) if found.a else None,
            b=StandingOut.of(found.b) if found.b else None,
            leads=found.leads,
            won={side: sum(each.winner == side for each in meetings) for side in ("a", "b")},
            meetings=meetings,
        )


class StretchOut(BaseModel):
    first: date
    last: date
    stats: StatsOut

    @classmethod
    def of(cls, stretch: Stretch) -> "StretchOut":
        return cls(first=stretch.first, last=stretch.last, stats=StatsOut.of(stretch.numbers))


class MilestoneOut(BaseModel):
    metric: str
    value: int
    day: Annotated[date | None, Field(description="null: the next one, still ahead.")]

    @classmethod
    def of(cls, milestone: Milestone) -> "MilestoneOut":
        return cls(**milestone._asdict())


class CareerOut(BaseModel):
    stats: StatsOut
    impact_per_day: float
    first_day: date
    last_day: date
    best_day: Annotated[StretchOut, Field(description="By impact, as the other two.")]
    best_week: StretchOut
    best_month: StretchOut
    longest_streak: StretchOut
    awards: Annotated[dict[str, int], Field(description="How many of each kind.")]
    milestones: list[MilestoneOut]

    @classmethod
    def of(cls, career: Career) -> "CareerOut":
        return cls(
            stats=StatsOut.of(career.numbers),
            impact_per_day=career.numbers.impact_per_day / IMPACT_UNIT,
            first_day=career.first_day,
            last_day=career.last_day,
            best_day=StretchOut.of(career.best_day),
            best_week=StretchOut.of(career.best_week),
            best_month=StretchOut.of(career.best_month),
            longest_streak=StretchOut.of(career.longest_streak),
            awards=career.awards,
            milestones=[MilestoneOut.of(each) for each in career.milestones],
        )


class PlayerCareerOut(BaseModel):
    career: Annotated[CareerOut | None, Field(description="null: has not played yet.")]
    records: Annotated[list[RecordOut], Field(description="Those that the player holds.")]


class SeasonLineOut(BaseModel):
    season: SeasonOut
    standing: StandingOut | None  # None: did not play in it

    @classmethod
    def of(cls, line: SeasonLine) -> "SeasonLineOut":
        return cls(
            season=SeasonOut.model_validate(line.season),
            standing=StandingOut.of(line.standing) if line.standing else None,
        )
