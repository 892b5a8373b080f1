"""The columns of the table: their order, their words and how their numbers look."""

from collections.abc import Callable
from typing import NamedTuple

from gitleague.league.schemas import StandingsQuery
from gitleague.league.standings import StandingRow
from gitleague.league.stats import Metric, Numbers, Order
from gitleague.web.shown import impact, number, points
from gitleague.web.texts import gettext_noop


class Column(NamedTuple):
    metric: Metric
    short: str
    long: str
    title: str
    shown: Callable[[int], str] = points

    def of(self, numbers: Numbers) -> str:
        return self.shown(getattr(numbers, self.metric.value))

    def next_order(self, asked: StandingsQuery) -> Order:
        """What a click on the column's head asks for: most first, then the other way round."""
        again = asked.metric is self.metric and asked.order is Order.DESC
        return Order.ASC if again else Order.DESC


def medal_of(row: StandingRow, metric: Metric) -> int | None:
    """1 to 3: gold, silver, bronze. None for nothing, and none for turnovers."""
    is_earned = metric is not Metric.TOV and getattr(row.numbers, metric.value) > 0
    return row.rank if row.rank and row.rank <= 3 and is_earned else None


COLUMNS = (
    Column(
        Metric.COMMITS,
        gettext_noop("Commits"),
        gettext_noop("Commits"),
        gettext_noop("Commits that count, each once"),
        number,
    ),
    Column(
        Metric.PTS,
        gettext_noop("PTS"),
        gettext_noop("Points"),
        gettext_noop("Points: for commits and lines added"),
    ),
    Column(
        Metric.REB,
        gettext_noop("REB"),
        gettext_noop("Rebounds"),
        gettext_noop("Rebounds: for lines deleted"),
    ),
    Column(
        Metric.AST,
        gettext_noop("AST"),
        gettext_noop("Assists"),
        gettext_noop("Assists: for wide changes and for helping others"),
    ),
    Column(
        Metric.BLK,
        gettext_noop("BLK"),
        gettext_noop("Blocks"),
        gettext_noop("Blocks: for fixes and reverts"),
    ),
    Column(
        Metric.STL,
        gettext_noop("STL"),
        gettext_noop("Steals"),
        gettext_noop("Steals: for mending a commit of another player"),
    ),
    Column(
        Metric.TOV,
        gettext_noop("TOV"),
        gettext_noop("Turnovers"),
        gettext_noop("Turnovers: for unfinished work; they cost impact"),
    ),
    Column(
        Metric.IMPACT,
        gettext_noop("Impact"),
        gettext_noop("Impact"),
        gettext_noop("Impact: all stats, each with its weight"),
        impact,
    ),
)
BY_METRIC = {column.metric.value: column for column in COLUMNS}
LEADING = (Metric.COMMITS, Metric.PTS, Metric.REB, Metric.AST, Metric.BLK, Metric.STL)
LONG_NAMES = {column.metric.value: column.long for column in COLUMNS} | {
    "jt": gettext_noop("Tickets named"),
    "cc": gettext_noop("Clean titles"),
    "additions": gettext_noop("Additions"),
    "deletions": gettext_noop("Deletions"),
    "files_changed": gettext_noop("Files changed"),
    "active_days": gettext_noop("Active days"),
}
