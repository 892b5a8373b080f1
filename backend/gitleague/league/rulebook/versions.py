"""The history of a league's rules, and how they change."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from gitleague_client.rules.defaults import DEFAULT_RULES, Rules
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.errors import Invalid, NotFound
from gitleague.core.paging import Paging
from gitleague.core.problems import field_errors
from gitleague.jobs.queue import JobRow, enqueue, latest
from gitleague.projects.leagues import lock_project
from gitleague.scoring.rules import newest_version, rules_at, rules_in_force, save_rules
from gitleague.tables.accounts import User
from gitleague.tables.jobs import JobState
from gitleague.tables.scores import RulesVersion

APPLY_RULES = "rules:apply"
FIRST = 1  # the version that every league begins with: the defaults


class VersionState(str, Enum):
    IN_FORCE = "in_force"
    PENDING = "pending"  # its numbers are being made
    FAILED = "failed"
    PAST = "past"


class VersionRow(NamedTuple):
    version: int
    state: VersionState
    note: str
    created_by: str | None  # address
    created_at: datetime | None  # None: with the league
    rules: Rules
    changes: dict[str, tuple[Any, Any]]  # field -> before and after


class _Saved(NamedTuple):
    version: int
    note: str
    created_by: str | None
    created_at: datetime | None
    rules: Rules


class Pending(NamedTuple):
    version: int
    state: VersionState
    progress: int  # percent
    error: str | None


class Rulebook(NamedTuple):
    version: int
    rules: Rules
    pending: Pending | None


def rulebook(session: Session, project_id: uuid.UUID) -> Rulebook:
    in_force = rules_in_force(session, project_id)
    return Rulebook(in_force.version, in_force.rules, _pending(session, project_id))


def list_versions(
    session: Session, project_id: uuid.UUID, paging: Paging
) -> tuple[list[VersionRow], int]:
    """The newest first; the one that every league begins with is always there, and last."""
    found = session.execute(
        select(
            RulesVersion.version,
            RulesVersion.note,
            User.email,
            RulesVersion.created_at,
            RulesVersion.rules,
        )
        .outerjoin(User, User.id == RulesVersion.created_by)
        .where(RulesVersion.project_id == project_id, RulesVersion.season_id.is_(None))
        .order_by(RulesVersion.version.desc())
        .limit(paging.limit + 1)  # the one before says what the last one changed
        .offset(paging.offset)
    ).all()
    book = rulebook(session, project_id)
    saved = [
        _Saved(row.version, row.note, row.email, row.created_at, Rules.model_validate(row.rules))
        for row in found
    ]
    total = _count(session, project_id) + 1
    if paging.offset + len(saved) < total:
        saved.append(_Saved(FIRST, "", None, None, DEFAULT_RULES))
    older = [*(each.rules for each in saved[1:]), DEFAULT_RULES][: len(saved)]
    rows = [
        VersionRow(
            **each._asdict(),
            state=_state(each.version, book),
            changes=difference(before, each.rules),
        )
        for each, before in zip(saved, older, strict=True)
    ]
    return rows[: paging.limit], total


def change_rules(
    session: Session, changes: Mapping[str, Any], *, note: str = "", by: Membership
) -> Rulebook:
    """What is not named stays as it was wished for last. Nothing changes before the job is done."""
    lock_project(session, by.project_id)
    newest = rules_at(session, by.project_id, newest_version(session, by.project_id))
    return _wish(session, changed(newest, changes), note, by)


def restore_rules(session: Session, version: int, *, by: Membership) -> Rulebook:
    """The rules of an old version come back, as a new one."""
    lock_project(session, by.project_id)
    if version != FIRST and not session.scalar(
        select(RulesVersion.version).where(
            RulesVersion.project_id == by.project_id,
            RulesVersion.version == version,
            RulesVersion.season_id.is_(None),
        )
    ):
        raise NotFound("There is no such version of the rules.")
    return _wish(
        session, rules_at(session, by.project_id, version), f"Back to version {version}.", by
    )


def changed(rules: Rules, changes: Mapping[str, Any]) -> Rules:
    """Raises Invalid with the fields that are wrong."""
    try:
        return Rules.model_validate({**rules.model_dump(), **changes})
    except ValidationError as error:
        errors = field_errors(error.errors(include_url=False, include_input=False))
        raise Invalid("Some of the rules cannot be.", errors=errors) from None


def difference(before: Rules, after: Rules) -> dict[str, tuple[Any, Any]]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: (old[name], new[name]) for name in new if old[name] != new[name]}


def _wish(session: Session, wanted: Rules, note: str, by: Membership) -> Rulebook:
    newest = newest_version(session, by.project_id)
    before = rules_at(session, by.project_id, newest)
    pending = _pending(session, by.project_id)
    if wanted == before and not (pending and pending.state is VersionState.FAILED):
        return rulebook(session, by.project_id)
    version = save_rules(session, by.project_id, wanted, created_by=by.caller.user_id, note=note)
    enqueue(
        session,
        APPLY_RULES,
        project_id=by.project_id,
        arguments={"version": version},
        created_by=by.caller.user_id,
    )
    audit.record(
        session,
        Action.RULES_CHANGED,
        f"version {version}",
        caller=by.caller,
        project_id=by.project_id,
        details={"changes": difference(before, wanted), "note": note},
    )
    session.flush()  # the job is looked up again
    return rulebook(session, by.project_id)


def _pending(session: Session, project_id: uuid.UUID) -> Pending | None:
    """The wish that is not in force yet, if there is one."""
    newest = newest_version(session, project_id)
    if newest == rules_in_force(session, project_id).version:
        return None
    job = latest(session, project_id, APPLY_RULES)
    return Pending(newest, _state_of(job), job.progress if job else 0, job.error if job else None)


def _state_of(job: JobRow | None) -> VersionState:
    has_failed = job and job.state == JobState.FAILED.value
    return VersionState.FAILED if has_failed else VersionState.PENDING


def _state(version: int, book: Rulebook) -> VersionState:
    if version == book.version:
        return VersionState.IN_FORCE
    if book.pending and version == book.pending.version:
        return book.pending.state
    return VersionState.PAST


def _count(session: Session, project_id: uuid.UUID) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(RulesVersion)
            .where(RulesVersion.project_id == project_id, RulesVersion.season_id.is_(None))
        )
        or 0
    )
