"""Keys of changes that can be compared, and told from guesses by nobody without a project's salt.

What `scan/copies.py` makes of a change is a plain digest of its author's address and its file
names: anybody who guesses both can make it too. It leaves the machine as

    2:<HMAC-SHA256 of the digest, by the salt of the project, in 64 hex digits>

The digest begins with a version of its own, so that a digest of another kind is another message
under the same salt: see docs/decisions/0010.
"""

from __future__ import annotations

import hmac
import re

KEYED = "2:"
_KEYED = re.compile(KEYED + r"[0-9a-f]{64}")


def keyed(patch_key: str, salt: str) -> str:
    """As the league keeps it; what was keyed already stays as it is."""
    if _KEYED.fullmatch(patch_key):
        return patch_key
    return KEYED + hmac.digest(salt.encode(), patch_key.encode(), "sha256").hex()
