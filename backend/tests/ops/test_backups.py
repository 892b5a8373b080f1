"""Backups: made, verified, put back, and what is refused."""

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from gitleague.core import migrations
from gitleague.core.db import Database
from gitleague.core.errors import BackupError
from gitleague.core.settings import Settings
from gitleague.ops.archive import Manifest, write_archive
from gitleague.ops.backup import BackedUp, back_up, backup_folder
from gitleague.ops.contents import Content, contents_of
from gitleague.ops.restore import restore, verify_backup
from gitleague.tables.accounts import User
from make import make_project, make_user
from one_of_each import fill
from operators import Operator
from pydantic import SecretStr
from servers import postgresql_database, postgresql_programs
from sqlalchemy import delete, select, text

KEY = "a key that is kept in another place than backups are"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"postgresql_programs": postgresql_programs()})


@pytest.fixture
def filled(database: Database) -> Database:
    """A row in every table, and text that is hard to keep."""
    with database.engine.begin() as connection:
        fill(connection)
    with database.writing() as session:
        make_user(session, "grace@example.org", name='Gr\\tce "Häß" O\'Höpper\n\\N 🏀')
    return database


@pytest.fixture
def empty(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another database of the same kind, with nothing in it."""
    if database.is_sqlite:
        opened = Database(f"sqlite:///{tmp_path / 'empty' / 'league.db'}")
        yield opened
        opened.close()
        return
    with postgresql_database(request.getfixturevalue("postgresql"), "empty") as url:
        opened = Database(url, pool_size=2)
        yield opened
        opened.close()


def contents(database: Database) -> dict[str, Content]:
    with database.engine.connect() as connection:
        return contents_of(connection)


def made(database: Database, settings: Settings, *, keep: int = 14) -> BackedUp:
    return back_up(database, settings, backup_folder(settings), keep=keep)


def encrypted(settings: Settings) -> Settings:
    return settings.model_copy(update={"backup_key": SecretStr(KEY)})


def test_it_works(filled: Database, empty: Database, settings: Settings) -> None:
    backup = made(filled, settings)
    found = verify_backup(filled, settings, backup.path)
    assert (found.drilled, found.problems) == (True, [])
    restore(empty, settings, backup.path)
    assert contents(empty) == contents(filled) == backup.manifest.tables
    assert migrations.current(empty) == backup.manifest.revision == migrations.newest()
    assert all(content.rows for content in backup.manifest.tables.values())
    with empty.writing() as session:  # numbers that the database gives go on
        make_project(session, "The next one")


def test_it_is_of_one_moment(filled: Database, empty: Database, settings: Settings) -> None:
    """Whoever writes meanwhile is not waited for."""
    before = contents(filled)
    with filled.writing() as session:
        make_user(session, "late@example.org")
        backup = made(filled, settings)
    restore(empty, settings, backup.path)
    assert contents(empty) == before


def test_a_backup_with_a_key_can_be_read_with_that_key_only(
    filled: Database, empty: Database, settings: Settings, tmp_path: Path
) -> None:
    backup = made(filled, encrypted(settings))
    assert backup.warnings == []
    assert b"grace" not in backup.path.read_bytes()
    assert not zipfile.is_zipfile(backup.path)
    with pytest.raises(BackupError, match="GITLEAGUE_BACKUP_KEY"):
        restore(empty, settings, backup.path)
    wrong = settings.model_copy(update={"backup_key": SecretStr("another key " * 4)})
    with pytest.raises(BackupError, match="another GITLEAGUE_BACKUP_KEY"):
        restore(empty, wrong, backup.path)
    elsewhere = encrypted(settings).model_copy(update={"data_dir": tmp_path / "new machine"})
    assert restore(empty, elsewhere, backup.path).warnings == []
    assert contents(empty) == contents(filled)
    kept = tmp_path / "new machine" / "secret.key"
    assert kept.read_text() == settings.signing_key
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.on_both
def test_without_a_key_the_secret_key_is_missed(
    filled: Database, empty: Database, settings: Settings, tmp_path: Path
) -> None:
    backup = made(filled, settings)
    assert "secret.key" in backup.warnings[0]
    assert settings.signing_key.encode() not in backup.path.read_bytes()
    elsewhere = settings.model_copy(
        update={"secret_key": SecretStr("the key of another machine, or so")}
    )
    elsewhere.__dict__.pop("signing_key", None)
    [warning] = restore(empty, elsewhere, backup.path).warnings
    assert "GITLEAGUE_SECRET_KEY" in warning


@pytest.mark.parametrize("has_key", [True, False])
def test_damage_is_found(filled: Database, settings: Settings, *, has_key: bool) -> None:
    settings = encrypted(settings) if has_key else settings
    path = made(filled, settings).path
    whole = path.read_bytes()
    flipped = [
        whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        for place in range(0, len(whole), len(whole) // 100)
    ]
    for damaged in (whole[: len(whole) // 2], whole[:-1], whole + b"\0", b"", *flipped):
        path.write_bytes(damaged)
        with pytest.raises(BackupError):
            verify_backup(filled, settings, path, drill=False)


@pytest.mark.on_both
def test_the_drill_finds_what_checksums_cannot(filled: Database, settings: Settings) -> None:
    """A backup that says of itself that it holds a row more than it does."""
    good = made(filled, settings)
    with zipfile.ZipFile(good.path) as packed:
        database = packed.read("database")
    users = good.manifest.tables["users"]
    lying = good.manifest.tables | {"users": users.model_copy(update={"rows": users.rows + 1})}
    bad = good.path.with_name("lying.backup")

    def dump(out: object) -> dict[str, Content]:
        out.write(database)
        return lying

    write_archive(bad, good.manifest, dump, key="", secret_key="")
    assert verify_backup(filled, settings, bad, drill=False).problems == []
    assert verify_backup(filled, settings, bad).problems == [
        f"users has {users.rows} rows, and {users.rows + 1} were expected."
    ]


def test_restore_asks_before_it_replaces(filled: Database, settings: Settings) -> None:
    backup = made(filled, settings)
    with filled.writing() as session:
        session.execute(delete(User).where(User.email == "grace@example.org"))
    changed = contents(filled)
    with pytest.raises(BackupError, match="--replace"):
        restore(filled, settings, backup.path)
    assert contents(filled) == changed
    restore(filled, settings, backup.path, replace=True)
    assert contents(filled) == backup.manifest.tables
    with filled.reading() as session:
        assert session.scalar(select(User.id).where(User.email == "grace@example.org"))


def test_a_restore_that_fails_halfway_leaves_what_was_there(
    filled: Database, settings: Settings
) -> None:
    good = made(filled, settings)
    with zipfile.ZipFile(good.path) as packed:
        database = packed.read("database")
    bad = good.path.with_name("broken.backup")

    def dump(out: object) -> dict[str, Content]:
        out.write(database[: len(database) // 2] if filled.is_sqlite else database + b"SELECT 1/0;")
        return good.manifest.tables

    write_archive(bad, good.manifest, dump, key="", secret_key="")
    with pytest.raises(BackupError):
        restore(filled, settings, bad, replace=True)
    assert contents(filled) == good.manifest.tables


def test_a_newer_schema_is_refused(filled: Database, empty: Database, settings: Settings) -> None:
    with filled.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup = made(filled, settings)
    with pytest.raises(BackupError, match="9999"):
        restore(empty, settings, backup.path)
    assert contents(empty) == {}
    restore(empty, settings, backup.path, allow_newer=True)
    assert migrations.current(empty) == "9999"


def test_an_older_schema_is_restored_and_migrated(
    filled: Database, empty: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLEAGUE_SECRET_KEY", "k" * 32)  # what the migrations seal with
    migrations.downgrade(filled, "-1")
    backup = made(filled, settings)
    assert restore(empty, settings, backup.path).needs_upgrade
    migrations.upgrade(empty)
    assert migrations.current(empty) == migrations.newest()


def test_a_backup_of_another_kind_of_database_is_refused(
    filled: Database, empty: Database, settings: Settings
) -> None:
    backup = made(filled, settings)
    kind = "postgresql" if filled.is_sqlite else "sqlite"
    manifest: Manifest = backup.manifest.model_copy(update={"database": kind})
    other = backup.path.with_name("other.backup")
    write_archive(other, manifest, lambda _: manifest.tables, key="", secret_key="")
    with pytest.raises(BackupError, match="db move"):
        restore(empty, settings, other)


def test_old_backups_are_removed(filled: Database, settings: Settings) -> None:
    folder = backup_folder(settings)
    backups = [made(filled, settings, keep=2) for _ in range(3)]
    assert backups[2].removed == [backups[0].path]
    assert sorted(folder.iterdir()) == [backups[1].path, backups[2].path]
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_memory_does_not_grow_with_the_backup(tmp_path: Path) -> None:
    """64 MB that cannot be packed, encrypted and read again."""
    script = """
import os, resource, sys
from pathlib import Path
from gitleague.core.clock import now
from gitleague.ops.archive import Manifest, opened_archive, write_archive
path, key = Path(sys.argv[1]), "k" * 32
def dump(out):
    for _ in range(64):
        out.write(os.urandom(1 << 20))
    return {}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
manifest = Manifest(version="1", revision="1", database="sqlite", made_at=now(),
                    secret_key_fingerprint="", has_secret_key=True)
write_archive(path, manifest, dump, key=key, secret_key="secret")
with opened_archive(path, key=key, beside=path.parent) as archive:
    assert archive.secret_key == "secret" and archive.database.stat().st_size == 64 << 20
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "big.backup"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 24


def test_the_commands(tmp_path: Path) -> None:
    operator = Operator({"GITLEAGUE_DATA_DIR": str(tmp_path / "league")})
    nothing = operator.run_here("backup")
    assert (nothing.code, "no database" in nothing.err) == (2, True)
    operator.run_here("bootstrap", "--email", "ada@example.org", "--project", "League")
    done = operator.run_here("backup", "--json", GITLEAGUE_BACKUP_KEY=KEY)
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert Path(told["file"]).parent == tmp_path / "league" / "backups"
    assert told["manifest"]["tables"]["users"]["rows"] == 1
    command = ("backup", "verify", told["file"], "--json")
    verified = operator.run_here(*command, GITLEAGUE_BACKUP_KEY=KEY)
    assert json.loads(verified.out)["whole"] is True
    refused = operator.run_here("restore", told["file"], GITLEAGUE_BACKUP_KEY=KEY)
    assert (refused.code, "--replace" in refused.err) == (2, True)
    fresh = Operator({"GITLEAGUE_DATA_DIR": str(tmp_path / "fresh")})
    restored = fresh.run_here("restore", told["file"], GITLEAGUE_BACKUP_KEY=KEY)
    assert (restored.code, restored.err) == (0, "")
    with closing(sqlite3.connect(tmp_path / "fresh" / "gitleague.db")) as database:
        assert database.execute("SELECT email FROM users").fetchall() == [("ada@example.org",)]
    weak = operator.run_here("backup", GITLEAGUE_BACKUP_KEY="short")
    assert (weak.code, "GITLEAGUE_BACKUP_KEY" in weak.err) == (2, True)


def test_programs_that_are_missing_are_named(filled: Database, settings: Settings) -> None:
    if filled.is_sqlite:  # needs none
        assert made(filled, settings.model_copy(update={"postgresql_programs": None})).bytes
        return
    nowhere = settings.model_copy(update={"postgresql_programs": Path(os.devnull)})
    with pytest.raises(Exception, match="GITLEAGUE_POSTGRESQL_PROGRAMS"):
        made(filled, nowhere)
