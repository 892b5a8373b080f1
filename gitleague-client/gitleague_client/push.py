"""What makes a sync resume: the server's heads, what they do not reach, batches, the end.

Commits are scanned while the batch before them is on its way. Parents go before children, so
whatever reached the server is closed under ancestry and its heads say where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import UUID

from gitleague_client.api import Ended, Pushed, RulesInForce, Status
from gitleague_client.config import RepoConfig
from gitleague_client.errors import BatchTooLarge
from gitleague_client.outgoing import Options, Outgoing, body_of, open_source
from gitleague_client.threads import Belt

WAITING = 1  # batches that wait while one travels: enough for both sides, little to hold


class Progress(Protocol):
    """Who is told how far a sync is, and shown what it would send."""

    def start(self, total: int) -> None: ...
    def advance(self, commits: int) -> None: ...
    def show(self, payload: bytes) -> None: ...


class Destination(Protocol):
    """What a sync talks to: the server, or a bundle that takes its place."""

    def status(self, project_id: UUID, repo: str) -> Status: ...
    def rules(self, project_id: UUID) -> RulesInForce: ...
    def push(self, project_id: UUID, repo: str, batch: bytes) -> Pushed: ...
    def end(self, project_id: UUID, repo: str, refs: bytes) -> Ended: ...


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
    unpublished: int = 0  # commits of the default branch that its remote does not have yet
    refused: list[Refused] = field(default_factory=list)


def sync_repo(
    league: Destination, project_id: UUID, repo: RepoConfig, options: Options, progress: Progress
) -> Report:
    """Brings the destination up to date with the branches of one repository."""
    source = open_source(repo, options)
    status = league.status(project_id, source.git_url)
    outgoing = Outgoing(source, status.heads, options)
    report = Report(
        found=len(outgoing.missing),
        total_commits=status.total_commits,
        unpublished=0 if repo.branches else source.repository.ahead_of(source.tips[0]),
    )
    if options.dry_run and not options.show_payload:
        return report
    with closing(outgoing.batches(status.limits, lambda: league.rules(project_id))) as batches:
        if options.dry_run:
            for batch in batches:
                progress.show(body_of(batch))
            progress.show(outgoing.refs())
            return report
        progress.start(report.found)
        sender = _Sender(league, project_id, source.git_url, report, progress)
        with Belt(sender.push, room=WAITING) as belt:
            for batch in batches:
                belt.put(batch)
    ended = league.end(project_id, source.git_url, outgoing.refs())
    report.pruned, report.total_commits = ended.pruned, ended.total_commits
    return report


class _Sender:
    """Sends batches and adds up what became of them."""

    def __init__(
        self, league: Destination, project_id: UUID, repo: str, report: Report, progress: Progress
    ) -> None:
        self._league = league
        self._project_id = project_id
        self._repo = repo
        self._report = report
        self._progress = progress

    def push(self, batch: Sequence[bytes]) -> None:
        try:
            answer = self._league.push(self._project_id, self._repo, body_of(batch))
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
