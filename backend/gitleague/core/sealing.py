"""Secrets that must be read again, sealed at rest: whoever has the database alone cannot read them.

The key is made from GITLEAGUE_SECRET_KEY. What was sealed belongs to one row and one purpose, which
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
    def _cipher(self) -> AESGCM:
        # Not at the start: the key may be made on first use.
        derive = HKDF(SHA256(), length=32, salt=None, info=b"gitleague sealing v1")
        return AESGCM(derive.derive(self._settings.signing_key.encode()))

    def seal(self, secret: str, *, place: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        closed = self._cipher.encrypt(nonce, secret.encode(), place.encode())
        return VERSION + base64.b64encode(nonce + closed).decode()

    def unseal(self, sealed: str, *, place: str) -> str:
        """Raises BrokenSealError."""
        try:
            closed = base64.b64decode(sealed.removeprefix(VERSION), validate=True)
            nonce, rest = closed[:NONCE_BYTES], closed[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, rest, place.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise BrokenSealError from error
