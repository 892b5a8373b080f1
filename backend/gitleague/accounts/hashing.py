"""What it costs to hash an API key, and to guess one; and how many are hashed at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gitleague.core.errors import Unavailable

# OWASP's second choice for Argon2id: 19 MiB, so that a few at once stay far below
# a worker's budget.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Of one process. Who waits holds a thread, of which there are 40 for all requests.
AT_ONCE, WAITING = 2, 8
RETRY_AFTER = 2  # seconds

_places = BoundedSemaphore(AT_ONCE + WAITING)
_turns = BoundedSemaphore(AT_ONCE)


def hash_key(key: str) -> str:
    """Raises Unavailable where too many are hashed already."""
    with _turn():
        return HASHER.hash(key)


def is_hash_of(key_hash: str, key: str) -> bool:
    """Raises Unavailable where too many are hashed already."""
    with _turn():
        try:
            return HASHER.verify(key_hash, key)
        except (VerificationError, InvalidHashError):
            return False


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Unavailable(
            "Too many API keys are being checked at the moment. Try again shortly.",
            retry_after=RETRY_AFTER,
        )
    try:
        with _turns:
            yield
    finally:
        _places.release()
