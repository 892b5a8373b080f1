"""Rules that many commits break together."""

import uuid
from collections import defaultdict
from datetime import timedelta
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

from gitleague.league.fairplay.habits import tiny_commits_on_a_day
from gitleague.league.fairplay.series import median_pause, percent_alike
from gitleague.league.fairplay.settings import CommitSplitting
from gitleague.league.fairplay.suspects import (
    MINUTE,
    Flagged,
    Look,
    Named,
    Suspect,
    figures,
    found,
    fresh_days,
    seconds,
    suspects,
)
from gitleague.tables.commits import CommitRow, Identity
from gitleague.tables.fairplay import FairPlayRule


def split_commits(session: Session, look: Look) -> list[Flagged]:
    """Bursts, which may go on past midnight. Of each the commit with most lines stands."""
    limits = look.settings.commit_splitting
    bursts = _bursts(session, look, limits)
    habits = tiny_commits_on_a_day(session, look.project_id, bursts, limits.lines)
    flags = []
    for burst, usual in zip(bursts, habits, strict=True):
        stands = min(burst, key=lambda row: (-row.lines, row.at, row.sha))
        pauses = [
            None,
            *(int((row.at - before.at).total_seconds()) for before, row in pairwise(burst)),
        ]
        named = [
            Named(
                row.sha,
                is_penalized=row is not stands,
                evidence={
                    "at": row.at.isoformat(),
                    "lines": row.lines,
                    "seconds_after_the_one_before": pause,
                },
            )
            for row, pause in zip(burst, pauses, strict=True)
        ]
        counted = figures(
            limits,
            commits=len(burst),
            lines=sum(row.lines for row in burst),
            minutes=_minutes(burst[-1].at - burst[0].at),
            quickest=min(
                _minutes(last.at - first.at)
                for first, last in zip(burst, burst[limits.commits - 1 :], strict=False)
            ),
            usual=usual,
            pause=median_pause(burst),
            alike=percent_alike([row.title for row in burst]),
        )
        flags.append(
            Flagged(
                FairPlayRule.COMMIT_SPLITTING, burst[0].identity_id, burst[0].day, counted, named
            )
        )
    return flags


def _minutes(took: timedelta) -> int:
    return int(took.total_seconds() // MINUTE)


def impossible_days(session: Session, look: Look) -> list[Flagged]:
    """The first commits of the day stand, as many as there may be."""
    limits = look.settings.impossible_day
    rule = FairPlayRule.IMPOSSIBLE_DAY
    rows = _crowded(session, look, rule, limits.commits + 1)
    flags = []
    for (_, day), group in groupby(rows, key=lambda row: (row.player_id, row.day)):
        commits = list(group)
        named = [
            Named(row.sha, is_penalized=True, evidence={"at": row.at.isoformat(), "number": number})
            for number, row in enumerate(commits, start=1)
            if number > limits.commits
        ]
        alike = percent_alike([row.title for row in commits])
        counted = figures(limits, commits=len(commits), alike=alike)
        flags.append(Flagged(rule, commits[0].identity_id, day, counted, named))
    return flags


def _crowded(session: Session, look: Look, rule: FairPlayRule, at_least: int) -> list[Suspect]:
    """The commits of each player and day where there are so many, in order."""
    crowd = func.count().over(partition_by=[Identity.player_id, CommitRow.day]).label("crowd")
    each = suspects(look, rule, *fresh_days(session, look)).add_columns(crowd).subquery()
    columns = [each.c[name] for name in Suspect._fields]
    rows = found(session, select(*columns).where(each.c.crowd >= at_least))
    return sorted(rows, key=lambda row: (row.player_id, row.day))


def _bursts(session: Session, look: Look, limits: CommitSplitting) -> list[list[Suspect]]:
    """Tiny commits of a player in a repository, as many in as few minutes as the limits say."""
    tiny = CommitRow.additions + CommitRow.deletions <= limits.lines
    near = fresh_days(session, look, beside=(-1, 1))
    each = suspects(look, FairPlayRule.COMMIT_SPLITTING, *near, tiny).subquery()
    numbered = _numbered(each, seconds(session, each.c.at), limits)
    columns = [numbered.c[name] for name in (*Suspect._fields, "burst")]
    bursts: defaultdict[tuple[uuid.UUID, uuid.UUID, int], list[Suspect]] = defaultdict(list)
    for *columns_of, number in session.execute(select(*columns).where(numbered.c.is_in == 1)):
        row = Suspect(*columns_of)
        bursts[row.player_id, row.repo_id, number].append(row)
    in_order = [sorted(burst, key=lambda row: (row.at, row.sha)) for burst in bursts.values()]
    return sorted(in_order, key=lambda burst: (burst[0].at, burst[0].sha))


def _numbered(each: Subquery, moment: ColumnElement[int], limits: CommitSplitting) -> Subquery:
    """Which commits are in a burst, and a number for each `burst`.

    So many in a row that are quick enough end at a commit that `closes` a run. Runs that share
    a commit are one burst.
    """
    count, quick = limits.commits, limits.commits * limits.minutes * MINUTE
    timed = select(each, moment.label("moment")).subquery()
    in_order: dict[str, Any] = {
        "partition_by": [timed.c.player_id, timed.c.repo_id],
        "order_by": [timed.c.moment, timed.c.sha],
    }
    first = func.lag(timed.c.moment, count - 1).over(**in_order)
    closes = case((timed.c.moment - first <= quick, 1), else_=0).label("closes")
    closing = select(timed, closes).subquery()
    of_closing: dict[str, Any] = {
        "partition_by": [closing.c.player_id, closing.c.repo_id],
        "order_by": [closing.c.moment, closing.c.sha],
    }
    is_in = func.max(closing.c.closes).over(**of_closing, rows=(0, count - 1)).label("is_in")
    joined = func.max(closing.c.closes).over(**of_closing, rows=(0, count - 2))
    marked = select(closing, is_in, (1 - joined).label("begins")).subquery()
    burst = func.sum(marked.c.begins).over(
        partition_by=[marked.c.player_id, marked.c.repo_id],
        order_by=[marked.c.moment, marked.c.sha],
    )
    return select(marked, burst.label("burst")).subquery()
