"""A backup is put back, or tried in a database of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from gitleague.core import migrations
from gitleague.core.db import Database
from gitleague.core.errors import BackupError
from gitleague.core.settings import Settings
from gitleague.ops import postgresql, sqlite
from gitleague.ops.archive import Manifest, Opened, fingerprint, opened_archive
from gitleague.ops.contents import Content, contents_of, differences


class Verified(NamedTuple):
    manifest: Manifest
    drilled: bool
    problems: list[str]


class Restored(NamedTuple):
    manifest: Manifest
    needs_upgrade: bool
    warnings: list[str]


def verify_backup(
    database: Database, settings: Settings, path: Path, *, drill: bool = True
) -> Verified:
    """Raises BackupError where it cannot even be read."""
    with opened_archive(path, key=settings.backup_key.get_secret_value()) as archive:
        found = _drilled(database, settings, archive) if drill else archive.manifest.tables
        problems = differences(archive.manifest.tables, found)
        if archive.secret_key is not None:
            same = fingerprint(archive.secret_key) == archive.manifest.secret_key_fingerprint
            problems += [] if same else ["The secret key in it is not the one it was made with."]
        return Verified(archive.manifest, drill, problems)


def restore(
    database: Database,
    settings: Settings,
    path: Path,
    *,
    replace: bool = False,
    allow_newer: bool = False,
) -> Restored:
    """All of it or nothing: until the last moment the database is as it was."""
    with opened_archive(path, key=settings.backup_key.get_secret_value()) as archive:
        manifest = archive.manifest
        _check_kind(database, manifest)
        is_known = migrations.is_known(manifest.revision)
        if not is_known and not allow_newer:
            raise BackupError(
                f"This backup has schema {manifest.revision}, and this version knows "
                f"{migrations.newest()} at most. Install version {manifest.version}, or pass "
                "--allow-newer if you will."
            )
        if not replace and _has_rows(database):
            raise BackupError(
                "The database is not empty, and a restore replaces all of it. Back it up, and pass "
                "--replace."
            )
        if database.is_sqlite:
            _check_content(manifest, sqlite.check_copy(archive.database), "Nothing was changed.")
            sqlite.load(database, archive.database)
        else:
            postgresql.load(database, settings, archive.database)
            _check_content(manifest, _contents(database), "It was restored nevertheless.")
        warnings = _restore_secret_key(settings, archive)
    needs_upgrade = is_known and manifest.revision != migrations.newest()
    return Restored(manifest, needs_upgrade, warnings)


def _drilled(database: Database, settings: Settings, archive: Opened) -> dict[str, Content]:
    _check_kind(database, archive.manifest)
    if database.is_sqlite:
        return sqlite.check_copy(archive.database)
    with postgresql.scratch_database(database) as scratch:
        postgresql.load(scratch, settings, archive.database)
        return _contents(scratch)


def _contents(database: Database) -> dict[str, Content]:
    with database.engine.connect() as connection:
        return contents_of(connection)


def _has_rows(database: Database) -> bool:
    return any(content.rows for content in _contents(database).values())


def _check_kind(database: Database, manifest: Manifest) -> None:
    if (manifest.database == "sqlite") != database.is_sqlite:
        raise BackupError(
            f"This backup is of {manifest.database}, and GITLEAGUE_DATABASE_URL names another kind "
            "of database. Restore it to one of its kind; `gitleague db move` takes it over then."
        )


def _check_content(manifest: Manifest, found: dict[str, Content], consequence: str) -> None:
    wrong = differences(manifest.tables, found)
    if wrong:
        raise BackupError(
            f"The backup does not hold what its manifest says. {wrong[0]} {consequence}"
        )


def _restore_secret_key(settings: Settings, archive: Opened) -> list[str]:
    """Kept where there is none yet; another one is never overwritten."""
    kept = settings.data_dir / "secret.key"
    if archive.secret_key and not settings.secret_key.get_secret_value() and not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(archive.secret_key)
        return []
    if fingerprint(settings.signing_key) == archive.manifest.secret_key_fingerprint:
        return []
    return [
        "The secret key of this server is not the one of the backup: webhooks, digests and other "
        "sealed secrets cannot be opened, and everybody has to sign in again. Set "
        "GITLEAGUE_SECRET_KEY to the old one"
        + (
            f", or move {kept} away and restore once more: this backup holds it."
            if archive.secret_key
            else "."
        )
    ]
