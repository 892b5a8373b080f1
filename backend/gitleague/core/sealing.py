"""Secrets that must be read again, sealed at rest: whoever has the database alone cannot read them.

The key is made from GITLEAGUE_SECRET_KEY; what an earlier one sealed is opened with
GITLEAGUE_OLD_SECRET_KEYS. What was sealed belongs to one row and one purpose, which
are checked when it is opened: it cannot be moved to another.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gitleague.core.settings import Settings

VERSION = "v1:"
NONCE_BYTES = 12


class BrokenSealError(ValueError):
    """Sealed with another secret key, for another place, or changed since."""


class Sealer:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _ciphers(self) -> list[AESGCM]:
        """The one in force, then earlier ones. Not at the start: it may be made on first use."""
        old = [key.get_secret_value() for key in self._settings.old_secret_keys]
        return [_cipher(key) for key in (self._settings.signing_key, *old)]

    def seal(self, secret: str, *, place: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        closed = self._ciphers[0].encrypt(nonce, secret.encode(), place.encode())
        return VERSION + base64.b64encode(nonce + closed).decode()

    def unseal(self, sealed: str, *, place: str) -> str:
        """Raises BrokenSealError."""
        return self._open(sealed, place)[0]

    def is_current(self, sealed: str, *, place: str) -> bool:
        """Whether the key in force sealed it. Raises BrokenSealError."""
        return self._open(sealed, place)[1] is self._ciphers[0]

    def _open(self, sealed: str, place: str) -> tuple[str, AESGCM]:
        try:
            closed = base64.b64decode(sealed.removeprefix(VERSION), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BrokenSealError from error
        nonce, rest = closed[:NONCE_BYTES], closed[NONCE_BYTES:]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, rest, place.encode()).decode(), cipher
            except (InvalidTag, ValueError):
                continue
        raise BrokenSealError


def _cipher(key: str) -> AESGCM:
    derive = HKDF(SHA256(), length=32, salt=None, info=b"gitleague sealing v1")
    return AESGCM(derive.derive(key.encode()))
