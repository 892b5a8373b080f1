"""Under which key a commit is kept, so that its copies are found: never one that can be guessed.

Clients send the digest of a change keyed with the project's salt. Older ones, and the scan of
repositories that the server pulls, give the digest alone, which is keyed here. Of an erased player
it is keyed once more, with the secret that nobody is told.
"""

from __future__ import annotations

import uuid
from typing import NamedTuple

from gitleague_client.commit import Commit
from gitleague_client.rules.change_keys import keyed
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.sync.erased import Erased
from gitleague.tables.projects import Project


class ChangeKeys(NamedTuple):
    salt: str
    erased: Erased

    def of(self, commit: Commit) -> str | None:
        """None for a commit that is compared by its sha alone."""
        if commit.patch_key is None:
            return None
        key = keyed(commit.patch_key, self.salt)
        return self.erased.change_key(key) if self.erased.wrote(commit) else key


def change_salt_of(session: Session, project_id: uuid.UUID) -> str:
    """It never changes: what was keyed with another could not be compared any more."""
    salt: str = session.scalars(*_salt(project_id)).one()
    return salt


@prepared
def _salt(project_id: uuid.UUID) -> Select[tuple[str]]:
    return select(Project.change_salt).where(Project.id == project_id)
