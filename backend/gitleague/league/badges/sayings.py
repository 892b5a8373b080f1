"""What badges and cards say."""

import uuid
from enum import Enum

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.badges.drawing import Card
from gitleague.league.cards import PlayerRow
from gitleague.league.periods import Window
from gitleague.league.standings import Slice, StandingRow, standings
from gitleague.league.stats import UNITS, Metric
from gitleague.league.totals import Plan, ledger, ledger_of, plan, sums_of
from gitleague.tables.commits import Player

SHOWN = (Metric.IMPACT, Metric.COMMITS, Metric.PTS, Metric.REB, Metric.AST, Metric.BLK, Metric.STL)
NOT_PLAYED, NO_RANK = "not played", "no rank"


class Badge(str, Enum):
    """What a badge of the league shows."""

    LEADER = "leader"
    PLAYERS = "players"
    COMMITS = "commits"


def of_league(session: Session, project_id: uuid.UUID, what: Badge, window: Window) -> str:
    if what is Badge.COMMITS:
        return f"{_commits(session, project_id, window):,}"
    table = standings(session, Slice(project_id, window), limit=1)
    if what is Badge.PLAYERS:
        return f"{table.total:,}"
    first = table.rows[0] if table.rows else None
    return first.name if first and first.rank else "nobody yet"


def of_player(row: StandingRow | None, metric: Metric) -> str:
    if row is None:
        return NOT_PLAYED
    return f"{_place(row)} with {_number(row, metric)} {_word(metric)}"


def said_of(player: PlayerRow, row: StandingRow | None, league: str) -> Card:
    if row is None:
        return Card(player.name, NOT_PLAYED, league, ())
    stats = [(_word(metric), _number(row, metric)) for metric in SHOWN]
    place = f"{_place(row)} of {row.among}" if row.rank else _place(row)
    return Card(player.name, place, league, stats)


def _place(row: StandingRow) -> str:
    return f"#{row.rank}" if row.rank else NO_RANK


def _commits(session: Session, project_id: uuid.UUID, window: Window) -> int:
    books = ledger_of(session, ledger(session, project_id), window)
    return int(session.scalar(*_sum(plan(books, window.first, window.last))) or 0)


@prepared
def _sum(of: Plan) -> Select[tuple[int]]:
    sums = sums_of(of, names=["commits"])
    played = and_(Player.project_id == of.project_id, Player.id == sums.c.player_id)
    counted = select(func.sum(sums.c.commits)).select_from(sums).join(Player, played)
    return counted.where(Player.is_bot.is_(False))


def _word(metric: Metric) -> str:
    plain = metric in {Metric.IMPACT, Metric.COMMITS} or "_" in metric.value
    words = metric.value.replace("_", " ")
    return words if plain or len(words) > 3 else words.upper()


def _number(row: StandingRow, metric: Metric) -> str:
    return f"{round(getattr(row.numbers, metric.value) / UNITS.get(metric.value, 1)):,}"
