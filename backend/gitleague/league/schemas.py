"""What the read road asks and answers. Numbers are in points here, not in their hundredths."""

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from gitleague.core.forms import WithoutBlanks
from gitleague.core.paging import Paging
from gitleague.league.cards import TrendPoint
from gitleague.league.people.shown import Viewer
from gitleague.league.periods import Period, Window
from gitleague.league.plays import PlayRow
from gitleague.league.positions import spellings_of
from gitleague.league.seasons.windows import window_asked
from gitleague.league.standings import Slice, StandingRow
from gitleague.league.stats import Metric, Numbers, Order


class PeriodQuery(WithoutBlanks):
    """Which days: asked in the same words everywhere."""

    period: Annotated[
        Period,
        Field(
            description="The period to return: a `day`, `week` (Monday to Sunday), `month` or "
            "`season`, or `all` for all time. Default `all`."
        ),
    ] = Period.ALL
    start: Annotated[
        date | None,
        Field(
            description="Any day of the period, in the league's time zone. Default today; "
            "for `season`, the season being played."
        ),
    ] = None
    season_id: Annotated[
        uuid.UUID | None,
        Field(description="The season to return, in place of `period` and `start`."),
    ] = None

    def window(self, session: Session, project_id: uuid.UUID) -> Window:
        return window_asked(
            session, project_id, self.period, start=self.start, season_id=self.season_id
        )


class PlaysQuery(PeriodQuery, Paging):
    limit: Annotated[
        int, Field(ge=1, le=200, description="The most items a page holds, 1 to 200. Default 20.")
    ] = 20


class TableQuery(PeriodQuery, Paging):
    """The questions of a table, of players or of squads."""

    metric: Annotated[
        Metric, Field(description="The number to rank and sort by. Default `impact`.")
    ] = Metric.IMPACT
    order: Annotated[
        Order,
        Field(
            description="`desc` sorts the highest value first, `asc` the lowest. It changes no "
            "rank. Default `desc`."
        ),
    ] = Order.DESC
    repo_id: Annotated[
        uuid.UUID | None, Field(description="Count only commits in this repository.")
    ] = None
    q: Annotated[
        str,
        Field(
            max_length=200,
            description="Return only rows whose name contains this text, ignoring case. "
            "It changes no rank.",
        ),
    ] = ""
    bots: Annotated[bool, Field(description="Include bots. Default `false`.")] = False
    role: Annotated[
        str | None,
        Field(max_length=40, description="Count only players in this position, ignoring case."),
    ] = None

    def slice_of(
        self, session: Session, project_id: uuid.UUID, window: Window, viewer: Viewer
    ) -> Slice:
        positions = spellings_of(session, project_id, self.role) if self.role else None
        return Slice(
            project_id,
            window,
            self.metric,
            self.repo_id,
            self.bots,
            positions=positions,
            viewer=viewer,
        )


class StandingsQuery(TableQuery):
    """The questions of the table of players, alike for the API and the page."""

    squad: Annotated[
        uuid.UUID | None,
        Field(description="The id of a squad: count only what its players did while in it."),
    ] = None

    def slice_of(
        self, session: Session, project_id: uuid.UUID, window: Window, viewer: Viewer
    ) -> Slice:
        of_all = super().slice_of(session, project_id, window, viewer)
        return of_all._replace(squad_id=self.squad)


class TrendQuery(BaseModel):
    by: Annotated[
        Literal[Period.DAY, Period.WEEK, Period.MONTH],
        Field(description="The length of each point: `day`, `week` or `month`. Default `week`."),
    ] = Period.WEEK
    points: Annotated[
        int, Field(ge=1, le=366, description="How many points to return, 1 to 366. Default 26.")
    ] = 26


class PlayerOut(BaseModel):
    id: uuid.UUID
    name: str
    avatar_url: str | None = None  # always null: pages draw initials


class StatsOut(BaseModel):
    commits: int
    additions: int
    deletions: int
    files_changed: int
    pts: float
    reb: float
    ast: float
    blk: float
    stl: float
    tov: float
    jt: float
    cc: float
    impact: float
    active_days: int
    assisted: Annotated[
        int, Field(description="Of the commits, those that an AI assistant had a hand in.")
    ] = 0
    ai_share: Annotated[float, Field(description="`assisted` of `commits`, from 0 to 1.")] = 0

    @classmethod
    def of(cls, numbers: Numbers) -> "StatsOut":
        return cls.model_validate(numbers.shown())


