"""What the fair-play routes take and give."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from gitleague.core.paging import Paging
from gitleague.core.unknown import Body
from gitleague.league.fairplay.reports import Complaint, ReportRow
from gitleague.league.fairplay.rulings import PENALTIES, Asked, RulingRow
from gitleague.league.schemas import PlayerOut
from gitleague.tables.fairplay import FairPlayRule, ReportState, ReportSubject, RulingState

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Words = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True)]


class RefereeRequest(Body):
    changes: Annotated[
        dict[str, Any],
        Field(
            max_length=100,
            description="Rules with the limits that change; all else stays.",
            examples=[{"commit_splitting": {"commits": 20}, "huge_commit": {"enabled": False}}],
        ),
    ]


class LookOut(BaseModel):
    job_id: uuid.UUID


class RulingQuery(Paging):
    state: Annotated[
        RulingState | None, Field(description="Return only rulings in this state.")
    ] = None
    rule: Annotated[
        FairPlayRule | None, Field(description="Return only rulings by this fair play rule.")
    ] = None
    player_id: Annotated[
        uuid.UUID | None, Field(description="Return only rulings about this player.")
    ] = None
    sha: Annotated[
        str | None,
        Field(max_length=64, description="Return only rulings that name this commit, by full SHA."),
    ] = None

    def asked(self) -> Asked:
        return Asked(self.state, self.rule, self.player_id, self.sha)


class NamedCommitOut(BaseModel):
    sha: Annotated[str | None, Field(description="null: whose it is is not shown.")]
    title: Annotated[str | None, Field(description="null: the commit is gone, or not shown.")]
    is_penalized: Annotated[
        bool, Field(description="Counts for nothing once the ruling is upheld.")
    ]
    evidence: Annotated[
        dict[str, Any],
        Field(examples=[{"at": "2026-03-02T10:00:00+00:00", "lines": 2}]),
    ]


class RulingOut(BaseModel):
    id: uuid.UUID
    rule: FairPlayRule
    state: RulingState
    player: PlayerOut
    day: date
    figures: Annotated[
        dict[str, Any],
        Field(
            description="What was counted, and the limits that it went past.",
            examples=[{"commits": 14, "limits": {"commits": 10, "lines": 5, "minutes": 5}}],
        ),
    ]
    penalty: Annotated[str, Field(description="What follows once a commissioner upholds it.")]
    commits: Annotated[
        list[NamedCommitOut], Field(description="In a list the first 20, by itself all.")
    ]
    total_commits: int
    made_at: datetime
    contest: Annotated[str | None, Field(description="What the player says.")]
    contested_at: datetime | None
    reason: Annotated[str | None, Field(description="What a commissioner said last.")]
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: RulingRow) -> "RulingOut":
        fields = {name: value for name, value in row._asdict().items() if name in cls.model_fields}
        return cls(
            **{
                **fields,
                "player": PlayerOut(id=row.player_id, name=row.player_name),
                "penalty": PENALTIES[FairPlayRule(row.rule)],
                "commits": [NamedCommitOut(**each._asdict()) for each in row.commits],
            }
        )


class ContestRequest(Body):
    sentence: Annotated[
        Sentence, Field(examples=["These are one release each, as our calendar says."])
    ]


class DecisionRequest(Body):
    reason: Annotated[Sentence, Field(examples=["The commits belong to one change."])]


class ReportRequest(Body):
    subject: ReportSubject
    subject_id: Annotated[
        str, Field(max_length=64, description="Of a commit its sha; else the id of the thing.")
    ]
    sentence: Annotated[Sentence, Field(examples=["This commit is Linus's, not mine."])]

    def complaint(self) -> Complaint:
        return Complaint(self.subject, self.subject_id, self.sentence)


class ReportQuery(Paging):
    state: Annotated[
        ReportState | None, Field(description="Return only reports in this state.")
    ] = None
    mine: Annotated[
        bool,
        Field(
            description="Return only the caller's own reports. Everybody but commissioners gets "
            "only those anyway. Default `false`."
        ),
    ] = False


class AnswerRequest(Body):
    reply: Annotated[Sentence, Field(examples=["Thank you: the addresses are joined now."])]


class DismissRequest(Body):
    reply: Words = ""


class ReporterOut(BaseModel):
    id: uuid.UUID
    name: str


class ReportOut(BaseModel):
    id: uuid.UUID
    subject: ReportSubject
    subject_id: str
    sentence: str
    state: ReportState
    reporter: ReporterOut
    created_at: datetime
    reply: str | None
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: ReportRow) -> "ReportOut":
        fields = {name: value for name, value in row._asdict().items() if name in cls.model_fields}
        return cls(**{**fields, "reporter": ReporterOut(id=row.user_id, name=row.reporter)})
