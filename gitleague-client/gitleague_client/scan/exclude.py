"""Files that nobody wrote: their lines count apart, so that a score may leave them out.

git decides, by the rules of `.gitattributes` that everyone knows, with three sources from weak to
strong: the lock files below, the `.gitattributes` files of the default branch's tip, and the
`exclude` globs of repos.yaml. `package-lock.json -linguist-generated` brings a lock file back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory
from types import TracebackType

from gitleague_client.errors import ConfigError, RepositoryError
from gitleague_client.git import GitProcess, Repository

LOCK_FILES = (
    "Cargo.lock",
    "Gemfile.lock",
    "Package.resolved",
    "Pipfile.lock",
    "Podfile.lock",
    "bun.lock",
    "bun.lockb",
    "composer.lock",
    "deno.lock",
    "flake.lock",
    "go.sum",
    "gradle.lockfile",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "packages.lock.json",
    "pdm.lock",
    "pixi.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pubspec.lock",
    "uv.lock",
    "yarn.lock",
)
_ATTRIBUTES = ("linguist-generated", "linguist-vendored", "gitleague-excluded")
_YES = frozenset({b"set", b"true"})
_MAX_KNOWN = 50_000
# A tree may hold such names all the same, and git ends when it is asked about one.
_OUTSIDE = re.compile(rb"^/|(?:^|/)\.\.?(?:/|$)|//")


class Exclusions(dict[bytes, bool]):
    """Is this path excluded? Reads like a dict; asks one `git check-attr` about each path once."""

    def __init__(self, repository: Repository, exclude: Sequence[str] = ()) -> None:
        super().__init__()
        self._repository = repository
        self._rules = "".join(f"{name} linguist-generated\n" for name in LOCK_FILES)
        self._rules += "".join(f"{pattern} gitleague-excluded\n" for pattern in _patterns(exclude))
        self._folder = TemporaryDirectory(prefix="gitleague-")
        self._process: GitProcess | None = None

    def __enter__(self) -> Exclusions:  # noqa: PYI034  # Self came with Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.close()
        self._folder.cleanup()

    def __missing__(self, path: bytes) -> bool:
        if len(self) >= _MAX_KNOWN:
            self.clear()
        self[path] = answer = not _OUTSIDE.search(path) and self._ask(path)
        return answer

    def _ask(self, path: bytes) -> bool:
        if self._process is None:
            self._process = self._start()
        self._process.write(path + b"\0")
        answer: list[bytes] = []
        said = b""
        while len(answer) <= 3 * len(_ATTRIBUTES):  # path, attribute, value of each
            block = self._process.read()
            if not block:
                self._process.fail()
            said += block
            answer = said.split(b"\0")
        return not _YES.isdisjoint(answer[2::3])

    def _start(self) -> GitProcess:
        """Before git 2.40 only an index can say which `.gitattributes` to read: we write one."""
        folder = Path(self._folder.name)
        rules = folder / "attributes"
        rules.write_text(self._rules, encoding="utf-8", errors="surrogateescape")
        environment = {"GIT_INDEX_FILE": str(folder / "index")}
        entries = b"".join(entry + b"\0" for entry in self._attribute_files())
        if entries:
            self._repository.run(
                *("update-index", "-z", "--index-info"), stdin=entries, environment=environment
            )
        return self._repository.start(
            *("-c", f"core.attributesFile={rules}"),
            *("check-attr", "--cached", "--stdin", "-z", *_ATTRIBUTES),
            stdin=PIPE,
            environment=environment,
        )

    def _attribute_files(self) -> Iterator[bytes]:
        """`mode type sha TAB path` of each, as `update-index` takes it."""
        try:
            tip = self._repository.tips()[0]
        except RepositoryError:  # no default branch: only globs and lock files are known
            return
        rest = b""
        for block in self._repository.stream("ls-tree", "-r", "-z", "--full-tree", tip.sha):
            *entries, rest = (rest + block).split(b"\0")
            for entry in entries:
                if entry.endswith(b".gitattributes") and entry.startswith(b"100"):
                    name = entry.partition(b"\t")[2].rpartition(b"/")[2]
                    if name == b".gitattributes":
                        yield entry


def _patterns(globs: Iterable[str]) -> Iterator[str]:
    """As in .gitignore, a name without a slash means it at any depth, and a folder its content."""
    for glob in globs:
        if glob.startswith("!"):
            raise ConfigError(
                f"`exclude` has {glob!r}, and no pattern there may begin with `!`.",
                remedy="Give the file `-linguist-generated` in .gitattributes instead.",
            )
        bare = glob.rstrip("/")
        if not bare:
            continue
        if bare == glob:
            yield _quoted(bare)
        yield _quoted(f"{bare}/**" if "/" in bare else f"**/{bare}/**")


def _quoted(pattern: str) -> str:
    escaped = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
