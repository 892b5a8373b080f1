"""What the award routes take and give."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT
from pydantic import BaseModel, Field

from gitleague.core.paging import Paging
from gitleague.core.unknown import Body
from gitleague.league.awards.shelf import AwardRow, Which
from gitleague.league.periods import EARLIEST, LATEST
from gitleague.league.schemas import PlayerOut
from gitleague.tables.awards import AwardKind


class AwardQuery(Paging):
    kind: Annotated[AwardKind | None, Field(description="Return only awards of this kind.")] = None
    season_id: Annotated[
        uuid.UUID | None,
        Field(description="Return only awards given for this season: `mvp`, `rookie_of_the_year`."),
    ] = None
    player_id: Annotated[
        uuid.UUID | None, Field(description="Return only awards that this player won.")
    ] = None

    def which(self) -> Which:
        return Which(self.kind, self.season_id, self.player_id)


class AwardOut(BaseModel):
    id: uuid.UUID
    kind: AwardKind
    first: date
    last: date
    season_id: uuid.UUID | None
    player: PlayerOut
    score: float
    sha: Annotated[str | None, Field(description="The commit, of a play.")]
    working: Annotated[
        dict[str, Any],
        Field(
            description="What the score was made of, with `rule`, `limits`, `passed_by` (the names "
            "of those who were away too long) and `runner_up` (`player` and `score`, or null). "
            "Awards of earlier versions may have no rule, limits and runner-up."
        ),
    ]
    given_at: datetime

    @classmethod
    def of(cls, row: AwardRow) -> "AwardOut":
        fields = {name: value for name, value in row._asdict().items() if name in cls.model_fields}
        player = PlayerOut(id=row.player_id, name=row.player_name)
        shown = {"player": player, "score": row.score / IMPACT_UNIT, "working": _in_points(row)}
        return cls(**{**fields, **shown})


def _in_points(row: AwardRow) -> dict[str, Any]:
    """The lines of a play are kept as `Line` has them, in hundredths, and scores as impact is."""
    working = dict(row.working)
    if "lines" in working:
        working["lines"] = [
            {**line, "each": line["each"] / STAT_UNIT, "points": line["points"] / STAT_UNIT}
            for line in working["lines"]
        ]
    if working.get("runner_up"):
        runner_up = working["runner_up"]
        working["runner_up"] = {**runner_up, "score": runner_up["score"] / IMPACT_UNIT}
    return working


class GiveRequest(Body):
    anew_from: Annotated[
        date,
        Field(
            ge=EARLIEST,
            le=LATEST,
            description="Awards of this day and later are taken back and given anew.",
            examples=["2024-01-01"],
        ),
    ]


class AskedOut(BaseModel):
    job_id: uuid.UUID
