"""What is usual for a player, so that a burst is told from how they always work."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from statistics import median_low

from gitleague_client.rules.classify import Flag
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from gitleague.league.fairplay.suspects import Suspect
from gitleague.tables.commits import CommitRow, Identity

BEFORE = timedelta(days=90)


def tiny_commits_on_a_day(
    session: Session, project_id: uuid.UUID, bursts: Collection[list[Suspect]], lines: int
) -> list[int]:
    """Of each burst: the median over the player's active days of the 90 days before it.

    Commits of the bursts are not in it: who splits every day does not make it usual.
    """
    if not bursts:
        return []
    counted = _counted(session, project_id, bursts, lines)
    of_bursts: defaultdict[tuple[uuid.UUID, date], int] = defaultdict(int)
    for burst in bursts:
        for commit in burst:
            of_bursts[commit.player_id, commit.day] += 1
    usual = []
    for burst in bursts:
        player, begins = burst[0].player_id, burst[0].day
        days = [
            tiny - of_bursts[player, day]
            for day, tiny in counted.get(player, {}).items()
            if begins - BEFORE <= day < begins
        ]
        usual.append(max(0, median_low(days)) if days else 0)
    return usual


def _counted(
    session: Session, project_id: uuid.UUID, bursts: Collection[list[Suspect]], lines: int
) -> Mapping[uuid.UUID, Mapping[date, int]]:
    """Tiny commits of each player and active day, in all repositories."""
    first = min(burst[0].day for burst in bursts) - BEFORE
    last = max(burst[0].day for burst in bursts)
    players = {burst[0].player_id for burst in bursts}
    wrote = and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id)
    is_tiny = case((CommitRow.additions + CommitRow.deletions <= lines, 1), else_=0)
    rows = session.execute(
        select(Identity.player_id, CommitRow.day, func.sum(is_tiny))
        .join(Identity, wrote)
        .where(
            CommitRow.project_id == project_id,
            CommitRow.counts.is_(True),
            CommitRow.flags.bitwise_and(int(Flag.MERGE)) == 0,
            CommitRow.day.between(first, last),
            Identity.player_id.in_(players),
        )
        .group_by(Identity.player_id, CommitRow.day)
    )
    days: defaultdict[uuid.UUID, dict[date, int]] = defaultdict(dict)
    for player, day, tiny in rows:
        days[player][day] = int(tiny)
    return days
