"""Tells the copies of a change: what a rebase or a cherry-pick makes of a commit.

Both keep the author and the second of the author date, and change the same files by as many lines.
Who commits by a script makes such twins too, one after the other: those are told apart by their
place in the run of commits of that author and second.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

_MOST_RUNS = 8192  # commits remembered, so that a child finds its parent
_LONGEST_RUN = 64


class Copies:
    """Gives each commit the key of its change, parents before children."""

    def __init__(self) -> None:
        self._runs: dict[bytes, tuple[bytes, tuple[bytes, ...]]] = {}

    def key(
        self, sha: bytes, parents: Sequence[bytes], *, origin: bytes, changes: bytes
    ) -> str | None:
        """The same for every copy; None for a commit that has none (a merge, no changes).

        `origin` is who made it when; `changes` are its files and lines, as git prints them.
        """
        if len(parents) > 1 or not changes:
            return None
        digest = blake2b(b"\0".join((origin, changes)), digest_size=16).digest()
        before = self._run_of(parents, origin)
        if len(before) >= _LONGEST_RUN:
            return None
        self._remember(sha, origin, (*before, digest))
        nth = before.count(digest)
        return f"1:{digest.hex()}:{nth}" if nth else f"1:{digest.hex()}"

    def _run_of(self, parents: Sequence[bytes], origin: bytes) -> tuple[bytes, ...]:
        if not parents:
            return ()
        whose, run = self._runs.get(parents[0], (b"", ()))
        return run if whose == origin else ()

    def _remember(self, sha: bytes, origin: bytes, run: tuple[bytes, ...]) -> None:
        if len(self._runs) >= _MOST_RUNS:
            del self._runs[next(iter(self._runs))]
        self._runs[sha] = (origin, run)
