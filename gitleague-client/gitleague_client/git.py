"""Every call of git: argv, an environment that leads nowhere else, bytes."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timezone
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gitleague_client.errors import (
    EmptyRepository,
    GitFailed,
    GitNotFound,
    NotARepository,
    RepositoryError,
)
from gitleague_client.process import GitProcess, decoded
from gitleague_client.shas import Shas
from gitleague_client.urls import without_password

# Without it a machine that has no git gets a traceback from the import below, and no sentence.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

from git import Git, GitCommandNotFound, InvalidGitRepositoryError, NoSuchPathError, Repo

# A hook runs with GIT_DIR, GIT_INDEX_FILE and others set to its own repository, and each would
# send us there. What is listed here leads to no other repository.
_KEPT = re.compile(
    r"GIT_(?:CONFIG_.+|SSH.*|SSL_.+|HTTP_.+|TRACE.*|EXEC_PATH|ASKPASS|ALLOW_PROTOCOL|PYTHON_.+|TEST_.+)"
)
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,  # replace refs and grafts are private views of the history
    "GIT_ATTR_NOSYSTEM": "1",
}
# Everything in a user's or a machine's configuration that changes what is counted, at the value
# that git itself has. Two people who scan the same commit send the same numbers.
_SETTINGS = (
    f"core.attributesFile={os.devnull}",
    "core.bigFileThreshold=512m",
    "core.quotePath=false",
    "color.ui=false",
    "diff.algorithm=default",
    "diff.ignoreSubmodules=none",
    "diff.relative=false",
    "diff.renameLimit=1000",
    "diff.renames=true",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "log.mailmap=true",
    "log.showSignature=false",
)
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Tip(NamedTuple):
    """A branch and the commit it points at; remote branches are named like `origin/main`."""

    name: str
    sha: str


def git_version() -> tuple[int, ...]:
    try:
        version: tuple[int, ...] = Git().version_info
    except GitCommandNotFound as error:
        raise GitNotFound from error
    return version


def open_repository(path: Path) -> Repository:
    """The repository at `path`: a work tree or a folder in one, a bare one, a linked worktree."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        if not _KEPT.fullmatch(name):
            os.environ.pop(name, None)  # GitPython reads it too, and can only add to it
    place = path.expanduser().absolute()
    try:
        Repo(place, search_parent_directories=True, expand_vars=False).close()
    except (InvalidGitRepositoryError, NoSuchPathError, NotADirectoryError) as error:
        what = "no git repository" if place.exists() else "nothing"
        raise NotARepository(f"There is {what} at {path}.") from error
    return Repository(place.parent if place.name == ".git" else place)