class StreakStats(StatsOut):
    streak: int


class TrendOut(BaseModel):
    direction: str
    change: int


class StandingOut(BaseModel):
    rank: Annotated[
        int | None,
        Field(description="null: away too long, or at it on too few days for an average."),
    ]
    away: Annotated[bool, Field(description="For so many days that there is no rank.")]
    player: PlayerOut
    stats: StreakStats
    impact_per_day: Annotated[float, Field(description="Of an active day.")]
    trend: TrendOut
    retired: Annotated[bool, Field(description="Retired by today.")]

    @classmethod
    def of(cls, row: StandingRow) -> "StandingOut":
        return cls(
            rank=row.rank,
            away=row.away,
            player=PlayerOut(id=row.player_id, name=row.name),
            stats=StreakStats(**row.numbers.shown(), streak=row.streak),
            impact_per_day=row.numbers.impact_per_day / IMPACT_UNIT,
            trend=TrendOut(direction=row.trend.direction, change=row.trend.change),
            retired=row.is_retired,
        )


class IdentityOut(BaseModel):
    name: str
    email: str | None  # None for spectators: addresses are for the team


class RepoShareOut(BaseModel):
    id: uuid.UUID
    name: str
    stats: StatsOut


class CardOut(BaseModel):
    id: uuid.UUID
    project_id: uuid.UUID
    name: str
    avatar_url: str | None = None
    is_bot: bool
    position: Annotated[str, Field(description="As the commissioner says; empty for none.")]
    retired_on: Annotated[date | None, Field(description="The first day they do not play.")]
    is_hidden: Annotated[
        bool, Field(description="Asked not to be shown: most readers see no name and no messages.")
    ]
    identities: list[IdentityOut]
    standing: StandingOut | None  # None: did not play in the period
    repos: list[RepoShareOut]


class TrendPointOut(BaseModel):
    start: date
    commits: int
    pts: float
    impact: float

    @classmethod
    def of(cls, point: TrendPoint) -> "TrendPointOut":
        return cls(
            start=point.first,
            commits=point.commits,
            pts=point.pts / STAT_UNIT,
            impact=point.impact / IMPACT_UNIT,
        )


class PlayerTrendOut(BaseModel):
    by: Period
    points: list[TrendPointOut]


class LineOut(BaseModel):
    """One rule that gave points: the smaller of `amount` and `cap`, times `each`."""

    stat: str
    reason: str
    amount: int
    cap: int | None
    each: float
    points: float


class RepoOut(BaseModel):
    id: uuid.UUID
    name: str


class PlayOut(BaseModel):
    """A commit that a player has credit for, with the whole working."""

    sha: Annotated[str | None, Field(description="None where whose it is is not shown.")]
    title: str
    authored_at: datetime
    day: date
    repo: RepoOut
    role: Literal["author", "coauthor"]
    additions: int
    deletions: int
    files_changed: int
    flags: list[str]
    is_reverted: bool
    impact: float
    working: list[LineOut]

    @classmethod
    def of(cls, row: PlayRow) -> "PlayOut":
        return cls(
            sha=row.sha,
            title=row.title,
            authored_at=row.at,
            day=row.day,
            repo=RepoOut(id=row.repo_id, name=row.repo_name),
            role="coauthor" if row.as_coauthor else "author",
            additions=row.play.additions,
            deletions=row.play.deletions,
            files_changed=row.play.files_changed,
            flags=[flag.name.lower() for flag in Flag if flag in row.play.flags and flag.name],
            is_reverted=row.play.is_reverted,
            impact=row.working.impact / IMPACT_UNIT,
            working=[
                LineOut(
                    stat=line.stat,
                    reason=line.reason,
                    amount=line.amount,
                    cap=line.cap,
                    each=line.each / STAT_UNIT,
                    points=line.points / STAT_UNIT,
                )
                for line in row.working.lines
            ],
        )
