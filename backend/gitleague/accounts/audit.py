"""Who did what: recorded in the same transaction as the deed."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, select, text
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Caller
from gitleague.core.clock import as_utc, now
from gitleague.core.db import at_the_end
from gitleague.core.paging import Paging
from gitleague.tables.accounts import User
from gitleague.tables.audit import SERVER, AuditChain, AuditEntry

WAITING: Final = "audit_entries"
STREAM = 1000


class Action(str, Enum):
    """subject:thing:verb"""

    ACCOUNT_SIGNED_IN = "account:session:opened"
    SESSION_CLOSED = "account:session:closed"
    SESSIONS_CLOSED = "account:sessions:closed"
    SIGN_IN_LINK_PRINTED = "account:sign_in_link:printed"
    KEY_CREATED = "account:api_key:created"
    KEY_REVOKED = "account:api_key:revoked"
    KEY_ROTATED = "account:api_key:rotated"
    PROJECT_CREATED = "project:project:created"
    PROJECT_CHANGED = "project:project:changed"
    MEMBER_ASKED = "project:member:asked"
    MEMBER_CHANGED = "project:member:changed"
    MEMBER_REMOVED = "project:member:removed"
    INVITATION_CREATED = "project:invitation:created"
    INVITATION_RESENT = "project:invitation:resent"
    INVITATION_REVOKED = "project:invitation:revoked"
    INVITATION_ACCEPTED = "project:invitation:accepted"
    REPO_REGISTERED = "project:repo:registered"
    REPO_CHANGED = "project:repo:changed"
    REPO_REMOVED = "project:repo:removed"
    REPO_MIGRATED = "project:repo:migrated"
    REPO_ROLLED_BACK = "project:repo:rolled_back"
    PULL_CHANGED = "project:pull:changed"
    PULL_ASKED = "project:pull:asked"
    CREDENTIAL_SET = "project:credential:set"
    CREDENTIAL_CLEARED = "project:credential:cleared"
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
    SEASON_REOPENED = "league:season:reopened"
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
    SUGGESTION_DISMISSED = "league:suggestion:dismissed"
    SUGGESTION_BACK = "league:suggestion:brought_back"
    CLAIM_MADE = "league:claim:made"
    CLAIM_APPROVED = "league:claim:approved"
    CLAIM_REJECTED = "league:claim:rejected"
    CLAIM_REOPENED = "league:claim:reopened"
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
    JOB_RETRIED = "league:job:retried"
    COMMITS_PUSHED = "repo:commits:pushed"
    COMMITS_PULLED = "repo:commits:pulled"
    COMMITS_PRUNED = "repo:commits:pruned"
    ROLLOUT_CHANGED = "server:rollout:changed"
    ROLLOUT_PAUSED = "server:rollout:paused"
    ROLLOUT_RESUMED = "server:rollout:resumed"
    ROLLOUT_INCLUDED = "server:rollout:included"
    ROLLOUT_EXCLUDED = "server:rollout:excluded"
    ROLLOUT_FORGOTTEN = "server:rollout:forgotten"


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
    append(
        session,
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
        ),
    )


def append(session: Session, entry: AuditEntry) -> None:
    """Written at the end of the transaction: only then does it have its place in the chain, and
    nobody else who writes waits for longer than a commit.
    """
    session.info.setdefault(WAITING, []).append(entry)
    at_the_end(session, _chain)


def _chain(session: Session) -> None:
    session.flush()  # what else is to be written, so that the lock is the last that is waited for
    by_chain: dict[uuid.UUID, list[AuditEntry]] = {}
    for entry in session.info.pop(WAITING, []):
        entry.chain = entry.project_id or SERVER
        by_chain.setdefault(entry.chain, []).append(entry)
    for chain, written in sorted(by_chain.items()):  # two who lock several do so in one order
        head = _locked_head(session, chain)
        for entry in written:
            entry.salt = secrets.token_hex(16)
            entry.digest = digest_of(entry)
            head.hash = entry.hash = link(head.hash, entry)
        head.entries += len(written)
        session.add_all(written)


def digest_of(entry: AuditEntry) -> str:
    """Of who did what, and from where: all that an erasure may take out."""
    said = [
        *(entry.salt, str(entry.user_id or ""), str(entry.api_key_id or ""), entry.subject),
        *(entry.details, entry.ip_address, entry.request_id),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def link(before: str, entry: AuditEntry) -> str:
    """Of an entry and, by the hash of the one before it, of all before it."""
    said = [before, entry.chain.hex, entry.action, as_utc(entry.created_at).isoformat()]
    return hashlib.sha256(json.dumps([*said, entry.digest]).encode()).hexdigest()


def broken_links(session: Session) -> dict[uuid.UUID, int]:
    """How many entries of each chain are not as they were written, or not where; 0 where all are.

    In an erased entry who and what is gone for good: it counts only where nobody was erased.
    """
    heads = {head.chain: head for head in session.scalars(select(AuditChain))}
    # across projects: an operator looks at all of them
    wanted = select(AuditEntry).order_by(AuditEntry.chain, AuditEntry.id)
    wrong: dict[uuid.UUID, int] = dict.fromkeys(heads, 0)
    whole = session.execute(wanted.execution_options(yield_per=STREAM)).scalars()
    anybody_erased = session.scalar(
        # across projects: an account that is erased goes from the server's own chain too
        select(AuditEntry.id).where(AuditEntry.action == Action.PLAYER_ERASED.value).limit(1)
    )
    for chain, written in groupby(whole, key=lambda entry: entry.chain):
        before, count, broken = "", 0, 0
        for entry in written:
            is_same = entry.digest == digest_of(entry) if entry.salt else bool(anybody_erased)
            broken += not (is_same and entry.hash == link(before, entry))
            before, count = entry.hash, count + 1
            session.expunge(entry)
        head = heads.pop(chain, None)
        is_ended = head is not None and (head.hash, head.entries) == (before, count)
        wrong[chain] = broken + (not is_ended)
    return wrong | {chain: head.entries for chain, head in heads.items() if head.entries}


def _locked_head(session: Session, chain: uuid.UUID) -> AuditChain:
    wanted = select(AuditChain).where(AuditChain.chain == chain).with_for_update()
    found = session.scalars(wanted).one_or_none()
    if found is None:
        session.execute(_FIRST, {"chain": chain})
        found = session.scalars(wanted).one()
    return found


# By two who come first at once, one of them waits, and finds the other's.
_FIRST = text(
    "INSERT INTO audit_chains (chain, entries, hash) VALUES (:chain, 0, '') ON CONFLICT DO NOTHING"
).bindparams(bindparam("chain", type_=Uuid()))


class Asked(NamedTuple):
    """Which entries; None and "" ask for nothing."""

    action: Action | None = None
    subject: str = ""
    user_id: uuid.UUID | None = None
    since: datetime | None = None
    before: datetime | None = None

    def wanted(self, project_id: uuid.UUID) -> list[ColumnElement[bool]]:
        conditions = [AuditEntry.project_id == project_id]
        if self.action:
            conditions.append(AuditEntry.action == self.action.value)
        if self.subject:
            conditions.append(AuditEntry.subject == self.subject)
        if self.user_id:
            conditions.append(AuditEntry.user_id == self.user_id)
        if self.since:
            conditions.append(AuditEntry.created_at >= self.since)
        if self.before:
            conditions.append(AuditEntry.created_at < self.before)
        return conditions


EVERYTHING = Asked()


def entries(
    session: Session, project_id: uuid.UUID, paging: Paging, asked: Asked = EVERYTHING
) -> tuple[list[Entry], int]:
    """A project's log, newest first, and how many entries there are."""
    wanted = asked.wanted(project_id)
    rows = session.execute(_entries(wanted).limit(paging.limit).offset(paging.offset))
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*wanted)) or 0
    return [Entry(*row) for row in rows], total


def entries_before(
    session: Session, project_id: uuid.UUID, last: int | None, limit: int, asked: Asked
) -> list[Entry]:
    """The next after the entry `last`, for who reads on and on."""
    wanted = asked.wanted(project_id)
    if last is not None:
        wanted.append(AuditEntry.id < last)
    return [Entry(*row) for row in session.execute(_entries(wanted).limit(limit))]


def users_in(session: Session, project_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Who did anything that is in the log, by address."""
    did = select(AuditEntry.user_id).where(AuditEntry.project_id == project_id).distinct()
    rows = session.execute(select(User.id, User.email).where(User.id.in_(did)).order_by(User.email))
    return list(rows.tuples())


def _entries(wanted: list[ColumnElement[bool]]) -> Select[Any]:
    return (
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
        .where(*wanted)  # with the project_id
        .order_by(AuditEntry.id.desc())
    )
