"""Box scores per identity, repo and day: add what commits score, take it back, build them anew.

Points go in and out through the same SELECT, so what was added is what is taken back.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any, TypeAlias

from gitleague_client.rules.defaults import Rules
from gitleague_client.rules.score import Stats
from sqlalchemy import (
    CTE,
    ColumnElement,
    Insert,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from gitleague.core.sets import (
    Unindexed,
    among,
    count_differing,
    is_one_of,
    is_sqlite,
    table_of,
    texts,
)
from gitleague.projects.leagues import check_locked, lock_project
from gitleague.scoring import totals
from gitleague.scoring.days import Days
from gitleague.scoring.expressions import (
    author_stats,
    coauthor_stats,
    impact,
    is_assisted,
    is_scored,
)
from gitleague.scoring.parameters import FIRST, LAST, PROJECT, VERSION, given
from gitleague.scoring.players import player_of
from gitleague.scoring.rules import RulesInForce, newest_version, rules_at, rules_in_force
from gitleague.tables.commits import CoAuthor, CommitRow, Identity
from gitleague.tables.scores import BoxScore

# Commits by their shas, those of some days, or all there are.
Which: TypeAlias = "Collection[str] | Days | None"
SIGN = bindparam("with_sign", type_=Integer())
SHAS = texts("of_shas")
KEY = ("project_id", "rules_version", "day", "identity_id", "repo_id")
SUMS = (
    "credits",
    "commits",
    "assisted",
    "additions",
    "deletions",
    "files_changed",
    *Stats._fields,
    "impact",
)
_FACTS = ("commits", "assisted", "additions", "deletions", "files_changed")  # not a co-author's


class Chosen(Enum):
    """How a statement chooses commits; by their shas, each database in its own way."""

    ALL = "all"
    DAYS = "days"
    ON_SQLITE = "shas on SQLite"
    ON_POSTGRESQL = "shas on PostgreSQL"


# As text, since SQLAlchemy writes a statement with its own `on_conflict_do_update` anew each time,
# which takes longer than to run it.
_ADDED = text(
    f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = box_scores.{name} + excluded.{name}" for name in SUMS)
)


def add(session: Session, project_id: uuid.UUID, shas: Collection[str]) -> None:
    """What the commits score joins the box scores in force, and those that are being built."""
    if shas:
        days = _days_of(session, project_id, shas)
        for of in _kept(session, project_id):
            _move(session, project_id, of, shas, sign=1)
            totals.mark(session, project_id, of.version, days)


def take_back(session: Session, project_id: uuid.UUID, shas: Collection[str]) -> None:
    """Undoes `add`; to be called before anything changes that the points depend on."""
    if not shas:
        return
    days = _days_of(session, project_id, shas)
    for of in _kept(session, project_id):
        _move(session, project_id, of, shas, sign=-1)
        _remove_empty(session, project_id, of.version, days)
        totals.mark(session, project_id, of.version, days)


def _kept(session: Session, project_id: uuid.UUID) -> list[RulesInForce]:
    """The box scores that follow each commit; before they are built, the newest are in pieces."""
    in_force = rules_in_force(session, project_id)
    newest = newest_version(session, project_id)
    if newest == in_force.version:
        return [in_force]
    return [in_force, RulesInForce(newest, rules_at(session, project_id, newest))]


def recompute(session: Session, project_id: uuid.UUID) -> None:
    """Builds the box scores in force anew, from the commits alone."""
    lock_project(session, project_id)
    of = rules_in_force(session, project_id)
    for days in months(session, project_id, of.version):
        rebuild_days(session, project_id, of, days)


def months(session: Session, project_id: uuid.UUID, version: int) -> list[Days]:
    """Those in which there is a commit or a box score of a version, the newest first."""
    commits = select(CommitRow.day).where(CommitRow.project_id == project_id).distinct()
    scored = scored_months(session, project_id, version)
    return sorted({*scored, *_months_of(session.scalars(commits))}, reverse=True)


def scored_months(session: Session, project_id: uuid.UUID, version: int) -> list[Days]:
    """Those in which there is a box score of a version, the newest first."""
    scores = select(BoxScore.day).where(
        BoxScore.project_id == project_id, BoxScore.rules_version == version
    )
    return sorted(_months_of(session.scalars(scores.distinct())), reverse=True)


def _months_of(days: Iterable[date]) -> set[Days]:
    firsts = {totals.month_of(day) for day in days}
    return {Days(first, totals.end_of(first)) for first in firsts}


def rebuild_days(session: Session, project_id: uuid.UUID, of: RulesInForce, days: Days) -> None:
    """The box scores of a month of one version of the rules, from the commits alone."""
    remove_days(session, project_id, of.version, days)
    _move(session, project_id, of, days, sign=1)
    totals.mark(session, project_id, of.version, [days.first])


def remove_days(session: Session, project_id: uuid.UUID, version: int, days: Days) -> None:
    """The box scores of these days; what was summed up of them holds no longer."""
    check_locked(session, project_id)
    session.execute(
        delete(BoxScore).where(
            BoxScore.project_id == project_id,
            BoxScore.rules_version == version,
            BoxScore.day.between(*days),
        )
    )


def build(session: Session, project_id: uuid.UUID, of: RulesInForce, days: Days) -> None:
    """The box scores of these days, where there are none. Nobody is told, and nothing summed up."""
    _move(session, project_id, of, days, sign=1)
    played = select(BoxScore.day).where(
        BoxScore.project_id == project_id, BoxScore.rules_version == of.version
    )
    found = {totals.month_of(day) for day in session.scalars(played.distinct())}
    totals.write_stale(session, project_id, {(of.version, month) for month in found})


def remove(session: Session, project_id: uuid.UUID, version: int) -> None:
    """The box scores of a version, with all that follows from them."""
    check_locked(session, project_id)
    session.execute(
        delete(BoxScore).where(BoxScore.project_id == project_id, BoxScore.rules_version == version)
    )
    totals.forget(session, project_id, version)


def freeze(session: Session, project_id: uuid.UUID, version: int, *, days: Days) -> None:
    """Copies the box scores in force of these days to a version that nothing will change."""
    check_locked(session, project_id)
    in_force = rules_in_force(session, project_id).version
    kept = [column for column in (*KEY, *SUMS) if column != "rules_version"]
    copied = select(literal(version), *(getattr(BoxScore, column) for column in kept)).where(
        BoxScore.project_id == project_id,
        BoxScore.rules_version == in_force,
        BoxScore.day.between(*days),
    )
    session.execute(insert(BoxScore).from_select(["rules_version", *kept], copied))
    _mark_all(session, project_id, version)


def count_off(session: Session, project_id: uuid.UUID) -> int:
    """How many of the box scores in force are not what the commits score."""
    of = rules_in_force(session, project_id)
    parts = (_authored(of.rules, Chosen.ALL), _assisted(of.rules, Chosen.ALL))
    scored = union_all(*parts).subquery()
    columns = list(scored.c)
    key, sums = columns[: len(KEY)], columns[len(KEY) :]
    expected = select(*key, *(func.sum(each).label(each.key) for each in sums)).group_by(*key)
    stored = select(*(getattr(BoxScore, name) for name in (*KEY, *SUMS))).where(
        BoxScore.project_id == project_id, BoxScore.rules_version == of.version
    )
    return count_differing(
        session, expected.params(given(project_id, of.version) | {SIGN.key: 1}), stored
    )


def _mark_all(session: Session, project_id: uuid.UUID, version: int) -> None:
    days = select(BoxScore.day).where(
        BoxScore.project_id == project_id, BoxScore.rules_version == version
    )
    totals.mark(session, project_id, version, session.scalars(days.distinct()))


def _move(
    session: Session,
    project_id: uuid.UUID,
    of: RulesInForce,
    which: Which,
    *,
    sign: int,
) -> None:
    """Adds or takes back what these commits score."""
    check_locked(session, project_id)
    values = given(project_id, of.version) | {SIGN.key: sign}
    if which is None:
        chosen = Chosen.ALL
    elif isinstance(which, Days):
        chosen = Chosen.DAYS
        values = given(project_id, of.version, which) | {SIGN.key: sign}
    else:
        chosen = Chosen.ON_SQLITE if is_sqlite(session) else Chosen.ON_POSTGRESQL
        values[SHAS.key] = which
    for statement in _moving(of.rules, chosen):
        session.execute(statement, values)


@lru_cache(maxsize=64)  # several leagues have rules of their own, and most have the first ones
def _moving(rules: Rules, chosen: Chosen) -> tuple[Insert, ...]:
    return tuple(
        insert(table_of(BoxScore)).from_select([*KEY, *SUMS], scored.suffix_with(_ADDED))
        for scored in (_authored(rules, chosen), _assisted(rules, chosen))
    )


def _is_chosen(sha: InstrumentedAttribute[str], chosen: Chosen) -> ColumnElement[bool]:
    if chosen is Chosen.ALL:
        return literal(value=True)
    if chosen is Chosen.DAYS:
        return CommitRow.day.between(FIRST, LAST)
    return is_one_of(sha, SHAS, on_sqlite=chosen is Chosen.ON_SQLITE)


def _in_project(chosen: Chosen) -> ColumnElement[bool]:
    """Of some days by the index over authors: SQLite would read all commits of the league else."""
    if chosen is not Chosen.DAYS:
        return CommitRow.project_id == PROJECT
    people = select(Identity.id).where(Identity.project_id == PROJECT)
    return and_(Unindexed(CommitRow.project_id) == PROJECT, CommitRow.author_id.in_(people))


def _authored(rules: Rules, chosen: Chosen) -> Select[Any]:
    facts = {name: getattr(CommitRow, name) for name in ("additions", "deletions", "files_changed")}
    ones = {
        "credits": literal(1),
        "commits": literal(1),
        "assisted": case((is_assisted(CommitRow.flags), 1), else_=0),
    }
    shares = {**ones, **facts, **author_stats(rules)}
    return (
        select(
            PROJECT.label("project_id"),
            VERSION.label("rules_version"),
            CommitRow.day,
            CommitRow.author_id,
            CommitRow.repo_id,
            *_sums(shares, rules),
        )
        .where(
            _in_project(chosen),
            _is_chosen(CommitRow.sha, chosen),
            is_scored(score_merges=rules.score_merges),
        )
        .group_by(CommitRow.day, CommitRow.author_id, CommitRow.repo_id)
    )


def _assisted(rules: Rules, chosen: Chosen) -> Select[Any]:
    """One assist for each other player among the co-authors, however many identities they have."""
    credited = _credited(rules, chosen)
    of_player = (credited.c.sha, credited.c.repo_id, credited.c.player_id)
    nth = func.row_number().over(partition_by=of_player, order_by=credited.c.identity_id)
    each = (
        select(credited, nth.label("nth"))
        .where(credited.c.player_id != credited.c.author_player_id)
        .subquery()
    )
    nothing = {name: literal(0) for name in _FACTS}
    shares = {"credits": literal(1), **nothing, **coauthor_stats(rules, each.c.flags)}
    return (
        select(
            PROJECT.label("project_id"),
            VERSION.label("rules_version"),
            each.c.day,
            each.c.identity_id,
            each.c.repo_id,
            *_sums(shares, rules),
        )
        .where(each.c.nth == 1)
        .group_by(each.c.day, each.c.identity_id, each.c.repo_id)
    )


def _credited(rules: Rules, chosen: Chosen) -> CTE:
    """The co-authors of commits that are scored."""
    # Materialized, so that PostgreSQL begins here, with the fewest rows. Of a league that was just
    # made it knows no sizes, and joined every commit with every identity first.
    return (
        select(
            CoAuthor.sha,
            CoAuthor.repo_id,
            CoAuthor.identity_id,
            CommitRow.day,
            CommitRow.flags,
            player_of(PROJECT, CoAuthor.identity_id).label("player_id"),
            player_of(PROJECT, CommitRow.author_id).label("author_player_id"),
        )
        .join(
            CommitRow,
            and_(
                CommitRow.project_id == CoAuthor.project_id,
                CommitRow.sha == CoAuthor.sha,
                CommitRow.repo_id == CoAuthor.repo_id,
            ),
        )
        .where(
            Unindexed(CoAuthor.project_id) == PROJECT
            if chosen is Chosen.DAYS
            else CoAuthor.project_id == PROJECT,
            _in_project(chosen),
            _is_chosen(CoAuthor.sha, chosen),
            is_scored(score_merges=rules.score_merges),
        )
        .cte("credited")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def _sums(shares: dict[str, Any], rules: Rules) -> list[ColumnElement[int]]:
    """One column for each of SUMS, in its order."""
    whole = {**shares, "impact": impact(shares, rules)}
    return [(func.sum(whole[name]) * SIGN).label(name) for name in SUMS]


def _remove_empty(
    session: Session, project_id: uuid.UUID, version: int, days: Collection[date]
) -> None:
    session.execute(
        delete(BoxScore).where(
            BoxScore.project_id == project_id,
            BoxScore.rules_version == version,
            BoxScore.credits == 0,
            BoxScore.day.in_(days),
        )
    )


def _days_of(session: Session, project_id: uuid.UUID, shas: Collection[str]) -> set[date]:
    days = select(CommitRow.day).where(
        CommitRow.project_id == project_id, among(session, CommitRow.sha, shas)
    )
    return set(session.scalars(days.distinct()))
