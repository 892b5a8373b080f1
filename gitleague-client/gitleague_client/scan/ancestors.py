"""Commits that a scan does not pass, but whose children it does: asked for one by one."""

from __future__ import annotations

import re
from subprocess import PIPE
from types import TracebackType
from typing import NamedTuple

from gitleague_client.errors import GitFailed
from gitleague_client.git import Repository
from gitleague_client.process import GitProcess

_AUTHOR = re.compile(rb"author .*<(.*)> ?(-?\d*)(?: .*)?")


class Ancestor(NamedTuple):
    parents: list[bytes]
    origin: bytes  # who made it when, as `origin_of` says it


def origin_of(email: bytes, seconds: bytes) -> bytes:
    """The author's address, as it is in the commit, and the second of the author date."""
    return email + b" " + seconds


class Ancestors:
    """Asks one `git cat-file`, begun at the first question."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._process: GitProcess | None = None

    def __enter__(self) -> Ancestors:  # noqa: PYI034  # Self came with Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.close()

    def look(self, sha: bytes) -> Ancestor | None:
        """None where the clone does not have the commit."""
        if self._process is None:
            # A partial clone would ask its remote.
            self._process = self._repository.start(
                "cat-file", "--batch", stdin=PIPE, environment={"GIT_NO_LAZY_FETCH": "1"}
            )
        self._process.write(sha + b"\n")
        answer = self._process.readline().split()
        if len(answer) != 3:
            return None
        lines, size = [], int(answer[2]) + 1  # and the newline behind it
        while size > 0:
            lines.append(self._process.readline())
            size -= len(lines[-1]) or size
        return _read(lines)

    def changes(self, sha: bytes) -> bytes:
        """Files and lines of one commit, as the scan has them; nothing where git cannot tell."""
        command = ("diff-tree", "--root", "--no-commit-id", "-r", "-z", "-M", "--numstat")
        try:
            return self._repository.run(*command, sha.decode()).strip(b"\n\0")
        except GitFailed:
            return b""


def _read(lines: list[bytes]) -> Ancestor | None:
    parents = []
    for line in lines:
        if line.startswith(b"parent "):
            parents.append(line[7:].strip())
        author = _AUTHOR.fullmatch(line.rstrip(b"\n"))
        if author:
            return Ancestor(parents, origin_of(author[1], author[2]))
    return None
