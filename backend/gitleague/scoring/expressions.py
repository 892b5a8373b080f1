"""`rules/score.py` said in SQL: the same whole-number arithmetic, over columns.

Stats are in hundredths of a point, impact in ten-thousandths. A test holds the two together.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import Rules, hundredths
from gitleague_client.rules.score import Stats
from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, literal
from sqlalchemy.orm import InstrumentedAttribute

from gitleague.tables.commits import CommitRow

Number: TypeAlias = ColumnElement[int]


def is_scored(*, score_merges: bool) -> ColumnElement[bool]:
    """Rows that count in their change and are in the game."""
    if score_merges:
        return CommitRow.counts.is_(True)
    return and_(CommitRow.counts, ~_has(Flag.MERGE))


def author_stats(rules: Rules) -> dict[str, Number]:
    """The author's credit, by the names of `Stats`."""
    added, deleted = _lines(rules)
    points = hundredths(rules.commit_points) + _capped(added, rules.additions_cap) * _whole(
        rules.additions_weight
    )
    stats = {
        "pts": case((CommitRow.is_reverted, 0), else_=points),
        "reb": _capped(deleted, rules.deletions_cap) * _whole(rules.deletions_weight),
        "ast": _worth(CommitRow.files_changed > rules.many_files, rules.many_files_points),
        "blk": _worth(_has(Flag.FIX | Flag.REVERT), rules.block_points),
        "stl": _worth(CommitRow.is_steal.is_(True), rules.steal_points),
        "tov": _worth(_has(Flag.WIP), rules.turnover_points),
        "jt": _worth(_has(Flag.TICKET), rules.ticket_points),
        "cc": _worth(_has(Flag.CLEAN), rules.clean_points),
    }
    return {name: _kept(stat, rules, CommitRow.flags) for name, stat in stats.items()}


def coauthor_stats(rules: Rules, flags: Number | InstrumentedAttribute[int]) -> dict[str, Number]:
    """A co-author's credit in a commit with these flags: an assist."""
    nothing = {name: literal(0) for name in Stats._fields}
    return nothing | {"ast": _kept(_whole(rules.coauthor_points), rules, flags)}


def is_assisted(flags: Number | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """An AI assistant had a hand in it."""
    return flags.bitwise_and(int(Flag.ASSISTED)) != 0


def impact(stats: dict[str, Number], rules: Rules) -> Number:
    """Each stat times its weight."""
    total: Number = literal(0, BigInteger)
    for name, weight in rules.weights._asdict().items():
        total += stats[name] * literal(weight, BigInteger)  # an int by an int would be an int
    return total


def _kept(stat: Number, rules: Rules, flags: Number | InstrumentedAttribute[int]) -> Number:
    """What counts of a stat, rounded down: no stat is negative."""
    if rules.ai_percent == 100:
        return stat
    return case((is_assisted(flags), stat * rules.ai_percent // 100), else_=stat)


def _lines(rules: Rules) -> tuple[Number, Number]:
    """Lines that score: without those of excluded files, which ingest keeps within the total."""
    if rules.score_excluded_lines:
        return _wide(CommitRow.additions), _wide(CommitRow.deletions)
    return (
        _wide(CommitRow.additions - CommitRow.excluded_additions),
        _wide(CommitRow.deletions - CommitRow.excluded_deletions),
    )


def _wide(number: ColumnElement[int] | InstrumentedAttribute[int]) -> Number:
    """Lines times points outgrow 32 bits."""
    return cast(number, BigInteger)


def _capped(number: Number, cap: int) -> Number:
    return case((number < cap, number), else_=cap)


def _has(flags: Flag) -> ColumnElement[bool]:
    return CommitRow.flags.bitwise_and(int(flags)) != 0


def _worth(condition: ColumnElement[bool], points: Decimal) -> Number:
    return case((condition, hundredths(points)), else_=0)


def _whole(points: Decimal) -> Number:
    return literal(hundredths(points), BigInteger)
