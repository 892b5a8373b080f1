"""The rules of a project: which version is in force, and how a new one comes into force."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

import re2  # noqa: F401 - a client can do without, and a server must not: see decision 0012
from gitleague_client.rules.defaults import DEFAULT_RULES, Rules
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.prepared import prepared
from gitleague.tables.projects import Project
from gitleague.tables.scores import RulesVersion


class RulesInForce(NamedTuple):
    version: int
    rules: Rules


def rules_in_force(session: Session, project_id: uuid.UUID) -> RulesInForce:
    """The version whose box scores are shown, and its rules; the defaults where none were saved."""
    found = session.execute(*_in_force(project_id)).one()
    rules = DEFAULT_RULES if found.rules is None else Rules.model_validate(found.rules)
    return RulesInForce(found.rules_version, rules)


@prepared
def _in_force(project_id: uuid.UUID) -> Select[Any]:
    return (
        select(Project.rules_version, RulesVersion.rules)
        .outerjoin(
            RulesVersion,
            and_(
                RulesVersion.project_id == Project.id,
                RulesVersion.version == Project.rules_version,
            ),
        )
        .where(Project.id == project_id)
    )


def rules_of(session: Session, project_id: uuid.UUID) -> Rules:
    return rules_in_force(session, project_id).rules


def rules_at(session: Session, project_id: uuid.UUID, version: int | None) -> Rules:
    """The rules of one version; None for those in force."""
    if version is None:
        return rules_of(session, project_id)
    found = session.scalar(*_at(project_id, version))
    return DEFAULT_RULES if found is None else Rules.model_validate(found)


@prepared
def _at(project_id: uuid.UUID, version: int) -> Select[tuple[Any]]:
    return select(RulesVersion.rules).where(
        RulesVersion.project_id == project_id, RulesVersion.version == version
    )


def save_rules(
    session: Session,
    project_id: uuid.UUID,
    rules: Rules,
    *,
    created_by: uuid.UUID | None,
    note: str = "",
    season_id: uuid.UUID | None = None,
) -> int:
    """Kept under the next version, which is not in force yet; returns that version."""
    version = next_version(session, project_id)
    session.add(
        RulesVersion(
            project_id=project_id,
            version=version,
            rules=rules.model_dump(mode="json"),
            note=note,
            season_id=season_id,
            created_by=created_by,
            created_at=now(),
        )
    )
    session.flush()  # box scores of that version follow by plain SQL
    return version


def newest_version(session: Session, project_id: uuid.UUID) -> int:
    """The rules that were wished for last, in force or not; the copies of seasons are no wishes."""
    return max(session.scalar(*_newest_wish(project_id)) or 1, 1)


@prepared
def _newest_wish(project_id: uuid.UUID) -> Select[tuple[int]]:
    return select(func.max(RulesVersion.version)).where(
        RulesVersion.project_id == project_id, RulesVersion.season_id.is_(None)
    )


def next_version(session: Session, project_id: uuid.UUID) -> int:
    """One more than any version so far; version 1 is the defaults, saved or not."""
    newest = session.scalar(
        select(func.max(RulesVersion.version)).where(RulesVersion.project_id == project_id)
    )
    return max(newest or 1, 1) + 1
