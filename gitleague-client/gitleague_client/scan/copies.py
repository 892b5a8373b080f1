"""Tells the copies of a change: what a rebase or a cherry-pick makes of a commit.

Both keep the author and the second of the author date, and change the same files by as many lines.
Who commits by a script makes such twins too, one after the other: those are told apart by their
place in the run of commits of that author and second.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeAlias

from gitleague_client.scan.ancestors import Ancestors

_GENERATION = 8192  # commits remembered, and as many before them, so that a child finds its parent
_LONGEST_RUN = 64
Run: TypeAlias = tuple[bytes, ...]  # digests, oldest first


class Copies:
    """Gives each commit the key of its change, parents before children."""

    def __init__(self, ancestors: Ancestors | None = None) -> None:
        self._ancestors = ancestors
        self._young: dict[bytes, tuple[bytes, Run]] = {}  # sha -> its origin, the run up to it
        self._old: dict[bytes, tuple[bytes, Run]] = {}

    def key(
        self, sha: bytes, parents: Sequence[bytes], *, origin: bytes, changes: bytes
    ) -> str | None:
        """The same for every copy; None for a commit that has none (a merge, no changes).

        `origin` is who made it when; `changes` are its files and lines, as git prints them.
        """
        if len(parents) > 1:
            self._remember(sha, b"", ())
            return None
        before = self._run_up_to(parents[0], origin) if parents else ()
        if not changes or len(before) >= _LONGEST_RUN:
            self._remember(sha, origin, before)
            return None
        digest = _digest(origin, changes)
        self._remember(sha, origin, (*before, digest))
        nth = before.count(digest)
        return f"1:{digest.hex()}:{nth}" if nth else f"1:{digest.hex()}"

    def _run_up_to(self, parent: bytes, origin: bytes) -> Run:
        known = self._known(parent)
        if known is None and self._ancestors:
            self._learn(self._ancestors, parent, origin)
            known = self._known(parent)
        return known[1] if known and known[0] == origin else ()

    def _known(self, sha: bytes) -> tuple[bytes, Run] | None:
        return self._young.get(sha) or self._old.get(sha)

    def _learn(self, ancestors: Ancestors, parent: bytes, origin: bytes) -> None:
        """A sync may begin in the middle of a run: its beginning was sent before."""
        unknown: list[bytes] = []
        sha = parent
        while self._known(sha) is None and len(unknown) < _LONGEST_RUN:
            found = ancestors.look(sha)
            if found is None or found.origin != origin or len(found.parents) > 1:
                break
            unknown.append(sha)
            if not found.parents:
                break
            sha = found.parents[0]
        known = self._known(sha)
        run = known[1] if known and known[0] == origin else ()
        for each in reversed(unknown):
            changes = ancestors.changes(each)
            if changes and len(run) < _LONGEST_RUN:
                run = (*run, _digest(origin, changes))
            self._remember(each, origin, run)

    def _remember(self, sha: bytes, origin: bytes, run: Run) -> None:
        if len(self._young) >= _GENERATION:
            self._young, self._old = {}, self._young
        self._young[sha] = (origin, run)


def _digest(origin: bytes, changes: bytes) -> bytes:
    return blake2b(origin + b"\0" + changes, digest_size=16).digest()
