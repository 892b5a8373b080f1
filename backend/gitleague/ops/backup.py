"""A backup of all leagues, made while they are played."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gitleague import __version__
from gitleague.core import migrations
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import BackupError
from gitleague.core.settings import Settings
from gitleague.ops import postgresql, sqlite
from gitleague.ops.archive import Manifest, fingerprint, write_archive

NAME, SUFFIX = "gitleague-", ".backup"
A_DAY = 24 * 60 * 60
NO_KEY = (
    "The backup is not encrypted, and the secret key is not in it. Keep GITLEAGUE_SECRET_KEY (or "
    "secret.key of the data folder) in another place: what is sealed with it is lost without it. "
    "Set GITLEAGUE_BACKUP_KEY to encrypt backups and have it included."
)


class BackedUp(NamedTuple):
    path: Path
    bytes: int
    manifest: Manifest
    removed: list[Path]  # older ones, beyond those to keep
    warnings: list[str]


def backup_folder(settings: Settings) -> Path:
    return settings.data_dir / "backups"


def back_up(database: Database, settings: Settings, folder: Path, *, keep: int) -> BackedUp:
    revision = migrations.current(database)
    if revision is None:
        raise BackupError("There is nothing to back up: the database has no tables yet.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made_at, key = now(), settings.backup_key.get_secret_value()
    path = folder / f"{NAME}{made_at:%Y%m%dT%H%M%S.%fZ}{SUFFIX}"
    manifest = Manifest(
        version=__version__,
        revision=revision,
        database="sqlite" if database.is_sqlite else "postgresql",
        made_at=made_at,
        secret_key_fingerprint=fingerprint(settings.signing_key),
        has_secret_key=bool(key),
    )
    # Beside the backup, where there is room for it: it can be larger than the system's own.
    with tempfile.TemporaryDirectory(prefix=".gitleague-", dir=folder) as scratch:
        dump = (
            partial(sqlite.dump, database, scratch=Path(scratch))
            if database.is_sqlite
            else partial(postgresql.dump, database, settings)
        )
        whole = write_archive(path, manifest, dump, key=key, secret_key=settings.signing_key)
    _remove_remains(folder)
    removed = _remove_old(folder, keep)
    return BackedUp(path, path.stat().st_size, whole, removed, [] if key else [NO_KEY])


def backups_in(folder: Path) -> list[Path]:
    """The oldest first: their names have the time in them."""
    return sorted(folder.glob(f"{NAME}*{SUFFIX}"))


def _remove_remains(folder: Path) -> None:
    """Of backups that were killed halfway."""
    for remains in (*folder.glob(f"{NAME}*{SUFFIX}.part"), *folder.glob(".gitleague-*")):
        if now().timestamp() - remains.stat().st_mtime > A_DAY:
            shutil.rmtree(remains) if remains.is_dir() else remains.unlink()


def _remove_old(folder: Path, keep: int) -> list[Path]:
    old = backups_in(folder)[:-keep]
    for path in old:
        path.unlink()
    return old
