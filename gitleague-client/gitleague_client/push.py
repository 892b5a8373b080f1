"""What makes a sync resume: the server's heads, what they do not reach, batches, the end.

Commits are scanned while the batch before them is on its way. Parents go before children, so
whatever reached the server is closed under ancestry and its heads say where to go on.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import UUID

from pydantic import TypeAdapter

from gitleague_client import __version__
from gitleague_client.api import League, Limits
from gitleague_client.commit import Commit
from gitleague_client.config import RepoConfig
from gitleague_client.errors import BatchTooLarge, RepositoryError, ShallowRepository
from gitleague_client.git import Repository, open_repository, without_password
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from gitleague_client.threads import Belt

WAITING = 1  # batches that wait while one travels: enough for both sides, little to hold
_COMMIT = TypeAdapter(Commit)
_HEAD = b'{"client_version":"%s","commits":[' % __version__.encode()
_TAIL = b"]}"


class Progress(Protocol):
    """Who is told how far a sync is."""

    def start(self, total: int) -> None: ...
    def advance(self, commits: int) -> None: ...


class Options(NamedTuple):
    jobs: Jobs
    batch_size: int
    full: bool = False
    prune: bool = False
    dry_run: bool = False
    allow_shallow: bool = False


class Refused(NamedTuple):
    """A commit that the server did not take."""

    sha: str | None
    field: str | None
    reason: str


@dataclass
class Report:
    """What a sync of one repository did."""

    found: int = 0  # commits that the server did not have
    inserted: int = 0
    skipped: int = 0
    pruned: int = 0
    total_commits: int = 0
    refused: list[Refused] = field(default_factory=list)


def sync_repo(
    league: League, project_id: UUID, repo: RepoConfig, options: Options, progress: Progress
) -> Report:
    """Brings the server up to date with the branches of one repository."""
    repository = open_repository(repo.path)
    if repository.is_shallow and not options.allow_shallow:
        raise ShallowRepository
    tips = repository.tips(repo.branches)
    named = git_url(repository, repo)
    status = league.status(project_id, named)
    shas = [tip.sha for tip in tips]
    missing = repository.missing(shas, [] if options.full else status.heads)
    report = Report(found=len(missing), total_commits=status.total_commits)
    if options.dry_run:
        return report
    progress.start(len(missing))
    sender = _Sender(league, project_id, named, report, progress)
    scanning = scan(repository, missing, jobs=options.jobs, exclude=repo.exclude)
    # Its processes end with the block, also when the upload fails.
    with closing(scanning), Belt(sender.push, room=WAITING) as belt:
        commits = _unsure_at(repository.boundary(), scanning)
        for batch in _batches(commits, options.batch_size, status.limits):
            belt.put(batch)
    pruned = list(repository.unreachable(status.heads, shas)) if options.prune else []
    refs = {"tips": [tip._asdict() for tip in tips], "pruned": pruned}
    ended = league.end(project_id, named, json.dumps(refs).encode())
    report.pruned, report.total_commits = ended.pruned, ended.total_commits
    return report


def git_url(repository: Repository, repo: RepoConfig) -> str:
    """The name that the server knows the repository by; never with a password in it."""
    url = repo.git_url or repository.remote_url()
    if not url:
        raise RepositoryError(
            f"{repo.label} has no remote called origin.", remedy="Set its `git_url` in repos.yaml."
        )
    return without_password(url)


class _Sender:
    """Sends batches and adds up what became of them."""

    def __init__(
        self, league: League, project_id: UUID, repo: str, report: Report, progress: Progress
    ) -> None:
        self._league = league
        self._project_id = project_id
        self._repo = repo
        self._report = report
        self._progress = progress

    def push(self, batch: Sequence[bytes]) -> None:
        try:
            answer = self._league.push(
                self._project_id, self._repo, _HEAD + b",".join(batch) + _TAIL
            )
        except BatchTooLarge:
            if len(batch) == 1:
                raise
            middle = len(batch) // 2
            self.push(batch[:middle])
            self.push(batch[middle:])
            return
        self._report.inserted += answer.inserted
        self._report.skipped += answer.skipped
        self._report.refused += [
            Refused(detail.sha, detail.field, detail.reason)
            for detail in answer.details
            if detail.status == "error"
        ]
        self._progress.advance(len(batch))


def _unsure_at(boundary: Collection[str], commits: Iterator[Commit]) -> Iterator[Commit]:
    """At the boundary of a shallow clone a commit looks like a root, and is none: nobody may
    take what it hides for sent.
    """
    for commit in commits:
        if commit.sha in boundary:
            commit.parents = None
        yield commit


def _batches(commits: Iterator[Commit], most: int, limits: Limits) -> Iterator[list[bytes]]:
    """Commits as JSON, as many as the server takes at once."""
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
