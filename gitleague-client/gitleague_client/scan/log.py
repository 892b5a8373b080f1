"""Commits of a repository, in order, counted by several git processes at once."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from selectors import EVENT_READ, DefaultSelector
from subprocess import PIPE

from gitleague_client.commit import Commit
from gitleague_client.errors import GitFailed
from gitleague_client.git import GitProcess, Repository
from gitleague_client.scan.exclude import Exclusions
from gitleague_client.scan.mailmap import Mailmap
from gitleague_client.scan.parse import HEADER, Parser

_DIFF_TREE = (
    *("diff-tree", "--stdin", "--always", "--root", "-r", "-z"),
    *("--no-ext-diff", "--no-textconv", "-M", "--numstat", f"--format={HEADER}"),
)
_CHUNK = 128  # commits asked for at once
_FED = 6  # chunks waiting in a pipe: it holds 64 KiB, and a full one would stop both sides
_AHEAD = 32  # chunks asked for, per process, while the oldest of them is not whole
_LIFE = 128  # chunks until a process is replaced: git keeps every commit that it has read
_HELD = 16 << 20  # bytes that may wait for the oldest; beyond, git waits too


def scan(
    repository: Repository, shas: Iterable[str], *, jobs: int, exclude: Sequence[str] = ()
) -> Generator[Commit, None, None]:
    """The commits in the order of `shas`. Closing the iterator ends its processes."""
    expected: deque[str] = deque()
    with Exclusions(repository, exclude) as exclusions, Mailmap(repository) as mailmap:
        parser = Parser(exclusions.ask, mailmap.person)
        with _Lanes(repository, _remembered(shas, expected), max(jobs, 1)) as lanes:
            for block in lanes.blocks():
                yield from _checked(parser.feed(block), expected)
        yield from _checked(parser.flush(), expected)
    if expected:
        raise GitFailed(f"git left out the commit {expected[0]}.")


def _remembered(shas: Iterable[str], expected: deque[str]) -> Iterator[str]:
    for sha in shas:
        expected.append(sha)
        yield sha


def _checked(commits: Iterator[Commit], expected: deque[str]) -> Iterator[Commit]:
    """Nothing goes missing: git passes over an object that it cannot read, without a word."""
    for commit in commits:
        if not expected or commit.sha != expected[0]:
            missing = expected[0] if expected else "end of the list"
            raise GitFailed(f"git left out the commit {missing} and went on to {commit.sha}.")
        expected.popleft()
        yield commit


class _Chunk:
    """Some commits that one process was asked for, and what it has printed of them so far."""

    __slots__ = ("blocks", "is_whole", "lane")

    def __init__(self, lane: _Lane) -> None:
        self.lane = lane
        self.blocks: deque[bytes] = deque()
        self.is_whole = False


class _Lane:
    """One `git diff-tree`. It repeats a line that is no id, and flushes: that ends a chunk."""

    def __init__(self, process: GitProcess) -> None:
        self.process = process
        self.chunks: deque[_Chunk] = deque()
        self.life = _LIFE
        self._marker = f"end-{secrets.token_hex(16)}\n".encode()  # in no message, in no path
        self._rest = b""

    def feed(self, shas: Sequence[str]) -> _Chunk:
        chunk = _Chunk(self)
        self.chunks.append(chunk)
        self.life -= 1
        self.process.write("\n".join(shas).encode() + b"\n" + self._marker)
        return chunk

    def read(self) -> int:
        """Hand what git printed to its chunks; returns how much that was."""
        block = self.process.read()
        if not block:
            self.process.fail()
        *ended, rest = (self._rest + block).split(self._marker)
        taken = sum(map(len, ended))
        for part in ended:
            chunk = self.chunks.popleft()
            chunk.blocks.append(part)
            chunk.is_whole = True
        whole = max(len(rest) - len(self._marker), 0)  # the end may be the start of a marker
        if whole:
            self.chunks[0].blocks.append(rest[:whole])
        self._rest = rest[whole:]
        return taken + whole


class _Lanes:
    """Deals chunks to whichever process has least to do, and gives their bytes back in order."""

    def __init__(self, repository: Repository, shas: Iterator[str], jobs: int) -> None:
        self._repository = repository
        self._shas = shas
        self._jobs = jobs
        self._lanes: list[_Lane] = []
        self._next: list[str] = []
        self._order: deque[_Chunk] = deque()
        self._held = 0
        self._selector = DefaultSelector()
        self._open = ExitStack()

    def __enter__(self) -> _Lanes:  # noqa: PYI034  # Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        self._open.close()

    def blocks(self) -> Iterator[bytes]:
        while True:
            self._deal()
            if not self._order:
                return
            oldest = self._order[0]
            if oldest.blocks:
                block = oldest.blocks.popleft()
                self._held -= len(block)
                yield block
            elif oldest.is_whole:
                self._order.popleft()
            else:
                self._read(oldest)

    def _deal(self) -> None:
        while len(self._order) < _AHEAD * self._jobs:
            self._next = self._next or list(islice(self._shas, _CHUNK))
            lane = self._least_busy() if self._next else None
            if lane is None or len(lane.chunks) >= _FED:
                return
            self._order.append(lane.feed(self._next))
            self._next = []

    def _least_busy(self) -> _Lane:
        for lane in [lane for lane in self._lanes if not lane.life and not lane.chunks]:
            self._lanes.remove(lane)
            self._selector.unregister(lane.process)
            lane.process.close()
        useful = [lane for lane in self._lanes if lane.life]
        if all(lane.chunks for lane in useful) and len(useful) < self._jobs:
            return self._new_lane()
        return min(useful, key=lambda lane: len(lane.chunks))

    def _new_lane(self) -> _Lane:
        process = self._repository.start(
            *_DIFF_TREE,
            stdin=PIPE,
            environment={"GIT_FLUSH": "0"},  # only a marker flushes, not every commit
        )
        lane = _Lane(self._open.enter_context(process))
        self._lanes.append(lane)
        self._selector.register(process, EVENT_READ, lane)
        return lane

    def _read(self, oldest: _Chunk) -> None:
        if self._held > _HELD:
            self._held += oldest.lane.read()
            return
        for key, _ in self._selector.select():
            self._held += key.data.read()
