"""Rules that many commits break together."""

import uuid
from collections import defaultdict
from itertools import groupby, pairwise

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

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
    flags = []
    for burst in _bursts(session, look, limits):
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
            minutes=int((burst[-1].at - burst[0].at).total_seconds() // 60),
        )
        flags.append(
            Flagged(
                FairPlayRule.COMMIT_SPLITTING, burst[0].identity_id, burst[0].day, counted, named
            )
        )
    return flags


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
        counted = figures(limits, commits=len(commits))
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
    """Tiny commits of a player in a repository, none long after the one before, if so many."""
    tiny = CommitRow.additions + CommitRow.deletions <= limits.lines
    near = fresh_days(session, look, beside=(-1, 1))
    each = suspects(look, FairPlayRule.COMMIT_SPLITTING, *near, tiny).subquery()
    numbered = _numbered(each, seconds(session, each.c.at), limits.minutes * MINUTE)
    of_burst = [numbered.c[name] for name in ("player_id", "repo_id", "burst")]
    sized = select(numbered, func.count().over(partition_by=of_burst).label("crowd")).subquery()
    columns = [sized.c[name] for name in (*Suspect._fields, "burst")]
    bursts: defaultdict[tuple[uuid.UUID, uuid.UUID, int], list[Suspect]] = defaultdict(list)
    for *columns_of, number in session.execute(
        select(*columns).where(sized.c.crowd >= limits.commits)
    ):
        row = Suspect(*columns_of)
        bursts[row.player_id, row.repo_id, number].append(row)
    in_order = [sorted(burst, key=lambda row: (row.at, row.sha)) for burst in bursts.values()]
    return sorted(in_order, key=lambda burst: (burst[0].at, burst[0].sha))


def _numbered(each: Subquery, moment: ColumnElement[int], pause: int) -> Subquery:
    """A number for each `burst`: one more after every pause that is longer."""
    whose = [each.c.player_id, each.c.repo_id]
    before = func.lag(moment).over(partition_by=whose, order_by=[moment, each.c.sha])
    begins = case((moment - before > pause, 1), else_=0).label("begins")
    marked = select(each, moment.label("moment"), begins).subquery()
    burst = func.sum(marked.c.begins).over(
        partition_by=[marked.c.player_id, marked.c.repo_id],
        order_by=[marked.c.moment, marked.c.sha],
    )
    return select(marked, burst.label("burst")).subquery()
