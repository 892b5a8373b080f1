"""The numbers of a box score: summed as whole numbers, shown as points."""

import uuid
from enum import Enum
from operator import attrgetter
from typing import NamedTuple

from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT
from sqlalchemy import BigInteger, ColumnElement, cast, distinct, func, select

from gitleague.league.periods import Window
from gitleague.tables.projects import Project
from gitleague.tables.scores import BoxScore


class Metric(str, Enum):
    """What a table can be ordered by."""

    COMMITS = "commits"
    ADDITIONS = "additions"
    DELETIONS = "deletions"
    FILES_CHANGED = "files_changed"
    PTS = "pts"
    REB = "reb"
    AST = "ast"
    BLK = "blk"
    STL = "stl"
    TOV = "tov"
    JT = "jt"
    CC = "cc"
    IMPACT = "impact"
    ACTIVE_DAYS = "active_days"
    IMPACT_PER_DAY = "impact_per_day"  # that one was at it


class Order(str, Enum):
    ASC = "asc"
    DESC = "desc"


class Numbers(NamedTuple):
    """Sums over box scores. Stats are in hundredths of a point, impact in ten-thousandths."""

    commits: int = 0
    assisted: int = 0  # of the commits, those that an AI assistant had a hand in
    additions: int = 0
    deletions: int = 0
    files_changed: int = 0
    pts: int = 0
    reb: int = 0
    ast: int = 0
    blk: int = 0
    stl: int = 0
    tov: int = 0
    jt: int = 0
    cc: int = 0
    impact: int = 0
    active_days: int = 0

    @property
    def impact_per_day(self) -> float:
        """Of an active day: whoever plays on fewer days is compared by those."""
        return self.impact / max(self.active_days, 1)

    @property
    def ai_share(self) -> float:
        """From 0 to 1."""
        return round(self.assisted / self.commits, 4) if self.commits else 0.0

    def shown(self) -> dict[str, float]:
        """As people read them: points and not their hundredths."""
        plain = {name: value / UNITS.get(name, 1) for name, value in self._asdict().items()}
        return {**plain, "ai_share": self.ai_share}


numbers_in = attrgetter(*Numbers._fields)  # of a row that has them all
POINTS = ("pts", "reb", "ast", "blk", "stl", "tov", "jt", "cc")
UNITS = {"impact": IMPACT_UNIT, "impact_per_day": IMPACT_UNIT} | dict.fromkeys(POINTS, STAT_UNIT)


def version_shown(project_id: uuid.UUID, window: Window) -> ColumnElement[int] | int:
    """Which box scores a window is made of: those in force, or those that a season froze."""
    return version_in_force(project_id) if window.version is None else window.version


def version_in_force(project_id: uuid.UUID) -> ColumnElement[int]:
    return select(Project.rules_version).where(Project.id == project_id).scalar_subquery()


def summed() -> list[ColumnElement[int]]:
    """The columns of `Numbers`, over a group of box scores."""
    summed_up = Numbers._fields[: Numbers._fields.index("active_days")]
    columns: list[ColumnElement[int]] = [
        # PostgreSQL makes a numeric of a sum of bigint, and nothing here is that large.
        cast(func.coalesce(func.sum(getattr(BoxScore, name)), 0), BigInteger).label(name)
        for name in summed_up
    ]
    return [*columns, func.count(distinct(BoxScore.day)).label("active_days")]
