"""API keys: their shape, and the checksum that tells a mistyped key from a wrong one offline.

tgl_<8 of [a-z0-9]>_<32 of [A-Za-z0-9]><6: base62 of the CRC-32 of all before>
"""

from __future__ import annotations

import re
import string
import zlib
from enum import Enum
from typing import NamedTuple

PREFIX_ALPHABET = string.ascii_lowercase + string.digits
SECRET_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX_LENGTH = 8
SECRET_LENGTH = 32
CHECKSUM_LENGTH = 6
LOOKUP_LENGTH = len("tgl_") + PREFIX_LENGTH  # what a server finds a key by
_SHAPE = re.compile(r"tgl_[a-z0-9]{8}_[A-Za-z0-9]{38}")
# Keys of the original system hold `_` anywhere and no checksum; the server judges them.
_OLD_SHAPE = re.compile(r"tgl_[A-Za-z0-9_-]{8}_[A-Za-z0-9_-]{32}")


class KeySource(str, Enum):
    """Where a key comes from, in the order in which they are asked."""

    FLAG = "--api-key"
    ENVIRONMENT = "GITLEAGUE_API_KEY"
    FILE = "the configuration"
    CREDENTIALS = "the credentials file"
    KEYRING = "the system keyring"


class Key(NamedTuple):
    """One that is in use, or none."""

    text: str = ""
    source: KeySource | None = None

    def __repr__(self) -> str:
        """A key is shown nowhere."""
        return f"Key(source={self.source})"


def make_key(prefix: str, secret: str) -> str:
    """The whole key from its random parts."""
    body = f"tgl_{prefix}_{secret}"
    return body + checksum(body)


def checksum(body: str) -> str:
    """Six digits of base 62, most significant first."""
    rest = zlib.crc32(body.encode("utf-8"))
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(SECRET_ALPHABET))
        digits = SECRET_ALPHABET[digit] + digits
    return digits


def is_key(key: str) -> bool:
    """Could be a key: ours with a right checksum, or one of the original system."""
    if _SHAPE.fullmatch(key):
        return checksum(key[:-CHECKSUM_LENGTH]) == key[-CHECKSUM_LENGTH:]
    return bool(_OLD_SHAPE.fullmatch(key))


def is_of_the_original_system(key: str) -> bool:
    """Such a key opens what it opened, and can do nothing that came later."""
    return not _SHAPE.fullmatch(key) and bool(_OLD_SHAPE.fullmatch(key))


def is_mistyped(key: str) -> bool:
    """Begins as a key does, and is none: a character is wrong, missing or too many."""
    return key.startswith("tgl_") and not is_key(key)