class Repository:
    """One clone. Its path is the top of the work tree, or the folder of a bare repository."""

    def __init__(self, place: Path) -> None:
        self._git = Git(place)
        self._git.update_environment(**_ENVIRONMENT)
        try:
            answer = self.run(
                *("rev-parse", "--is-shallow-repository"),
                *("--show-object-format", "--is-inside-work-tree"),
            )
        except GitFailed as error:
            raise _refusal(place, str(error)) from error
        shallow, object_format, inside = answer.decode().split()
        self.is_shallow = shallow == "true"
        self._sha_length = 64 if object_format == "sha256" else 40
        top = "--show-toplevel" if inside == "true" else "--absolute-git-dir"
        self.path = Path(os.fsdecode(self.run("rev-parse", top).removesuffix(b"\n")))
        self._git = Git(self.path)  # from the top, so that no path is cut to a subfolder's
        self._git.update_environment(**_ENVIRONMENT)

    def start(
        self,
        *arguments: str,
        stdin: int | BinaryIO | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> GitProcess:
        """A git that runs beside us: use it as a block, which ends it however it is left."""
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        command = [Git.GIT_PYTHON_GIT_EXECUTABLE or "git", "--no-pager", *settings, *arguments]
        try:
            process = self._git.execute(
                command, istream=stdin, env=dict(environment or {}), as_process=True
            )
        except GitCommandNotFound as error:
            raise GitNotFound from error
        return GitProcess(process)

    def stream(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[bytes]:
        """What one git call prints, in blocks. A file feeds it, so neither side waits forever."""
        with tempfile.TemporaryFile() as source:
            source.write(stdin)
            source.seek(0)
            with self.start(*arguments, stdin=source, environment=environment) as process:
                yield from iter(process.read, b"")
                process.finish()

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        return b"".join(self.stream(*arguments, stdin=stdin, environment=environment))

    def boundary(self) -> set[str]:
        """Where a shallow clone was cut off: commits whose parents git keeps quiet about."""
        if not self.is_shallow:
            return set()
        place = os.fsdecode(self.run("rev-parse", "--git-path", "shallow").removesuffix(b"\n"))
        return set((self.path / place).read_text("ascii").split())

    def hooks_folder(self) -> Path:
        """Where git looks for hooks: core.hooksPath, else the folder of the repository."""
        place = os.fsdecode(self.run("rev-parse", "--git-path", "hooks").removesuffix(b"\n"))
        return self.path / place

    def tips(self, branches: Sequence[str] = ()) -> list[Tip]:
        """The default branch, or every local and remote branch that one of the globs matches."""
        found = self._branches()
        if not branches:
            return [self._default_tip(found)]
        if not found:
            raise EmptyRepository
        unmatched = [glob for glob in branches if not any(_matches(ref, glob) for ref in found)]
        if unmatched:
            raise RepositoryError(
                f"No branch matches {', '.join(map(repr, unmatched))}.",
                remedy="Run `git branch --all` and correct `branches` in repos.yaml.",
            )
        chosen = [ref for ref in found if any(_matches(ref, glob) for glob in branches)]
        return [Tip(_short(ref), found[ref]) for ref in chosen]

    def branches(self) -> list[Tip]:
        """Every local and remote branch."""
        return [Tip(_short(ref), sha) for ref, sha in self._branches().items()]

    def ahead_of(self, tip: Tip) -> int:
        """How many commits the branch here has that its remote one, the tip, has not."""
        if not tip.name.startswith("origin/"):
            return 0
        here = self._branches().get("refs/heads/" + tip.name.removeprefix("origin/"))
        return len(self._walk([here], [tip.sha])) if here else 0

    def missing(
        self, tips: Sequence[str], heads: Sequence[str], *, since: date | None = None
    ) -> Shas:
        """What the tips reach and the heads do not, parents before children.

        A head that this clone does not know, or that is no sha at all, is passed over.
        """
        newer = [f"--max-age={_seconds(since)}"] if since else []
        return self._walk(self._checked(tips), self.known(heads), *newer)

    def hidden(self, tips: Sequence[str], heads: Sequence[str], since: date) -> set[str]:
        """The parents that `missing` left out because they are older than `since`."""
        lines = [*self._checked(tips), *(f"^{sha}" for sha in self.known(heads))]
        listing = self.run(
            *("rev-list", "--boundary", f"--max-age={_seconds(since)}", "--stdin"),
            stdin="".join(f"{line}\n" for line in lines).encode(),
        )
        edge = [line[1:] for line in listing.decode().split() if line.startswith("-")]
        if not edge:
            return set()
        older = ("rev-list", "--no-walk", f"--min-age={_seconds(since) - 1}", "--stdin")
        return set(self.run(*older, stdin="\n".join(edge).encode()).decode().split())

    def unreachable(self, heads: Sequence[str], tips: Sequence[str]) -> Shas:
        """What the heads reach and the tips no longer do: commits that left the history.

        A shallow clone cannot tell, since its branches end early: it answers with nothing.
        """
        known = self.known(heads)
        if self.is_shallow or not known or not tips:
            return Shas()
        return self._walk(known, self._checked(tips))

    def known(self, shas: Sequence[str]) -> list[str]:
        """Those of these shas, whoever sent them, that are commits of this clone."""
        valid = [sha for sha in map(str.lower, shas) if self._is_sha(sha)]
        if not valid:
            return []
        answer = self.run(
            "cat-file",
            "--batch-check=%(objectname) %(objecttype)",
            stdin="".join(f"{sha}\n" for sha in valid).encode(),
            environment={"GIT_NO_LAZY_FETCH": "1"},  # a partial clone would ask its remote
        )
        pairs = (line.split(" ", 1) for line in answer.decode().splitlines())
        return [name for name, kind in pairs if kind == "commit"]

    def remote_url(self) -> str | None:
        """Where `origin` is, without the password that an https address may carry."""
        try:
            url = decoded(self.run("config", "--get", "remote.origin.url")).strip()
        except GitFailed:
            return None
        return without_password(url) or None

    def _walk(self, starts: Sequence[str], ends: Sequence[str], *options: str) -> Shas:
        lines = [*starts, *(f"^{sha}" for sha in ends)]
        digests, rest = bytearray(), b""
        for block in self.stream(
            *("rev-list", "--topo-order", "--reverse", *options, "--stdin"),
            stdin="".join(f"{line}\n" for line in lines).encode(),
        ):
            whole, _, rest = (rest + block).rpartition(b"\n")
            digests += bytes.fromhex(whole.decode())
        return Shas(digests, size=self._sha_length // 2)

    def _branches(self) -> dict[str, str]:
        """Full name to sha, without the symbolic ones: `origin/HEAD` is another's name."""
        listing = self.run(
            "for-each-ref",
            "--format=%(objectname)%00%(refname)%00%(symref)",
            "refs/heads",
            "refs/remotes",
        )
        rows = (line.split(b"\0") for line in listing.splitlines())
        return {decoded(name): sha.decode() for sha, name, symref in rows if not symref}

    def _default_tip(self, branches: Mapping[str, str]) -> Tip:
        candidates = [self._named_by("refs/remotes/origin/HEAD")]
        if self._is_bare():  # nothing is checked out: its HEAD is what a clone of it would get
            candidates.append(self._named_by("HEAD"))
        for name in ("main", "master"):
            candidates += [f"refs/heads/{name}", f"refs/remotes/origin/{name}"]
        for candidate in candidates:
            if candidate in branches:
                return Tip(_short(candidate), branches[candidate])
        try:
            head = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
        except GitFailed:
            if not branches:
                raise EmptyRepository from None
            raise RepositoryError(
                "The repository has no default branch.",
                remedy="Run `git remote set-head origin --auto`, or name `branches` in repos.yaml.",
            ) from None
        return Tip("HEAD", head)

    def _named_by(self, symbolic: str) -> str:
        """The ref that it stands for; empty where it is none."""
        try:
            return decoded(self.run("symbolic-ref", "--quiet", symbolic)).strip()
        except GitFailed:
            return ""

    def _is_bare(self) -> bool:
        return self.run("rev-parse", "--is-bare-repository").strip() == b"true"

    def _checked(self, shas: Sequence[str]) -> Sequence[str]:
        wrong = next((sha for sha in shas if not self._is_sha(sha)), None)
        if wrong is not None:
            raise RepositoryError(f"{wrong!r} is not the id of a commit.")
        return shas

    def _is_sha(self, sha: str) -> bool:
        return len(sha) == self._sha_length and bool(_SHA.fullmatch(sha))


def _seconds(day: date) -> int:
    """When a day begins, in UTC, as git takes it."""
    return int(datetime.combine(day, time.min, timezone.utc).timestamp())


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def _matches(ref: str, glob: str) -> bool:
    """`main` and `release/*` mean the branch wherever it is; `origin/main` only the remote one."""
    name = _short(ref)
    if fnmatchcase(name, glob):
        return True
    return ref.startswith("refs/remotes/") and fnmatchcase(name.partition("/")[2], glob)


def _refusal(path: Path, said: str) -> RepositoryError:
    """Why git would not read a folder that looks like a repository."""
    if "dubious ownership" in said:
        return RepositoryError(
            f"{path} belongs to another user, so git does not read it.",
            remedy=f"Run `git config --global --add safe.directory {path}` if you trust it.",
        )
    return NotARepository(f"{path} is not a repository that git can read: {said}")
