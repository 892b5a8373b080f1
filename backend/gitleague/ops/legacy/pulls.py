"""When a repository is pulled, and with what: opened with the old key and sealed with ours."""

from __future__ import annotations

import json
import uuid
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import insert
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.errors import Invalid
from gitleague.core.sealing import Sealer
from gitleague.ops.legacy.source import Row
from gitleague.ops.legacy.taking import Taking
from gitleague.sync.pull.credentials import Credential, check_credential, seal
from gitleague.sync.pull.schedules import check_schedule, next_time
from gitleague.tables.syncs import CredentialKind, RepoPull

_KEYS = ("private_key", "ssh_key", "ssh_private_key")
_TOKENS = ("password", "token", "access_token")


def take_pull(
    session: Session, taking: Taking, row: Row, project_id: uuid.UUID, repo_id: uuid.UUID
) -> None:
    """Of a repository that is still pulled; what cannot be taken is said."""
    schedule, credential = _schedule(taking, row), _credential(taking, row)
    sealer = Sealer(taking.settings)
    session.execute(
        insert(RepoPull).values(
            project_id=project_id,
            repo_id=repo_id,
            schedule=schedule,
            branches=[row["branch"]] if row["branch"] else [],
            credential_kind=credential.kind.value if credential else None,
            sealed_credential=seal(sealer, credential, repo_id) if credential else None,
            next_due=next_time(schedule, taking.zone, after=now()) if schedule else None,
            failures=0,
        )
    )


def _schedule(taking: Taking, row: Row) -> str | None:
    told = str(row["sync_frequency"] or "").strip()
    try:
        return check_schedule(told) if told else None
    except Invalid:
        taking.notes.append(f"{row['name']}: {told!r} is no schedule; give it one.")
        return None


def _credential(taking: Taking, row: Row) -> Credential | None:
    if not row["credentials_encrypted"]:
        return None
    key = taking.settings.legacy_fernet_key.get_secret_value()
    try:
        if key:
            opened = Fernet(key).decrypt(str(row["credentials_encrypted"]).encode()).decode()
            return check_credential(_read(opened))
        why = "set GITLEAGUE_LEGACY_FERNET_KEY to the old FERNET_KEY before you import it"
    except (InvalidToken, ValueError, KeyError, Invalid):
        why = "GITLEAGUE_LEGACY_FERNET_KEY does not open it, or nobody can read it"
    taking.notes.append(f"{row['name']}: its credential is not taken: {why}. Or give it a new one.")
    return None


def _read(text: str) -> Credential:
    """Fields in JSON, or the secret alone."""
    try:
        told: Any = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        told = {"ssh_key" if "PRIVATE KEY-----" in text else "token": text}
    for names, kind in ((_KEYS, CredentialKind.SSH_KEY), (_TOKENS, CredentialKind.TOKEN)):
        secret = next((told[name] for name in names if told.get(name)), None)
        if secret:
            return Credential(kind, str(secret), told.get("username"))
    raise KeyError("secret")
