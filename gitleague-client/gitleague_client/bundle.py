"""A bundle: what a sync would send, in a file, for networks that never meet.

    {"gitleague_bundle": 1, "key": "tgl_ab12cd34", …}      who signed it, and when
    {"project_id": …, "repo": …, "kind": "commits"}        a request, as a push would send it
    {"client_version": …, "commits": […]}                  and its body; more such pairs follow
    {"sha256": …, "signature": …}                          of all lines before

All of it is packed with gzip. The signature is Ed25519 (RFC 8032), and its private key is made from
the API key: a server that keeps the public one knows who signed, and can sign nothing itself.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime, timezone
from enum import Enum
from threading import Lock
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gitleague_client.credentials import LOOKUP_LENGTH

FORMAT = 1
LONGEST_LINE = 64 * 1024 * 1024  # bytes; twice the body that a client makes
_PURPOSE = b"gitleague bundle\0"
_PREFIX = re.compile(r"tgl_[A-Za-z0-9_-]{8}")


class Kind(str, Enum):
    """Which request it was to be."""

    COMMITS = "commits"
    REFS = "refs"


class Entry(NamedTuple):
    project_id: UUID
    repo: str  # its git URL
    kind: Kind
    body: bytes


class Seal(NamedTuple):
    """What is known of a bundle that is whole."""

    key_prefix: str
    created_at: datetime
    digest: bytes
    signature: bytes

    def is_by(self, public_key: str) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(b64decode(public_key)).verify(
                self.signature, _PURPOSE + self.digest
            )
        except InvalidSignature:
            return False
        return True


class NotWhole(ValueError):
    """This is no bundle, or not all of it, or not as it was made. The text says which."""


class BundleWriter:
    """Packs requests into a file, also from several threads; `close` signs it."""

    def __init__(self, file: BinaryIO, api_key: str) -> None:
        self._packed = gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0)
        self._api_key = api_key
        self._digest = hashlib.sha256()
        self._turn = Lock()
        self.count = 0  # entries
        made = datetime.now(timezone.utc).isoformat(timespec="seconds")
        header = {
            "gitleague_bundle": FORMAT,
            "key": api_key[:LOOKUP_LENGTH],
            "created_at": made,
        }
        self._write(_line(header))

    def add(self, entry: Entry) -> None:
        place = {"project_id": str(entry.project_id), "repo": entry.repo, "kind": entry.kind.value}
        with self._turn:
            if not self._packed.closed:  # a thread that nobody waits for may come too late
                self._write(_line(place) + entry.body + b"\n")
                self.count += 1

    def close(self) -> None:
        with self._turn:
            signature = _private_key(self._api_key).sign(_PURPOSE + self._digest.digest())
            seal = {"sha256": self._digest.hexdigest(), "signature": b64encode(signature).decode()}
            self._packed.write(_line(seal))
            self._packed.close()

    def _write(self, lines: bytes) -> None:
        self._digest.update(lines)
        self._packed.write(lines)


def public_key_of(api_key: str) -> str:
    """What tells the signatures of an API key, in base 64; the key cannot be made from it."""
    return b64encode(_private_key(api_key).public_key().public_bytes_raw()).decode()


def read_seal(file: BinaryIO) -> Seal:
    """Reads all of the file once. Raises NotWhole."""
    lines = _lines(file)
    header = next(lines, b"")
    digest = hashlib.sha256()
    last = header
    for line in lines:
        digest.update(last)
        last = line
    first, seal = _fields(header), _fields(last)
    if first.get("gitleague_bundle", FORMAT) != FORMAT:
        raise NotWhole("A newer client made this bundle. Upgrade the server.")
    try:
        found = Seal(
            key_prefix=_PREFIX.fullmatch(first["key"])[0],  # type: ignore[index]
            created_at=datetime.fromisoformat(first["created_at"]),
            digest=digest.digest(),
            signature=b64decode(seal["signature"]),
        )
        is_whole = bytes.fromhex(seal["sha256"]) == found.digest
    except (ValueError, KeyError, TypeError):
        raise NotWhole(_DAMAGED) from None
    if not is_whole:
        raise NotWhole(_DAMAGED)
    return found


def read_entries(file: BinaryIO) -> Iterator[Entry]:
    """What a bundle holds, in the order in which it is to be taken. Raises NotWhole."""
    lines = _lines(file)
    next(lines, None)
    for line in lines:
        place = _fields(line)
        if "signature" in place:
            return
        try:
            project_id, kind = UUID(place["project_id"]), Kind(place["kind"])
            entry = Entry(project_id, _printable(place["repo"]), kind, next(lines)[:-1])
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
            raise NotWhole(_MADE_WRONG) from None
        yield entry


_MADE_WRONG = "An entry of this bundle is none. Whatever made it is no client of ours."
_DAMAGED = "This bundle is not whole: something was cut off or changed on its way. Copy it again."


def _lines(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    said = "This is no bundle of `gitleague-client sync --to FILE`."
    try:
        with gzip.GzipFile(fileobj=file) as unpacked:
            while line := unpacked.readline(LONGEST_LINE):
                said = _DAMAGED
                if not line.endswith(b"\n"):
                    raise NotWhole(said)
                yield line
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise NotWhole(said) from None


def _printable(text: object) -> str:
    if isinstance(text, str) and text.isprintable():
        return text
    raise ValueError


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise NotWhole(_DAMAGED) from None
    return fields if isinstance(fields, dict) else {}


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def _private_key(api_key: str) -> Ed25519PrivateKey:
    # The secret in a key is random and long enough by itself, so one hash of it is a seed.
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(_PURPOSE + api_key.encode()).digest()
    )
