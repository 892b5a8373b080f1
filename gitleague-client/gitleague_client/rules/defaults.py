"""The scoring rules of a project, their defaults and their limits.

Points are decimals with at most two places; inside they are whole hundredths, so that sums are
exact and the same in Python, SQLite and PostgreSQL whatever the order of addition.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gitleague_client.rules.patterns import TICKET, UNCLEAN, checked

# The limits keep the impact of a million commits, each at all of them, within 64 bits.
Points = Annotated[Decimal, Field(ge=0, le=10_000, decimal_places=2)]
Weight = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=2)]
Cap = Annotated[int, Field(ge=0, le=50_000)]
Part = Annotated[Decimal, Field(gt=0, le=1, decimal_places=2)]
Days = Annotated[int, Field(ge=1, le=366)]
Pattern = Annotated[str, Field(max_length=500), AfterValidator(checked)]


class AiAssisted(str, Enum):
    """What a commit brings that an AI assistant had a hand in."""

    COUNT = "count"  # as any other
    IGNORE = "ignore"  # no points
    WEIGHT = "weight"  # `ai_weight` of the points


class Weights(NamedTuple):
    """Impact weights in hundredths, in the order of `score.Stats`."""

    pts: int
    reb: int
    ast: int
    blk: int
    stl: int
    tov: int
    jt: int
    cc: int


class Rules(BaseModel):
    """One version of a project's rules. Every field has a default; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commit_points: Points = Decimal(10)
    additions_weight: Weight = Decimal("1.0")
    additions_cap: Cap = 1000
    deletions_weight: Weight = Decimal("0.6")
    deletions_cap: Cap = 1000
    many_files: Cap = 3
    many_files_points: Points = Decimal(5)
    coauthor_points: Points = Decimal(5)
    block_points: Points = Decimal(15)
    steal_points: Points = Decimal(10)
    turnover_points: Points = Decimal(10)
    ticket_points: Points = Decimal("2.0")
    clean_points: Points = Decimal("1.5")
    pts_weight: Weight = Decimal("1.0")
    reb_weight: Weight = Decimal("0.6")
    ast_weight: Weight = Decimal("0.8")
    blk_weight: Weight = Decimal("1.2")
    stl_weight: Weight = Decimal("1.0")
    tov_weight: Weight = Decimal("0.7")
    jt_weight: Weight = Decimal("0.5")
    cc_weight: Weight = Decimal("0.3")
    # Who is compared with whom. Only a table asks: no commit scores by these.
    unranked_when_away_for: Part = Decimal(1)  # of the days of a table, at least
    average_active_days: Days = 2  # that an average is ranked from
    score_merges: bool = False
    score_excluded_lines: bool = False
    ai_assisted: AiAssisted = AiAssisted.COUNT
    ai_weight: Share = Decimal("0.5")
    ticket_pattern: Pattern = TICKET
    unclean_pattern: Pattern = UNCLEAN

    @cached_property
    def weights(self) -> Weights:
        """How much each stat weighs in impact; turnovers weigh against."""
        return Weights(
            hundredths(self.pts_weight),
            hundredths(self.reb_weight),
            hundredths(self.ast_weight),
            hundredths(self.blk_weight),
            hundredths(self.stl_weight),
            -hundredths(self.tov_weight),
            hundredths(self.jt_weight),
            hundredths(self.cc_weight),
        )

    @cached_property
    def ai_percent(self) -> int:
        """How much of each stat an AI-assisted commit keeps."""
        weighed = hundredths(self.ai_weight)
        return {AiAssisted.COUNT: 100, AiAssisted.IGNORE: 0, AiAssisted.WEIGHT: weighed}[
            self.ai_assisted
        ]


def hundredths(points: Decimal) -> int:
    return int(points * 100)


DEFAULT_RULES = Rules()
