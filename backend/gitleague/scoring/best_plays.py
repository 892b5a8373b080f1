"""The commits with most impact: found in the commits, and kept for each player and month."""

from __future__ import annotations

import uuid
from typing import Any

from gitleague_client.rules.defaults import Rules
from sqlalchemy import Select, and_, delete, extract, func, insert, literal, select
from sqlalchemy.orm import Session

from gitleague.scoring.days import Days
from gitleague.scoring.expressions import author_stats, impact, is_scored
from gitleague.tables.commits import CommitRow, Identity
from gitleague.tables.scores import BestPlay

KEPT = 5  # of each player and month
_FOUND = ("player_id", "place", "repo_id", "sha", "day", "impact")


def best_of_each(
    project_id: uuid.UUID,
    days: Days,
    rules: Rules,
    *,
    player_id: uuid.UUID | None = None,
    repo_id: uuid.UUID | None = None,
) -> Select[Any]:
    """The columns of a `BestPlay` from `player_id` on: the best few of each player and month."""
    chosen = [
        *([] if player_id is None else [Identity.player_id == player_id]),
        *([] if repo_id is None else [CommitRow.repo_id == repo_id]),
    ]
    worth = impact(author_stats(rules), rules)
    of_month = [extract("year", CommitRow.day), extract("month", CommitRow.day)]
    nth = func.row_number().over(
        partition_by=[Identity.player_id, *of_month],
        order_by=[worth.desc(), CommitRow.commit_date, CommitRow.sha],
    )
    wrote = and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id)
    each = (
        select(
            Identity.player_id,
            nth.label("place"),
            CommitRow.repo_id,
            CommitRow.sha,
            CommitRow.day,
            worth.label("impact"),
        )
        .join(Identity, wrote)
        .where(
            CommitRow.project_id == project_id,
            CommitRow.day.between(days.first, days.last),
            is_scored(rules),
            *chosen,
        )
        .subquery()
    )
    return select(*(each.c[name] for name in _FOUND)).where(each.c.place <= KEPT)


def keep(session: Session, project_id: uuid.UUID, version: int, month: Days, rules: Rules) -> None:
    """Instead of those that were kept of this month."""
    session.execute(
        delete(BestPlay).where(
            BestPlay.project_id == project_id,
            BestPlay.rules_version == version,
            BestPlay.month == month.first,
        )
    )
    found = best_of_each(project_id, month, rules).subquery()
    columns = ("project_id", "rules_version", "month", *_FOUND)
    owned = select(literal(project_id), literal(version), literal(month.first), *found.c)
    session.execute(insert(BestPlay).from_select(columns, owned))


def forget(session: Session, project_id: uuid.UUID, version: int) -> None:
    """The box scores of this version are gone."""
    session.execute(
        delete(BestPlay).where(BestPlay.project_id == project_id, BestPlay.rules_version == version)
    )
