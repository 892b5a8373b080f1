"""How new rules come into force: all at once, while readers see the old numbers until then.

It is one transaction, in which nobody else writes to the league. A push that comes meanwhile is
told to come back, and does.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from gitleague_client.rules.classify import BY_RULES, classify_by_rules
from gitleague_client.rules.defaults import Rules
from sqlalchemy import ColumnElement, Row, func, select, tuple_, update
from sqlalchemy.orm import Session

from gitleague.core.sets import among
from gitleague.projects.leagues import lock_project
from gitleague.scoring.boxscores import rebuild, remove
from gitleague.scoring.days import Days
from gitleague.scoring.rules import RulesInForce, newest_version, rules_at, rules_in_force
from gitleague.tables.commits import CommitRow
from gitleague.tables.projects import Project

CHUNK = 5000  # commits
READ = 90  # percent of the work when all texts are read again


def apply_rules(
    session: Session, project_id: uuid.UUID, version: int, *, report: Callable[[int], None]
) -> None:
    """Does nothing where newer rules wait, or these are in force already."""
    lock_project(session, project_id)
    old = rules_in_force(session, project_id)
    if version == old.version or version != newest_version(session, project_id):
        return
    new = RulesInForce(version, rules_at(session, project_id, version))
    prepare(session, project_id, old.rules, new, report=report)
    session.execute(update(Project).where(Project.id == project_id).values(rules_version=version))
    remove(session, project_id, old.version)


def prepare(
    session: Session,
    project_id: uuid.UUID,
    old: Rules,
    new: RulesInForce,
    *,
    days: Days | None = None,
    report: Callable[[int], None] = lambda _percent: None,
) -> None:
    """Builds the box scores of rules that are not in force, beside those that are."""
    if _patterns(old) != _patterns(new.rules):
        _reclassify(session, project_id, new.rules, days, report)
    rebuild(session, project_id, new, days=days)


def _patterns(rules: Rules) -> tuple[str, str]:
    return rules.ticket_pattern, rules.unclean_pattern


def _reclassify(
    session: Session,
    project_id: uuid.UUID,
    rules: Rules,
    days: Days | None,
    report: Callable[[int], None],
) -> None:
    """Reads the texts again that are here. What a client kept to itself stays what it said."""
    chosen: list[ColumnElement[bool]] = [CommitRow.flags_sent.is_(False)]
    if days:
        chosen.append(CommitRow.day.between(*days))
    total = session.scalar(select(func.count()).where(CommitRow.project_id == project_id, *chosen))
    seen = 0
    for rows in _chunks(session, project_id, chosen):
        _settle(session, project_id, rows, rules)
        seen += len(rows)
        report(seen * READ // (total or 1))


def _chunks(
    session: Session, project_id: uuid.UUID, chosen: list[ColumnElement[bool]]
) -> Iterator[list[Row[Any]]]:
    """In the order of the key, so that what is written is not met again."""
    key = tuple_(CommitRow.sha, CommitRow.repo_id)
    wanted = (
        select(
            CommitRow.sha,
            CommitRow.repo_id,
            CommitRow.message_title,
            CommitRow.message_body,
            CommitRow.flags,
        )
        .where(CommitRow.project_id == project_id, *chosen)
        .order_by(CommitRow.sha, CommitRow.repo_id)
        .limit(CHUNK)
    )
    last: tuple[Any, ...] = ("", uuid.UUID(int=0))
    while True:
        rows = list(session.execute(wanted.where(key > last)))
        if not rows:
            return
        yield rows
        last = (rows[-1].sha, rows[-1].repo_id)


def _settle(session: Session, project_id: uuid.UUID, rows: list[Row[Any]], rules: Rules) -> None:
    changed: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        found = classify_by_rules(row.message_title, row.message_body or "", rules)
        if found != row.flags & BY_RULES:
            changed[int(found)].append(row.sha)
    for bits, shas in changed.items():  # a sha in another repo has the same text
        session.execute(
            update(CommitRow)
            .where(
                CommitRow.project_id == project_id,
                CommitRow.flags_sent.is_(False),
                among(session, CommitRow.sha, shas),
            )
            .values(flags=CommitRow.flags - CommitRow.flags.bitwise_and(int(BY_RULES)) + bits)
            .execution_options(synchronize_session=False)
        )
