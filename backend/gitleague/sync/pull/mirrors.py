"""The server's clones: bare, fetched a little at a time, each used by one sync at once.

Every call of git that may speak with a remote is here.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gitleague_client.git import git_version

from gitleague.core.locks import alone
from gitleague.core.settings import Settings
from gitleague.sync.pull.credentials import Credential
from gitleague.sync.pull.environment import environment_for
from gitleague.sync.pull.remotes import Reached
from gitleague.sync.pull.words import CannotPull, reason

PINNING = (2, 37)  # the git that can be held to an address
LOOK_EVERY = 0.25  # seconds
MOST_SAID = 1 << 20  # bytes of complaints; a remote may send them for ever
_ORIGIN = "refs/remotes/origin/"


class Mirror(NamedTuple):
    """A clone that is ours alone, for as long as the block lasts."""

    folder: Path
    lock: int  # what git holds too, should it live longer than we


class Watch(NamedTuple):
    """What a fetch may take; `alive` is called while it runs, and may raise."""

    until: float  # by time.monotonic()
    most_bytes: int
    alive: Callable[[], None]


@contextmanager
def mirror_of(settings: Settings, project_id: uuid.UUID, repo_id: uuid.UUID) -> Iterator[Mirror]:
    """Raises Busy where another is at it: a sync, or a git that outlived its worker."""
    folder = _folder(settings, project_id, repo_id)
    with alone(folder.with_suffix(".lock")) as lock:
        yield Mirror(folder, lock)


def remove_mirror(settings: Settings, project_id: uuid.UUID, repo_id: uuid.UUID) -> None:
    """Nobody's code stays here longer than it is pulled. Raises Busy."""
    with mirror_of(settings, project_id, repo_id) as mirror:
        shutil.rmtree(mirror.folder, ignore_errors=True)
        mirror.folder.with_suffix(".lock").unlink()


def _folder(settings: Settings, project_id: uuid.UUID, repo_id: uuid.UUID) -> Path:
    return settings.data_dir.resolve() / "mirrors" / str(project_id) / str(repo_id)


def fetch(
    mirror: Mirror,
    reached: Reached,
    credential: Credential | None,
    settings: Settings,
    watch: Watch,
) -> None:
    """Brings the clone up to date, as `git clone` lays one out. Raises CannotPull."""
    if git_version() < PINNING:
        raise CannotPull("The server's git is too old to pull safely: it needs 2.37 or newer.")
    with tempfile.TemporaryDirectory(prefix="gitleague-") as home:
        run = _Runner(mirror, environment_for(reached, credential, settings, Path(home)), watch)
        _prepare(mirror, run)
        told = run("ls-remote", "--symref", "--", reached.remote.url, "HEAD")
        run(
            *("fetch", "--quiet", "--prune", "--no-tags", "--no-recurse-submodules", "--force"),
            *("--no-write-fetch-head", "--", reached.remote.url, f"+refs/heads/*:{_ORIGIN}*"),
        )
        branch = _default_branch(told)
        if branch:
            run("symbolic-ref", f"{_ORIGIN}HEAD", _ORIGIN + branch)


def _prepare(mirror: Mirror, run: _Runner) -> None:
    mirror.folder.mkdir(exist_ok=True, mode=0o700)
    # What a git that was killed has left behind; nobody else is here.
    for pattern in ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*"):
        for left in mirror.folder.glob(pattern):
            left.unlink(missing_ok=True)
    run("init", "--quiet", "--bare", ".")  # harmless where it is one


def _default_branch(told: bytes) -> str | None:
    for line in told.decode(errors="replace").splitlines():
        ref, _, name = line.removeprefix("ref: ").partition("\t")
        if line.startswith("ref: refs/heads/") and name == "HEAD":
            return ref.removeprefix("refs/heads/")
    return None


class _Runner:
    """git in one clone, with one environment, watched."""

    def __init__(self, mirror: Mirror, environment: Mapping[str, str], watch: Watch) -> None:
        self._mirror = mirror
        self._environment = environment
        self._watch = watch

    def __call__(self, *arguments: str) -> bytes:
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as said,
            subprocess.Popen(
                ["git", *arguments],
                cwd=self._mirror.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=said,
                start_new_session=True,
                pass_fds=(self._mirror.lock,),
            ) as process,
        ):
            try:
                self._wait(process, (out, said))
            finally:
                _end(process)
            if process.returncode:
                raise CannotPull(reason(_read(said)))
            return _read(out)

    def _wait(self, process: subprocess.Popen[bytes], files: Sequence[BinaryIO]) -> None:
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_EVERY)
            self._look(files)  # once more when it has ended: it may have been quick
            if process.returncode is not None:
                return
            self._watch.alive()

    def _look(self, files: Sequence[BinaryIO]) -> None:
        if time.monotonic() > self._watch.until:
            raise CannotPull(
                "Fetching took too long. If the repository is large, the operator raises "
                "GITLEAGUE_PULL_MINUTES."
            )
        if any(os.fstat(file.fileno()).st_size > MOST_SAID for file in files):
            raise CannotPull("The remote sends complaints without end.")
        if _size(self._mirror.folder) > self._watch.most_bytes:
            raise CannotPull(
                "The repository is larger than GITLEAGUE_PULL_MEGABYTES allows. The operator "
                "can raise that."
            )


def _end(process: subprocess.Popen[bytes]) -> None:
    """With all that it started."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(MOST_SAID)


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118 - often
            except FileNotFoundError:  # git has renamed it meanwhile
                continue
    return total
