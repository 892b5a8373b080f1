"""How the points of a commit come about: every rule that gave some, with its numbers and cap.

The sums of the lines are the stats of `score`, to the last hundredth.
"""

from __future__ import annotations

from typing import NamedTuple

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import DEFAULT_RULES, Rules, hundredths
from gitleague_client.rules.score import (
    Play,
    Stats,
    author_stats,
    coauthor_stats,
    counts,
    impact,
    kept_percent,
)


class Line(NamedTuple):
    """`points` = min(`amount`, `cap`) times `each`; both in hundredths of a point."""

    stat: str
    reason: str
    points: int
    amount: int = 1
    each: int = 0
    cap: int | None = None

    @property
    def is_capped(self) -> bool:
        return self.cap is not None and self.amount > self.cap


class Share(NamedTuple):
    """What a stat adds to the impact: hundredths times hundredths, so ten-thousandths."""

    stat: str
    points: int
    weight: int
    impact: int


class Working(NamedTuple):
    lines: list[Line]
    shares: list[Share]
    stats: Stats
    impact: int


def working(play: Play, rules: Rules = DEFAULT_RULES, *, as_coauthor: bool = False) -> Working:
    """The whole working of one player's credit in a commit."""
    stats = coauthor_stats(play, rules) if as_coauthor else author_stats(play, rules)
    whole = play._replace(flags=play.flags & ~Flag.ASSISTED)
    if as_coauthor:
        earned = coauthor_stats(whole, rules)
        lines = [_once("ast", "named as a co-author", earned.ast)]
    else:
        earned = author_stats(whole, rules)
        lines = _author_lines(whole, earned, rules)
    lines += _assistants_lines(earned, stats, kept_percent(play, rules))
    shares = [
        Share(stat, points, weight, points * weight)
        for stat, points, weight in zip(Stats._fields, stats, rules.weights, strict=True)
        if points
    ]
    return Working([line for line in lines if line.points], shares, stats, impact(stats, rules))


def _author_lines(play: Play, stats: Stats, rules: Rules) -> list[Line]:
    if not counts(play, rules):
        return []
    is_revert = bool(play.flags & Flag.REVERT)
    return [
        *_pts_lines(play, rules),
        _lines_of("reb", play.deletions, play.excluded_deletions, rules),
        _once("ast", f"more than {rules.many_files} files changed", stats.ast),
        _once("blk", "a revert" if is_revert else "a fix", stats.blk),
        _once("stl", "mends a commit of another player", stats.stl),
        _once("tov", "work in progress", stats.tov),
        _once("jt", "names a ticket", stats.jt),
        _once("cc", "a clean title", stats.cc),
    ]


def _assistants_lines(earned: Stats, stats: Stats, percent: int) -> list[Line]:
    """What the project does not count of an AI-assisted commit."""
    reason = f"AI-assisted: {percent} % counts"
    return [
        _once(stat, reason, kept - whole)
        for stat, whole, kept in zip(Stats._fields, earned, stats, strict=True)
    ]


def _pts_lines(play: Play, rules: Rules) -> list[Line]:
    lines = [
        _once("pts", "for the commit", hundredths(rules.commit_points)),
        _lines_of("pts", play.additions, play.excluded_additions, rules),
    ]
    if play.is_reverted:
        earned = sum(line.points for line in lines)
        lines.append(_once("pts", "given back: a later commit reverted it", -earned))
    return lines


def _lines_of(stat: str, lines: int, excluded: int, rules: Rules) -> Line:
    """Points for the lines that were added (pts) or deleted (reb)."""
    adds = stat == "pts"
    each = hundredths(rules.additions_weight if adds else rules.deletions_weight)
    cap = rules.additions_cap if adds else rules.deletions_cap
    reason = "lines added" if adds else "lines deleted"
    counted = lines
    if excluded and not rules.score_excluded_lines:
        counted -= min(excluded, lines)
        reason += f", {lines - counted:,} in generated or vendored files left out"
    return Line(stat, reason, min(counted, cap) * each, counted, each, cap)


def _once(stat: str, reason: str, points: int) -> Line:
    return Line(stat, reason, points, each=points)
