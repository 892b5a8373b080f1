"""Is this key the one that was made? Argon2 answers once a worker and minute, the database always.

Status, expiry, scopes and project are read on every request, so that revoking works at once.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from concurrent.futures import Future
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from gitleague_client.bundle import Seal
from gitleague_client.credentials import LOOKUP_LENGTH, is_mistyped
from sqlalchemy import Select, and_, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import hashing
from gitleague.core.clock import now
from gitleague.core.errors import NotSignedIn
from gitleague.core.prepared import prepared
from gitleague.tables.accounts import ApiKey, User
from gitleague.tables.projects import Member

REMEMBERED_SECONDS = 60
_MAX_REMEMBERED = 10_000


class VerifiedKey(NamedTuple):
    id: uuid.UUID
    user_id: uuid.UUID
    email: str
    display_name: str
    project_id: uuid.UUID | None
    scopes: str
    key_hash: str
    public_key: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    role: str | None = None  # of its owner in the project that was asked for
    status: str | None = None


class _Right(NamedTuple):
    """A key that was right lately."""

    key_hash: str
    until: float


class KeyVerifier:
    """What one worker remembers of keys: which were right lately, and who used them."""

    def __init__(self) -> None:
        self._right: dict[str, _Right] = {}  # by the digest of the key
        self._checks: dict[tuple[str, str], Future[bool]] = {}  # under way, by digest and hash
        self._uses: dict[uuid.UUID, int] = {}
        self._noted: dict[uuid.UUID, float] = {}
        self._guard = Lock()

    def verify(
        self, session: Session, key: str, project_id: uuid.UUID | None = None
    ) -> VerifiedKey:
        """The row of a right, live key, and what its owner is in a project. Raises NotSignedIn."""
        if is_mistyped(key):
            raise NotSignedIn("This API key is mistyped: its checksum fails. Copy it again, whole.")
        prefix = key[:LOOKUP_LENGTH]  # never split: old keys hold `_` anywhere
        row = _find(session, prefix, project_id)
        session.close()  # gives the connection back: hashing takes a while
        if row is None or not self._is_right(key, row.key_hash):
            raise NotSignedIn("This API key is not known here. Check it, or ask for a new one.")
        return _live(row)

    def note_use(self, key_id: uuid.UUID) -> int:
        """Uses to write down now: those of the last minute, once a minute, else none."""
        with self._guard:
            self._uses[key_id] = self._uses.get(key_id, 0) + 1
            clock = time.monotonic()
            if clock - self._noted.get(key_id, -REMEMBERED_SECONDS) < REMEMBERED_SECONDS:
                return 0
            self._noted[key_id] = clock
            return self._uses.pop(key_id)

    def has_to_hash(self, key: str) -> bool:
        """Whether it takes Argon2 to tell whether this key is right, if it is known at all."""
        return not is_mistyped(key) and self._remembered(_digest(key)) is None

    def _is_right(self, key: str, key_hash: str) -> bool:
        known_as = _digest(key)
        if self._remembered(known_as) == key_hash:
            return True
        with self._guard:  # the first requests of a client, all at once, cost one Argon2
            check = self._checks.get((known_as, key_hash))
            if check is None:
                own = self._checks[known_as, key_hash] = Future[bool]()
        if check:
            return check.result()
        try:
            own.set_result(hashing.is_hash_of(key_hash, key))
            if own.result():
                self._remember(known_as, key_hash)
        except Exception as error:
            own.set_exception(error)
            raise
        finally:
            with self._guard:
                del self._checks[known_as, key_hash]
        return own.result()

    def _remembered(self, known_as: str) -> str | None:
        """The hash that this key was right for lately."""
        found = self._right.get(known_as)
        return found.key_hash if found and found.until > time.monotonic() else None

    def _remember(self, known_as: str, key_hash: str) -> None:
        with self._guard:
            if len(self._right) >= _MAX_REMEMBERED:
                self._right.clear()
            self._right[known_as] = _Right(key_hash, time.monotonic() + REMEMBERED_SECONDS)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def write_use(session: Session, key_id: uuid.UUID, address: str, uses: int) -> None:
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id)
        .values(
            last_used_at=now(), last_used_ip=address[:45], usage_count=ApiKey.usage_count + uses
        )
    )


def verify_seal(session: Session, seal: Seal) -> VerifiedKey:
    """The row of the live key that signed a bundle. Raises NotSignedIn."""
    row = _find(session, seal.key_prefix)
    if row is None:
        raise NotSignedIn(f"The API key {seal.key_prefix}… of this bundle is not known here.")
    if row.public_key is None:
        raise NotSignedIn("This API key is too old to sign bundles. Rotate it, and pack again.")
    if not seal.is_by(row.public_key):
        raise NotSignedIn(f"This bundle was not signed with the API key {seal.key_prefix}….")
    return _live(row)


def _live(row: VerifiedKey) -> VerifiedKey:
    if row.revoked_at:
        raise NotSignedIn("This API key was revoked. Ask a commissioner for a new one.")
    if row.expires_at and row.expires_at <= now():
        raise NotSignedIn("This API key has expired. Ask a commissioner for a new one.")
    return row


def _find(session: Session, prefix: str, project_id: uuid.UUID | None = None) -> VerifiedKey | None:
    row = session.execute(*_key(prefix, project_id)).one_or_none()
    return VerifiedKey(*row) if row else None


@prepared
def _key(prefix: str, project_id: uuid.UUID | None) -> Select[Any]:
    found = (
        select(
            ApiKey.id,
            ApiKey.user_id,
            User.email,
            User.display_name,
            ApiKey.project_id,
            ApiKey.scopes,
            ApiKey.key_hash,
            ApiKey.public_key,
            ApiKey.expires_at,
            ApiKey.revoked_at,
        )
        .join(User, User.id == ApiKey.user_id)
        .where(ApiKey.prefix == prefix)
    )
    return found if project_id is None else with_place(found, project_id)


def with_place(whom: Select[Any], project_id: uuid.UUID) -> Select[Any]:
    """And what each user is in a project: no statement is needed for it alone."""
    theirs = and_(Member.user_id == User.id, Member.project_id == project_id)
    return whom.add_columns(Member.role, Member.status).outerjoin(Member, theirs)
