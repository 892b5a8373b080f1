"""Commits of a repository, in order, counted by several git processes at once."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from selectors import EVENT_READ, DefaultSelector
from subprocess import PIPE

from gitleague_client.commit import Commit
from gitleague_client.errors import GitFailed
from gitleague_client.git import Repository
from gitleague_client.process import GitProcess
from gitleague_client.scan.ancestors import Ancestors
from gitleague_client.scan.copies import Copies
from gitleague_client.scan.exclude import Exclusions
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.mailmap import Mailmap
from gitleague_client.scan.parse import HEADER, Parser

_DIFF_TREE = (
    *("diff-tree", "--stdin", "--always", "--root", "-r", "-z"),
    *("--no-ext-diff", "--no-textconv", "-M", "--numstat", f"--format={HEADER}"),
)
_CHUNK = 128  # commits asked for at once
_FED = 6  # chunks waiting in a pipe: it holds 64 KiB, and a full one would stop both sides
_RUN = 4096  # neighbouring commits for one process, at most; with shorter runs git reads more twice
_AHEAD = 8  # runs begun, per process, while the oldest of them is not whole
_LIFE = 128  # chunks until a process is replaced: git keeps every commit that it has read
_HELD = 16 << 20  # bytes that may wait for the oldest; beyond, git waits too


def scan(
    repository: Repository, shas: Sequence[str], *, jobs: Jobs, exclude: Sequence[str] = ()
) -> Generator[Commit, None, None]:
    """The commits in the order of `shas`. Closing the iterator ends its processes."""
    expected = iter(shas)
    with (
        Exclusions(repository, exclude) as exclusions,
        Mailmap(repository) as mailmap,
        Ancestors(repository) as ancestors,
    ):
        parser = Parser(exclusions.ask, mailmap.person, Copies(ancestors))
        with _Lanes(repository, shas, jobs) as lanes:
            for block in lanes.blocks():
                yield from _checked(parser.feed(block), expected)
        yield from _checked(parser.flush(), expected)
    missing = next(expected, None)
    if missing is not None:
        raise GitFailed(f"git left out the commit {missing}.")


def _checked(commits: Iterator[Commit], expected: Iterator[str]) -> Iterator[Commit]:
    """Nothing goes missing: git passes over an object that it cannot read, without a word."""
    for commit in commits:
        sha = next(expected, "end of the list")
        if commit.sha != sha:
            raise GitFailed(f"git left out the commit {sha} and went on to {commit.sha}.")
        yield commit


class _Run:
    """Neighbours in the history, for one process: they change the same files, which git keeps."""

    __slots__ = ("blocks", "lane", "shas", "unanswered")

    def __init__(self, lane: _Lane, shas: Sequence[str]) -> None:
        self.lane = lane
        self.shas = shas  # those that are still to be asked for
        self.unanswered = 0  # chunks
        self.blocks: deque[bytes] = deque()

    @property
    def is_whole(self) -> bool:
        return not self.shas and not self.unanswered


class _Lane:
    """One `git diff-tree`. It repeats a line that is no id, and flushes: that ends a chunk."""

    def __init__(self, process: GitProcess) -> None:
        self.process = process
        self.run = _Run(self, ())  # the one that it is fed with
        self.asked: deque[_Run] = deque()  # for each chunk without an answer, where it belongs
        self.life = _LIFE
        self._marker = f"end-{secrets.token_hex(16)}\n".encode()  # in no message, in no path
        self._rest = b""

    @property
    def is_done(self) -> bool:
        return self.life <= 0 and not self.run.shas

    def feed(self) -> None:
        shas, self.run.shas = self.run.shas[:_CHUNK], self.run.shas[_CHUNK:]
        self.run.unanswered += 1
        self.asked.append(self.run)
        self.life -= 1
        self.process.write("\n".join(shas).encode() + b"\n" + self._marker)

    def read(self) -> int:
        """Hand what git printed to its runs; returns how much that was."""
        block = self.process.read()
        if not block:
            self.process.fail()
        *ended, rest = (self._rest + block).split(self._marker)
        taken = sum(map(len, ended))
        for part in ended:
            run = self.asked.popleft()
            run.blocks.append(part)
            run.unanswered -= 1
        whole = max(len(rest) - len(self._marker), 0)  # the end may be the start of a marker
        if whole:
            self.asked[0].blocks.append(rest[:whole])
        self._rest = rest[whole:]
        return taken + whole


class _Lanes:
    """Deals runs to processes that have nothing left, and gives their bytes back in order."""

    def __init__(self, repository: Repository, shas: Sequence[str], jobs: Jobs) -> None:
        self._repository = repository
        self._shas = shas
        self._dealt = 0
        self._jobs = jobs
        self._lanes: list[_Lane] = []
        self._order: deque[_Run] = deque()
        self._held = 0
        self._selector = DefaultSelector()
        self._open = ExitStack()

    def __enter__(self) -> _Lanes:  # noqa: PYI034  # Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        self._open.close()
        for _lane in self._lanes:
            self._jobs.give_back()

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
        for lane in self._lanes.copy():
            self._feed(lane)
            is_idle = lane.is_done or self._dealt == len(self._shas)
            if is_idle and not lane.asked and not lane.run.shas:
                self._end(lane)
        while self._dealt < len(self._shas) and self._may_begin():
            self._feed(self._new_lane())

    def _may_begin(self) -> bool:
        if self._lanes:
            return self._jobs.take_spare()
        self._jobs.take()
        return True

    def _feed(self, lane: _Lane) -> None:
        while len(lane.asked) < _FED:
            if not lane.run.shas and (lane.is_done or not self._begin_run(lane)):
                return
            lane.feed()

    def _begin_run(self, lane: _Lane) -> bool:
        """Shorter ones towards the end, so that the processes end together."""
        left = len(self._shas) - self._dealt
        if not left or len(self._order) >= _AHEAD * self._jobs.count:
            return False
        size = min(max(left // (2 * self._jobs.count), _CHUNK), _RUN)
        lane.run = _Run(lane, self._shas[self._dealt : self._dealt + size])
        self._dealt += len(lane.run.shas)
        self._order.append(lane.run)
        return True

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

    def _end(self, lane: _Lane) -> None:
        self._lanes.remove(lane)
        self._selector.unregister(lane.process)
        lane.process.close()
        self._jobs.give_back()

    def _read(self, oldest: _Run) -> None:
        if self._held > _HELD:
            self._held += oldest.lane.read()
            return
        for key, _ in self._selector.select():
            self._held += key.data.read()
