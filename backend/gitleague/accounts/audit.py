"""Who did what: recorded in the same transaction as the deed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Caller
from gitleague.core.clock import now
from gitleague.core.paging import Paging
from gitleague.tables.accounts import User
from gitleague.tables.audit import AuditEntry


class Action(str, Enum):
    """subject:thing:verb"""

    ACCOUNT_SIGNED_IN = "account:session:opened"
    KEY_CREATED = "account:api_key:created"
    KEY_REVOKED = "account:api_key:revoked"
    KEY_ROTATED = "account:api_key:rotated"
    PROJECT_CREATED = "project:project:created"
    PROJECT_CHANGED = "project:project:changed"
    MEMBER_ASKED = "project:member:asked"
    MEMBER_CHANGED = "project:member:changed"
    MEMBER_REMOVED = "project:member:removed"
    INVITATION_CREATED = "project:invitation:created"
    INVITATION_REVOKED = "project:invitation:revoked"
    INVITATION_ACCEPTED = "project:invitation:accepted"
    REPO_REGISTERED = "project:repo:registered"
    REPO_CHANGED = "project:repo:changed"
    REPO_REMOVED = "project:repo:removed"
    WEBHOOK_CREATED = "project:webhook:created"
    WEBHOOK_CHANGED = "project:webhook:changed"
    WEBHOOK_ROTATED = "project:webhook:rotated"
    WEBHOOK_DELETED = "project:webhook:deleted"
    WEBHOOK_DISABLED = "project:webhook:disabled"
    DIGEST_CREATED = "project:digest:created"
    DIGEST_DELETED = "project:digest:deleted"
    RULES_CHANGED = "project:rules:changed"
    SEASON_CREATED = "league:season:created"
    SEASON_CHANGED = "league:season:changed"
    SEASON_DELETED = "league:season:deleted"
    SEASON_OPENED = "league:season:opened"
    SEASON_CLOSED = "league:season:closed"
    SQUAD_CREATED = "league:squad:created"
    SQUAD_CHANGED = "league:squad:changed"
    SQUAD_DELETED = "league:squad:deleted"
    STINT_CREATED = "league:stint:created"
    STINT_CHANGED = "league:stint:changed"
    STINT_DELETED = "league:stint:deleted"
    ABSENCE_CREATED = "league:absence:created"
    ABSENCE_DELETED = "league:absence:deleted"
    PLAYER_CHANGED = "league:player:changed"
    PLAYER_RETIRED = "league:player:retired"
    PLAYER_BACK = "league:player:brought_back"
    PLAYER_HIDDEN = "league:player:hidden"
    PLAYER_SHOWN = "league:player:shown"
    PLAYER_ERASED = "league:player:erased"
    PLAYERS_MERGED = "league:players:merged"
    PLAYER_SPLIT = "league:player:split"
    MAILMAP_IMPORTED = "league:mailmap:imported"
    IDENTITIES_RESTORED = "league:identities:restored"
    CLAIM_MADE = "league:claim:made"
    CLAIM_APPROVED = "league:claim:approved"
    CLAIM_REJECTED = "league:claim:rejected"
    AWARDS_ASKED = "league:awards:asked"
    REFEREE_CHANGED = "league:referee:changed"
    REFEREE_ASKED = "league:referee:asked"
    RULING_CONTESTED = "league:ruling:contested"
    RULING_UPHELD = "league:ruling:upheld"
    RULING_LIFTED = "league:ruling:lifted"
    RULING_REOPENED = "league:ruling:reopened"
    REPORT_MADE = "league:report:made"
    REPORT_ANSWERED = "league:report:answered"
    REPORT_DISMISSED = "league:report:dismissed"
    FANTASY_CREATED = "league:fantasy:created"
    FANTASY_CHANGED = "league:fantasy:changed"
    FANTASY_DELETED = "league:fantasy:deleted"
    FANTASY_STARTED = "league:fantasy:started"
    FANTASY_POOL_CHANGED = "league:fantasy_pool:changed"
    FANTASY_POOL_REFRESHED = "league:fantasy_pool:refreshed"
    FANTASY_JOINED = "league:fantasy:joined"
    FANTASY_LEFT = "league:fantasy:left"
    FANTASY_PICKED = "league:fantasy_pick:made"
    FANTASY_DROPPED = "league:fantasy_pick:undone"
    COMMITS_PUSHED = "repo:commits:pushed"
    COMMITS_PRUNED = "repo:commits:pruned"


class Entry(NamedTuple):
    id: int
    action: str
    subject: str
    details: dict[str, Any]
    user_email: str | None
    api_key_id: uuid.UUID | None
    ip_address: str | None
    request_id: str | None
    created_at: datetime


def record(
    session: Session,
    action: Action,
    subject: object,
    *,
    caller: Caller | None,
    project_id: uuid.UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry; without a caller it was the operator's command."""
    session.add(
        AuditEntry(
            project_id=project_id,
            user_id=caller.user_id if caller else None,
            api_key_id=caller.api_key_id if caller else None,
            action=action.value,
            subject=str(subject)[:255],
            details=dict(details or {}),
            ip_address=caller.address if caller else None,
            request_id=caller.request_id if caller else None,
            created_at=now(),
        )
    )


def entries(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    *,
    action: Action | None = None,
    subject: str | None = None,
) -> tuple[list[Entry], int]:
    """A project's log, newest first, and how many entries there are."""
    wanted = [AuditEntry.project_id == project_id]
    if action:
        wanted.append(AuditEntry.action == action.value)
    if subject:
        wanted.append(AuditEntry.subject == subject)
    rows = session.execute(
        select(
            AuditEntry.id,
            AuditEntry.action,
            AuditEntry.subject,
            AuditEntry.details,
            User.email,
            AuditEntry.api_key_id,
            AuditEntry.ip_address,
            AuditEntry.request_id,
            AuditEntry.created_at,
        )
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(*wanted)
        .order_by(AuditEntry.id.desc())
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*wanted)) or 0
    return [Entry(*row) for row in rows], total
