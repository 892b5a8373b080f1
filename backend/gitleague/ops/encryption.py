"""A stream that only the holder of a key can read, and nobody can change, cut or reorder unseen.

AES-256-GCM over pieces of equal size, whose nonces count them and tell which one is the last. The
key of each file is made from the operator's key and a salt of the file's own.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"gitleague encrypted backup 1\n"
SALT_BYTES = 16
PIECE_BYTES = 1 << 20
TAG_BYTES = 16
COUNTER_BYTES = 11


class WrongKeyOrDamaged(ValueError):
    """Not made with this key, or changed since."""


class EncryptingWriter(io.RawIOBase):
    """What is written to it arrives encrypted in `target`, once it is closed."""

    def __init__(self, target: BinaryIO, key: str) -> None:
        self._target = target
        salt = secrets.token_bytes(SALT_BYTES)
        self._cipher = _cipher(key, salt)
        self._pieces = 0
        self._waiting = bytearray()
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        arrived = memoryview(data).cast("B")  # type: ignore[arg-type] # any buffer, as io says
        self._waiting += arrived
        while len(self._waiting) > PIECE_BYTES:  # the last piece is told apart, so one stays
            self._put(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]
        return len(arrived)

    def finish(self) -> None:
        """Without it the file is known to be cut off."""
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._pieces, is_last=is_last), piece, None))
        self._pieces += 1


def is_encrypted(source: BinaryIO) -> bool:
    begins = source.read(len(MAGIC))
    source.seek(0)
    return begins == MAGIC


def decrypted(source: BinaryIO, key: str) -> Iterator[bytes]:
    """Piece by piece. Raises WrongKeyOrDamaged."""
    source.seek(len(MAGIC))
    cipher = _cipher(key, source.read(SALT_BYTES))
    size = PIECE_BYTES + TAG_BYTES
    piece, number = source.read(size), 0
    while True:
        following = source.read(size)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), piece, None)
        except (InvalidTag, ValueError) as error:
            raise WrongKeyOrDamaged from error
        if not following:
            return
        piece, number = following, number + 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(COUNTER_BYTES, "big") + bytes([is_last])


def _cipher(key: str, salt: bytes) -> AESGCM:
    derive = HKDF(SHA256(), length=32, salt=salt, info=b"gitleague backup v1")
    return AESGCM(derive.derive(key.encode()))
