"""API keys: made, listed, revoked, rotated. Only their Argon2id hash is kept."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from gitleague_client.bundle import public_key_of
from gitleague_client.credentials import (
    PREFIX_ALPHABET,
    PREFIX_LENGTH,
    SECRET_ALPHABET,
    SECRET_LENGTH,
    make_key,
)
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit, hashing
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Caller
from gitleague.accounts.rollout import check_turn
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotAllowed, NotFound
from gitleague.core.paging import Paging
from gitleague.tables.accounts import ApiKey, Scope
from gitleague.tables.projects import Member, MemberStatus, Role

_COMMISSIONERS_SCOPES = frozenset({Scope.SYNC_COMMITS, Scope.WRITE_REPOS})


class Key(NamedTuple):
    """What may be shown of a key."""

    id: uuid.UUID
    user_id: uuid.UUID
    project_id: uuid.UUID | None
    name: str
    prefix: str
    scopes: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_ip: str | None
    usage_count: int

    @property
    def status(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= now() else "active"


class NewKey(NamedTuple):
    key: Key
    full_key: str  # shown once, kept nowhere


def create_key(
    session: Session,
    *,
    caller: Caller,
    name: str,
    scopes: Iterable[Scope],
    project_id: uuid.UUID | None = None,
    expires_in_days: int | None = None,
) -> NewKey:
    """As `issue_key`, for who may push by now. Raises NotYourTurn and PushPaused."""
    wanted = list(scopes)
    if Scope.SYNC_COMMITS in wanted:
        _check_role(session, caller.user_id, wanted, project_id)  # first: it is no matter of time
        check_turn(session, caller.user_id)
    return issue_key(
        session,
        caller=caller,
        name=name,
        scopes=wanted,
        project_id=project_id,
        expires_in_days=expires_in_days,
    )


def issue_key(
    session: Session,
    *,
    caller: Caller,
    name: str,
    scopes: Iterable[Scope],
    project_id: uuid.UUID | None = None,
    expires_in_days: int | None = None,
) -> NewKey:
    """A key of the caller's. Raises NotAllowed for scopes beyond the caller's role."""
    wanted = list(dict.fromkeys(scopes))
    _check_role(session, caller.user_id, wanted, project_id)
    expires_at = now() + timedelta(days=expires_in_days) if expires_in_days else None
    made = _insert(session, caller.user_id, project_id, name, _joined(wanted), expires_at)
    _record(session, Action.KEY_CREATED, made.key, caller)
    return made


def keys_seen_by(session: Session, user_id: uuid.UUID, paging: Paging) -> tuple[list[Key], int]:
    """One's own keys, and those bound to a project that one is commissioner of; newest first."""
    seen = _seen_by(user_id)
    rows = session.execute(
        select(*_COLUMNS)
        .where(seen)
        .order_by(ApiKey.created_at.desc(), ApiKey.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).select_from(ApiKey).where(seen)) or 0
    return [Key(*row) for row in rows], total


def revoke_key(session: Session, key_id: uuid.UUID, *, caller: Caller) -> None:
    """From now on the key opens nothing. Revoking twice is no error."""
    key = _find(session, key_id, caller.user_id)
    if _revoke(session, key_id):
        _record(session, Action.KEY_REVOKED, key, caller)


def rotate_key(session: Session, key_id: uuid.UUID, *, caller: Caller) -> NewKey:
    """A new key with the same rights and lifetime; the old one stops at once."""
    old = _find(session, key_id, caller.user_id)
    if old.user_id != caller.user_id:
        raise NotAllowed("Only its owner can rotate a key. Revoke it, and make one of your own.")
    if old.status != "active":
        raise Conflict(f"This key is {old.status}. Create a new one.")
    _check_role(session, caller.user_id, scopes_in(old.scopes), old.project_id)
    lifetime = old.expires_at - old.created_at if old.expires_at else None
    if not _revoke(session, key_id):
        raise Conflict("This key is revoked. Create a new one.")
    made = _insert(
        session,
        caller.user_id,
        old.project_id,
        old.name,
        old.scopes,
        now() + lifetime if lifetime else None,
    )
    _record(session, Action.KEY_ROTATED, made.key, caller)
    return made


def _revoke(session: Session, key_id: uuid.UUID) -> bool:
    """Whether it was us: of several at once, one."""
    still = update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    return session.scalar(still.values(revoked_at=now()).returning(ApiKey.id)) is not None


def scopes_in(text: str) -> list[Scope]:
    return [Scope(word) for word in text.split(",") if word]


_COLUMNS = tuple(getattr(ApiKey, field) for field in Key._fields)


def _joined(scopes: Iterable[Scope]) -> str:
    return ",".join(scope.value for scope in scopes)


def _insert(
    session: Session,
    user_id: uuid.UUID,
    project_id: uuid.UUID | None,
    name: str,
    scopes: str,
    expires_at: datetime | None,
) -> NewKey:
    prefix = _free_prefix(session)
    full_key = make_key(prefix, _random(SECRET_ALPHABET, SECRET_LENGTH))
    row = ApiKey(
        id=uuid.uuid4(),
        user_id=user_id,
        project_id=project_id,
        name=name,
        prefix=f"tgl_{prefix}",
        key_hash=hashing.hash_key(full_key),
        public_key=public_key_of(full_key),
        scopes=scopes,
        created_at=now(),
        expires_at=expires_at,
        usage_count=0,
    )
    session.add(row)
    session.flush()  # a prefix taken in between fails here, not after the key was shown
    return NewKey(Key(*(getattr(row, field) for field in Key._fields)), full_key)


def _free_prefix(session: Session) -> str:
    while True:
        prefix = _random(PREFIX_ALPHABET, PREFIX_LENGTH)
        taken = select(ApiKey.id).where(ApiKey.prefix == f"tgl_{prefix}")
        if session.scalar(taken) is None:
            return prefix


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _check_role(
    session: Session, user_id: uuid.UUID, scopes: list[Scope], project_id: uuid.UUID | None
) -> None:
    wanted = [Member.user_id == user_id, Member.status == MemberStatus.APPROVED.value]
    if project_id:
        wanted.append(Member.project_id == project_id)
    roles = set(session.scalars(select(Member.role).where(*wanted)))
    if not roles:
        raise NotFound("There is no such project, or you are not an approved member of it.")
    if _COMMISSIONERS_SCOPES.intersection(scopes) and Role.COMMISSIONER.value not in roles:
        raise NotAllowed("Only a commissioner may make keys with sync:commits or write:repos.")


def _seen_by(user_id: uuid.UUID) -> ColumnElement[bool]:
    led = select(Member.project_id).where(
        Member.user_id == user_id,
        Member.role == Role.COMMISSIONER.value,
        Member.status == MemberStatus.APPROVED.value,
    )
    return or_(ApiKey.user_id == user_id, ApiKey.project_id.in_(led))


def _find(session: Session, key_id: uuid.UUID, user_id: uuid.UUID) -> Key:
    row = session.execute(
        select(*_COLUMNS).where(ApiKey.id == key_id, _seen_by(user_id))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such API key among those that you may see.")
    return Key(*row)


def _record(session: Session, action: Action, key: Key, caller: Caller) -> None:
    audit.record(
        session,
        action,
        key.prefix,
        caller=caller,
        project_id=key.project_id,
        details={"name": key.name, "scopes": key.scopes},
    )
