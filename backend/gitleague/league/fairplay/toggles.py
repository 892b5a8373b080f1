"""The same lines put in and taken out, again and again, without a word of reverting."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from gitleague.league.fairplay.ping_pong import ping_pong
from gitleague.league.fairplay.settings import RevertPingPong
from gitleague.league.fairplay.suspects import (
    Flagged,
    Look,
    Named,
    Suspect,
    figures,
    found,
    fresh_commits,
    suspects,
)
from gitleague.tables.commits import CommitRow, Identity
from gitleague.tables.fairplay import FairPlayRule

RULE = FairPlayRule.REVERT_PING_PONG


def back_and_forth(session: Session, look: Look) -> list[Flagged]:
    """Reverts that say so, and toggles that do not. Of each row the first stands."""
    flags = ping_pong(session, look)
    named = {commit.sha for flag in flags for commit in flag.commits}
    rows = [row for row in _like_each_other(session, look) if row.sha not in named]
    limits = look.settings.revert_ping_pong
    for toggles in _runs(rows, limits):
        counted = figures(limits, toggles=len(toggles), lines=_net_lines(toggles[0]))
        commits = [
            Named(
                row.sha,
                is_penalized=number > 1,
                evidence={
                    "at": row.at.isoformat(),
                    "number": number,
                    "additions": row.additions,
                    "lines": row.lines,
                },
            )
            for number, row in enumerate(toggles, start=1)
        ]
        flags.append(Flagged(RULE, toggles[0].identity_id, toggles[0].day, counted, commits))
    return flags


def _like_each_other(session: Session, look: Look) -> list[Suspect]:
    """Where many commits of a player in a repository change as many lines, in either direction.

    As many lines in as out tell nothing: a new version, set again and again, looks the same.
    """
    limits = look.settings.revert_ping_pong
    many_lines = func.abs(CommitRow.additions - CommitRow.deletions) >= limits.lines
    wanted = [many_lines]
    if look.since is not None:
        fresh = found(session, suspects(look, RULE, many_lines, *fresh_commits(look)))
        if not fresh:
            return []
        wanted.append(CommitRow.day >= _first_day(fresh, limits))
        wanted.append(Identity.player_id.in_({row.player_id for row in fresh}))
    each = suspects(look, RULE, *wanted).subquery()
    like = [each.c.player_id, each.c.repo_id, each.c.files_changed, *_in_and_out(each.c)]
    crowd = func.count().over(partition_by=like).label("crowd")
    counted = select(each, crowd).subquery()
    columns = [counted.c[name] for name in Suspect._fields]
    return found(session, select(*columns).where(counted.c.crowd >= limits.toggles))


def _net_lines(toggle: Suspect) -> int:
    return abs(toggle.additions - toggle.deletions)


def _in_and_out(columns: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The same of a commit and of the one that takes it back."""
    added, deleted = columns.additions, columns.deletions
    return (
        case((added < deleted, added), else_=deleted),
        case((added < deleted, deleted), else_=added),
    )


def _first_day(fresh: Iterable[Suspect], limits: RevertPingPong) -> date:
    """A row that a fresh commit makes long enough began no earlier."""
    return min(row.day for row in fresh) - timedelta(days=limits.days * limits.toggles)


def _runs(rows: Iterable[Suspect], limits: RevertPingPong) -> list[list[Suspect]]:
    """Those that are long enough, each in order."""

    def alike(row: Suspect) -> tuple[Any, ...]:
        numbers = sorted((row.additions, row.deletions))
        return (str(row.player_id), str(row.repo_id), row.files_changed, *numbers)

    runs: list[list[Suspect]] = []
    for _, group in groupby(sorted(rows, key=alike), key=alike):
        runs.append([])
        for row in group:
            if runs[-1] and not _takes_back(runs[-1][-1], row, limits):
                runs.append([])
            runs[-1].append(row)
    return [run for run in runs if len(run) >= limits.toggles]


def _takes_back(before: Suspect, row: Suspect, limits: RevertPingPong) -> bool:
    is_soon = row.at - before.at <= timedelta(days=limits.days)
    return is_soon and (before.additions, before.deletions) == (row.deletions, row.additions)
