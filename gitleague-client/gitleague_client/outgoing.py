"""From a clone to what a sync sends of it: batches of commits, and at the end its branches."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from gitleague_client import __version__
from gitleague_client.api import Limits, RulesInForce
from gitleague_client.commit import Commit
from gitleague_client.config import RepoConfig
from gitleague_client.errors import RepositoryError, ShallowRepository
from gitleague_client.fetch import fetch
from gitleague_client.git import Repository, Tip, open_repository
from gitleague_client.privacy import Privacy, lessened
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from gitleague_client.urls import without_password

MOST_TIPS = 10_000  # the server only shows them
_COMMIT = TypeAdapter(Commit)
_HEAD = b'{"client_version":"%s","commits":[' % __version__.encode()
_TAIL = b"]}"


class Options(NamedTuple):
    jobs: Jobs
    batch_size: int
    full: bool = False
    prune: bool = False
    dry_run: bool = False
    show_payload: bool = False
    allow_shallow: bool = False
    since: date | None = None
    to: Path | None = None  # the bundle that takes the place of the server


class Source(NamedTuple):
    """A clone that is ready to be sent."""

    repository: Repository
    config: RepoConfig
    git_url: str
    tips: list[Tip]


def open_source(repo: RepoConfig, options: Options) -> Source:
    """Raises RepositoryError for what cannot be sent."""
    repository = open_repository(repo.path)
    if repository.is_shallow and not options.allow_shallow:
        raise ShallowRepository
    if repo.fetch:
        fetch(repository, repo)
    return Source(repository, repo, git_url(repository, repo), repository.tips(repo.branches))


def git_url(repository: Repository, repo: RepoConfig) -> str:
    """The name that the server knows the repository by; never with a password in it."""
    url = repo.git_url or repository.remote_url()
    if not url:
        raise RepositoryError(
            f"{repo.label} has no remote called origin.", remedy="Set its `git_url` in repos.yaml."
        )
    return without_password(url)


class Outgoing:
    """What a clone has that a server with these heads does not."""

    def __init__(self, source: Source, heads: Sequence[str], options: Options) -> None:
        self._source = source
        self._heads = heads
        self._options = options
        self._shas = [tip.sha for tip in source.tips]
        self._known = [] if options.full else heads
        self.missing = source.repository.missing(self._shas, self._known, since=options.since)

    def batches(
        self, limits: Limits, rules: Callable[[], RulesInForce]
    ) -> Generator[list[bytes], None, None]:
        """Commits as JSON, as many as the server takes at once. Closing it ends its processes."""
        repository, repo = self._source.repository, self._source.config
        scanning = scan(repository, self.missing, jobs=self._options.jobs, exclude=repo.exclude)
        with closing(scanning):
            commits: Iterator[Commit] = scanning
            if self.missing:
                commits = map(lessened(repo.privacy or Privacy.FULL, rules()), commits)
            if self._options.since:
                hidden = repository.hidden(self._shas, self._known, self._options.since)
                commits = _without(hidden, commits)
            commits = _unsure_at(repository.boundary(), commits)
            yield from _batches(commits, self._options.batch_size, limits)

    def refs(self) -> bytes:
        """The body of `POST …/refs`."""
        repository = self._source.repository
        gone: Sequence[str] = []
        if self._options.prune:  # what a branch holds stays, also one that is not sent from here
            kept = [*self._shas, *(branch.sha for branch in repository.branches())]
            gone = repository.unreachable(self._heads, kept)
        tips = [tip._asdict() for tip in self._source.tips[:MOST_TIPS]]
        return json.dumps({"tips": tips, "pruned": list(gone)}).encode()


def body_of(batch: Iterable[bytes]) -> bytes:
    """The body of `POST …/commits`."""
    return _HEAD + b",".join(batch) + _TAIL


def _unsure_at(boundary: Collection[str], commits: Iterator[Commit]) -> Iterator[Commit]:
    """At the boundary of a shallow clone a commit looks like a root, and is none: nobody may
    take what it hides for sent.
    """
    for commit in commits:
        if commit.sha in boundary:
            commit.parents = None
        yield commit


def _without(hidden: Collection[str], commits: Iterator[Commit]) -> Iterator[Commit]:
    """History begins where the user said: what is older is waited for by nobody."""
    for commit in commits:
        commit.parents = [parent for parent in commit.parents or [] if parent not in hidden]
        yield commit


def _batches(commits: Iterator[Commit], most: int, limits: Limits) -> Iterator[list[bytes]]:
    most = min(most, limits.max_batch)
    room = limits.max_body_bytes - len(_HEAD) - len(_TAIL)
    batch: list[bytes] = []
    size = 0
    for commit in commits:
        packed = _packed(commit, room)
        if batch and (len(batch) == most or size + len(packed) + 1 > room):
            yield batch
            batch, size = [], 0
        batch.append(packed)
        size += len(packed) + 1
    if batch:
        yield batch


def _packed(commit: Commit, room: int) -> bytes:
    packed = _COMMIT.dump_json(commit, exclude_none=True)
    if len(packed) > room:
        # A character takes six bytes at most: both parts fit, whatever is in them.
        commit.message_title = commit.message_title[: room // 16]
        commit.message_body = (commit.message_body or "")[: room // 16]
        packed = _COMMIT.dump_json(commit, exclude_none=True)
    return packed
