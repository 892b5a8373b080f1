"""The rules of a project: which version is in force, and how a new one comes into force."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from gitleague_client.rules.defaults import DEFAULT_RULES, Rules
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from gitleague.tables.projects import Project
from gitleague.tables.scores import RulesVersion


class RulesInForce(NamedTuple):
    version: int
    rules: Rules


def rules_in_force(session: Session, project_id: uuid.UUID) -> RulesInForce:
    """The version whose box scores are shown, and its rules; the defaults where none were saved."""
    found = session.execute(
        select(Project.rules_version, RulesVersion.rules)
        .outerjoin(
            RulesVersion,
            and_(
                RulesVersion.project_id == Project.id,
                RulesVersion.version == Project.rules_version,
            ),
        )
        .where(Project.id == project_id)
    ).one()
    rules = DEFAULT_RULES if found.rules is None else Rules.model_validate(found.rules)
    return RulesInForce(found.rules_version, rules)


def rules_of(session: Session, project_id: uuid.UUID) -> Rules:
    return rules_in_force(session, project_id).rules


def next_version(session: Session, project_id: uuid.UUID) -> int:
    """One more than any version so far; version 1 is the defaults, saved or not."""
    newest = session.scalar(
        select(func.max(RulesVersion.version)).where(RulesVersion.project_id == project_id)
    )
    return max(newest or 1, 1) + 1
