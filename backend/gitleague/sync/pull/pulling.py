"""One pull: the clone is fetched, scanned as the client scans, and taken in as a push is."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import NamedTuple

from gitleague_client.commit import Commit
from gitleague_client.errors import EmptyRepository, RepositoryError
from gitleague_client.git import Repository, Tip, open_repository
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from pydantic import TypeAdapter

from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import Unavailable
from gitleague.core.locks import Busy
from gitleague.core.outbound import Outbound
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.jobs.queue import enqueue
from gitleague.projects.repos import find_repo
from gitleague.scoring.history import ask_for_history
from gitleague.sync import history, refs
from gitleague.sync.batch import dates_of, read_batch
from gitleague.sync.heads import heads_of
from gitleague.sync.ingest import ingest
from gitleague.sync.pull.credentials import unseal
from gitleague.sync.pull.mirrors import Mirror, Watch, fetch, mirror_of, remove_mirror
from gitleague.sync.pull.remotes import reach, read_remote
from gitleague.sync.pull.running import LetGo, Running, Taken, fail, finish, hold, take
from gitleague.sync.pull.schedules import PULL_REPO
from gitleague.sync.pull.words import CannotPull
from gitleague.tables.projects import SyncMethod

BATCH = 1000  # commits: what is written in one transaction
SCANNERS = 2  # git processes
SIGN_OF_LIFE = 30.0  # seconds
MEGABYTE = 1 << 20
_COMMITS = TypeAdapter(list[Commit])


class Puller(NamedTuple):
    """What a server needs to pull anything."""

    database: Database
    settings: Settings
    sealer: Sealer
    outbound: Outbound


def pull(
    puller: Puller, project_id: uuid.UUID, repo_id: uuid.UUID, report: Callable[[], None]
) -> None:
    """What goes wrong is told in the log of syncs. A repository that is pushed is left alone.

    `report` is called now and then, as a sign of life.
    """
    try:
        with puller.database.writing() as session:
            taken = take(session, project_id, repo_id)
    except Running as other:
        # It may be dead: then what was asked of us would be forgotten.
        with puller.database.writing() as session:
            about = {"repo_id": str(repo_id)}
            enqueue(session, PULL_REPO, project_id=project_id, arguments=about, wait=other.wait)
        return
    except LetGo:
        _tidy_up(puller, project_id, repo_id)
        return
    try:
        _Pull(puller, taken, report).run()
    except LetGo:
        _tidy_up(puller, project_id, repo_id)
    except (CannotPull, RepositoryError) as error:
        _note_failure(puller, taken, str(error))
    except Busy:
        _note_failure(puller, taken, history.CUT_OFF)
    except Unavailable as error:
        _note_failure(puller, taken, str(error))
        raise  # the job is taken up again, and finds the repository free


def _note_failure(puller: Puller, taken: Taken, error: str) -> None:
    try:
        with puller.database.writing() as session:
            fail(session, taken, error)
    except LetGo:
        _tidy_up(puller, taken.repo.project_id, taken.repo.id)


def _tidy_up(puller: Puller, project_id: uuid.UUID, repo_id: uuid.UUID) -> None:
    """Of a repository that is pulled no more nothing stays on the disk."""
    with puller.database.reading() as session:
        repo = find_repo(session, project_id, str(repo_id))
    if repo and repo.sync_method == SyncMethod.PULL_CELERY.value:
        return  # another sync has taken over
    try:
        remove_mirror(puller.settings, project_id, repo_id)
    except Busy:
        return  # whoever is at it comes here too


class _Pull:
    """A sync that is under way."""

    def __init__(self, puller: Puller, taken: Taken, report: Callable[[], None]) -> None:
        self._puller = puller
        self._database = puller.database
        self._taken = taken
        self._report = report
        self._until = time.monotonic() + puller.settings.pull_minutes * 60
        self._told = time.monotonic()

    def run(self) -> None:
        repo = self._taken.repo
        with mirror_of(self._puller.settings, repo.project_id, repo.id) as mirror:
            self._fetch(mirror)
            repository = open_repository(mirror.folder)
            try:
                tips = repository.tips(self._taken.branches)
            except EmptyRepository:
                tips = []
            if repository.is_shallow:
                raise CannotPull("The remote is a shallow clone itself. Pull from the whole one.")
            self._take_commits(repository, tips)
        with self._database.writing() as session:
            repo = hold(session, self._taken)
            named = [refs.Tip(*tip) for tip in tips]
            refs.end_sync(session, repo, named, (), caller=None, received_at=now())
            finish(session, self._taken)

    def _fetch(self, mirror: Mirror) -> None:
        puller, taken = self._puller, self._taken
        remote = read_remote(taken.repo.git_url, puller.settings)
        sealed = taken.sealed_credential
        credential = unseal(puller.sealer, sealed, taken.repo.id) if sealed else None
        most = puller.settings.pull_megabytes * MEGABYTE
        watch = Watch(self._until, most, self._live)
        fetch(mirror, reach(remote, puller.outbound), credential, puller.settings, watch)

    def _take_commits(self, repository: Repository, tips: Sequence[Tip]) -> None:
        repo = self._taken.repo
        with self._database.reading() as session:
            heads = heads_of(session, repo.project_id, repo.id)
        missing = repository.missing([tip.sha for tip in tips], heads)
        if not missing:
            return
        with closing(scan(repository, missing, jobs=Jobs(SCANNERS))) as commits:
            for batch in _batches(commits):
                self._take_batch(batch)
                self._live()
                if time.monotonic() > self._until:
                    raise CannotPull(
                        "It took longer than GITLEAGUE_PULL_MINUTES allows. The next pull goes on "
                        "from where this one stopped."
                    )

    def _take_batch(self, commits: list[Commit]) -> None:
        content = _COMMITS.dump_json(commits, exclude_none=True)
        batch = read_batch(b'{"commits":%s}' % content, max_batch=BATCH)
        with self._database.writing() as session:
            repo = hold(session, self._taken)
            outcome = ingest(session, repo, batch, caller=None, received_at=now())
            if outcome.inserted:
                ask_for_history(session, repo.project_id, dates_of(batch))
            counts = history.Counts(outcome.inserted, len(outcome.skipped), len(batch.refusals))
            history.count(session, repo.project_id, self._taken.sync_id, counts)

    def _live(self) -> None:
        """Says so now and then. Raises LetGo."""
        if time.monotonic() - self._told < SIGN_OF_LIFE:
            return
        self._told = time.monotonic()
        self._report()
        with self._database.writing() as session:
            hold(session, self._taken)


def _batches(commits: Iterator[Commit]) -> Iterator[list[Commit]]:
    while batch := list(islice(commits, BATCH)):
        yield batch
