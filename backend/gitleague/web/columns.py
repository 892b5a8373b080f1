"""The columns of the table: their order, their words and how their numbers look."""

from collections.abc import Callable
from typing import NamedTuple

from gitleague.league.schemas import StandingsQuery
from gitleague.league.standings import StandingRow
from gitleague.league.stats import Metric, Numbers, Order
from gitleague.web.shown import impact, number, points


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
    Column(Metric.COMMITS, "Commits", "Commits", "Commits that count, each once", number),
    Column(Metric.PTS, "PTS", "Points", "Points: for commits and lines added"),
    Column(Metric.REB, "REB", "Rebounds", "Rebounds: for lines deleted"),
    Column(Metric.AST, "AST", "Assists", "Assists: for wide changes and for helping others"),
    Column(Metric.BLK, "BLK", "Blocks", "Blocks: for fixes and reverts"),
    Column(Metric.STL, "STL", "Steals", "Steals: for mending a commit of another player"),
    Column(Metric.TOV, "TOV", "Turnovers", "Turnovers: for unfinished work; they cost impact"),
    Column(Metric.IMPACT, "Impact", "Impact", "Impact: all stats, each with its weight", impact),
)
BY_METRIC = {column.metric.value: column for column in COLUMNS}
LEADING = (Metric.COMMITS, Metric.PTS, Metric.REB, Metric.AST, Metric.BLK, Metric.STL)
LONG_NAMES = {column.metric.value: column.long for column in COLUMNS} | {
    "jt": "Tickets named",
    "cc": "Clean titles",
}
