"""The file of a backup: a zip of the database, its manifest and, if encrypted, the secret key.

Whoever has no Git League at hand can open a plain one with any unzip. Its comment, at the very end,
is the SHA-256 of everything before it: a zip's own checksums leave out its bookkeeping.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ValidationError

from gitleague.core.errors import BackupError
from gitleague.ops.contents import Content
from gitleague.ops.encryption import (
    EncryptingWriter,
    WrongKeyOrDamaged,
    decrypted,
    is_encrypted,
)

FORMAT = 1
MANIFEST, DATABASE, SECRET_KEY = "manifest.json", "database", "secret.key"
BLOCK = 1 << 20
SEAL_BYTES = 2 * hashlib.sha256().digest_size  # in hex

# Writes the database to the stream it is given, and tells what it wrote.
Dump: TypeAlias = "Callable[[BinaryIO], dict[str, Content]]"


class Manifest(BaseModel, frozen=True):
    format: int = FORMAT
    version: str  # of The Git League
    revision: str  # of the schema
    database: Literal["sqlite", "postgresql"]
    made_at: datetime
    tables: dict[str, Content] = {}
    bytes: int = 0  # of the database
    sha256: str = ""  # of the database
    # Tells whether a server has the key that sealed what is sealed, and not what it is.
    secret_key_fingerprint: str
    has_secret_key: bool


class Opened(NamedTuple):
    manifest: Manifest
    database: Path
    secret_key: str | None


def fingerprint(secret_key: str) -> str:
    return hashlib.sha256(b"gitleague secret key\0" + secret_key.encode()).hexdigest()[:16]


def write_archive(
    path: Path, manifest: Manifest, dump: Dump, *, key: str, secret_key: str
) -> Manifest:
    """Whole or not at all: it has its name only when it is on the disk."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            if key:
                with EncryptingWriter(file, key) as encrypting:
                    whole = _pack(encrypting, manifest, dump, secret_key)  # type: ignore[arg-type] # zipfile only writes
                    encrypting.finish()
            else:
                whole = _pack(file, manifest, dump, None)
                file.write(_seal(file))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return whole


@contextmanager
def opened_archive(path: Path, *, key: str, beside: Path | None = None) -> Iterator[Opened]:
    """Its parts, checked, in a folder that goes with the block. Raises BackupError."""
    with tempfile.TemporaryDirectory(prefix="gitleague-", dir=beside) as folder:
        scratch = Path(folder)
        try:
            plain = _plain(path, key, scratch)
            yield _unpack(plain, scratch)
        except FileNotFoundError:
            raise BackupError(f"There is no backup at {path}.") from None
        except (zipfile.BadZipFile, KeyError, EOFError, ValidationError):
            raise BackupError(
                f"{path.name} is damaged, or no backup of The Git League. Take another one."
            ) from None


def read_manifest(path: Path, *, key: str) -> Manifest:
    """Of a backup whose other parts are of no interest."""
    with opened_archive(path, key=key) as archive:
        return archive.manifest


def _pack(file: BinaryIO, manifest: Manifest, dump: Dump, secret_key: str | None) -> Manifest:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
        with packed.open(DATABASE, "w", force_zip64=True) as entry:
            counted = _Counted(entry)
            tables = dump(counted)  # type: ignore[arg-type] # only written to
        if secret_key is not None:
            packed.writestr(SECRET_KEY, secret_key)
        whole = manifest.model_copy(
            update={"tables": tables, "bytes": counted.bytes, "sha256": counted.digest()}
        )
        packed.writestr(MANIFEST, whole.model_dump_json(indent=1))
        if secret_key is None:  # what is encrypted is sealed as a whole
            packed.comment = bytes(SEAL_BYTES)
    return whole


def _seal(file: BinaryIO) -> bytes:
    """What the comment must be. The file is left where the comment begins."""
    left = file.seek(0, os.SEEK_END) - SEAL_BYTES
    file.seek(0)
    seen = hashlib.sha256()
    while left > 0 and (block := file.read(min(left, BLOCK))):
        seen.update(block)
        left -= len(block)
    return seen.hexdigest().encode()


class _Counted:
    """Counts and hashes what passes."""

    def __init__(self, target: BinaryIO | object) -> None:
        self._target: BinaryIO = target  # type: ignore[assignment] # zipfile's own kind of file
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.bytes += len(data)
        return self._target.write(data)

    def digest(self) -> str:
        return self._hash.hexdigest()


def _plain(path: Path, key: str, scratch: Path) -> Path:
    with path.open("rb") as file:
        if not is_encrypted(file):
            if _seal(file) != file.read():
                raise zipfile.BadZipFile
            return path
        if not key:
            raise BackupError(f"{path.name} is encrypted. Set GITLEAGUE_BACKUP_KEY to its key.")
        plain = scratch / "plain.zip"
        try:
            with plain.open("wb") as out:
                out.writelines(decrypted(file, key))
        except WrongKeyOrDamaged:
            raise BackupError(
                f"{path.name} was encrypted with another GITLEAGUE_BACKUP_KEY, or is damaged."
            ) from None
        return plain


def _unpack(path: Path, scratch: Path) -> Opened:
    database = scratch / DATABASE
    with zipfile.ZipFile(path) as packed:
        manifest = Manifest.model_validate_json(packed.read(MANIFEST))
        if manifest.format != FORMAT:
            raise BackupError(
                f"This backup was made by version {manifest.version}. Restore it with that one."
            )
        with packed.open(DATABASE) as entry, database.open("wb") as out:
            counted = _Counted(out)
            shutil.copyfileobj(entry, counted, BLOCK)
        if (counted.bytes, counted.digest()) != (manifest.bytes, manifest.sha256):
            raise BackupError("The checksum of the backup is wrong: it is damaged.")
        secret = packed.read(SECRET_KEY).decode() if manifest.has_secret_key else None
    return Opened(manifest, database, secret)
