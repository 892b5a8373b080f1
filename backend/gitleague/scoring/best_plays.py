"""The commits with most impact: found in the commits, and kept for each player and month."""

from __future__ import annotations

import uuid
from datetime import date
from functools import lru_cache
from typing import Any

from gitleague_client.rules.defaults import Rules
from sqlalchemy import (
    BindParameter,
    Delete,
    Insert,
    Select,
    and_,
    delete,
    extract,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.core.sets import Unindexed, table_of
from gitleague.scoring.days import Days
from gitleague.scoring.expressions import author_stats, impact, is_scored
from gitleague.scoring.parameters import FIRST, LAST, PROJECT, VERSION, given
from gitleague.tables.commits import CommitRow, Identity
from gitleague.tables.scores import BestPlay

KEPT = 5  # of each player and month
_FOUND = ("player_id", "place", "repo_id", "sha", "day", "impact")


def best_of_each(
    project_id: uuid.UUID | BindParameter[uuid.UUID],
    days: Days | tuple[BindParameter[date], BindParameter[date]],
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
    # From people to their commits of these days, by the index over authors: SQLite would read all
    # commits of the league else, for each month.
    of_project = Unindexed(CommitRow.project_id)
    wrote = and_(Identity.project_id == of_project, Identity.id == CommitRow.author_id)
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
            Identity.project_id == project_id,
            of_project == project_id,
            CommitRow.day.between(*days),
            is_scored(score_merges=rules.score_merges),
            *chosen,
        )
        .subquery()
    )
    return select(*(each.c[name] for name in _FOUND)).where(each.c.place <= KEPT)


def keep(session: Session, project_id: uuid.UUID, version: int, month: Days, rules: Rules) -> None:
    """Instead of those that were kept of this month."""
    session.execute(*_kept(project_id, version, month))
    session.execute(_keeping(rules), given(project_id, version, month))


@lru_cache(maxsize=64)
def _keeping(rules: Rules) -> Insert:
    found = best_of_each(PROJECT, (FIRST, LAST), rules).subquery()
    columns = ["project_id", "rules_version", "month", *_FOUND]
    owned = select(PROJECT, VERSION, FIRST, *found.c)
    return insert(table_of(BestPlay)).from_select(columns, owned)


def forget(session: Session, project_id: uuid.UUID, version: int, days: Days | None = None) -> None:
    """The box scores of this version are gone, or those of a month."""
    session.execute(*_kept(project_id, version, days))


@prepared
def _kept(project_id: uuid.UUID, version: int, months: Days | None) -> Delete:
    """Of these months, or of all."""
    kept = delete(BestPlay).where(
        BestPlay.project_id == project_id, BestPlay.rules_version == version
    )
    of_months = kept if months is None else kept.where(BestPlay.month.between(*months))
    return of_months.execution_options(synchronize_session=False)
