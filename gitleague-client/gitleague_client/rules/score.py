"""Flags and numbers to points: whole-number arithmetic, said again in SQL by the server.

Stats are in hundredths of a point, impact in ten-thousandths.
"""

from __future__ import annotations

from typing import NamedTuple

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import DEFAULT_RULES, Rules, hundredths

STAT_UNIT = 100
IMPACT_UNIT = 10_000


class Play(NamedTuple):
    """What the points of a commit depend on, and nothing else."""

    additions: int
    deletions: int
    files_changed: int
    flags: Flag
    excluded_additions: int = 0
    excluded_deletions: int = 0
    is_steal: bool = False  # fixes or reverts a commit of another player
    is_reverted: bool = False  # a later commit took it back


class Stats(NamedTuple):
    """Hundredths of a point; the order is that of `defaults.Weights`."""

    pts: int = 0
    reb: int = 0
    ast: int = 0
    blk: int = 0
    stl: int = 0
    tov: int = 0
    jt: int = 0
    cc: int = 0


def counts(play: Play, rules: Rules = DEFAULT_RULES) -> bool:
    """Merges are outside the game unless the project plays them."""
    return rules.score_merges or not play.flags & Flag.MERGE


def author_stats(play: Play, rules: Rules = DEFAULT_RULES) -> Stats:
    """The author's credit in a commit."""
    if not counts(play, rules):
        return Stats()
    added, deleted = play.additions, play.deletions
    if not rules.score_excluded_lines:
        added -= min(play.excluded_additions, added)
        deleted -= min(play.excluded_deletions, deleted)
    points = hundredths(rules.commit_points)
    points += min(added, rules.additions_cap) * hundredths(rules.additions_weight)
    flags = play.flags
    stats = Stats(
        pts=0 if play.is_reverted else points,
        reb=min(deleted, rules.deletions_cap) * hundredths(rules.deletions_weight),
        ast=hundredths(rules.many_files_points) if play.files_changed > rules.many_files else 0,
        blk=hundredths(rules.block_points) if flags & (Flag.FIX | Flag.REVERT) else 0,
        stl=hundredths(rules.steal_points) if play.is_steal else 0,
        tov=hundredths(rules.turnover_points) if flags & Flag.WIP else 0,
        jt=hundredths(rules.ticket_points) if flags & Flag.TICKET else 0,
        cc=hundredths(rules.clean_points) if flags & Flag.CLEAN else 0,
    )
    return _kept(stats, play, rules)


def coauthor_stats(play: Play, rules: Rules = DEFAULT_RULES) -> Stats:
    """A co-author's credit: an assist."""
    if not counts(play, rules):
        return Stats()
    return _kept(Stats(ast=hundredths(rules.coauthor_points)), play, rules)


def kept_percent(play: Play, rules: Rules = DEFAULT_RULES) -> int:
    """How much of each stat counts."""
    return rules.ai_percent if play.flags & Flag.ASSISTED else 100


def _kept(stats: Stats, play: Play, rules: Rules) -> Stats:
    """Each stat is rounded down to its hundredth, so that sums stay whole."""
    percent = kept_percent(play, rules)
    return Stats(*(stat * percent // 100 for stat in stats))


def impact(stats: Stats, rules: Rules = DEFAULT_RULES) -> int:
    """Ten-thousandths: each stat times its weight."""
    return sum(stat * weight for stat, weight in zip(stats, rules.weights, strict=True))
