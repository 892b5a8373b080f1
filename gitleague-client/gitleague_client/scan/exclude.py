"""Files that nobody wrote: their lines count apart, so that a score may leave them out.

git decides, by the rules of `.gitattributes` that everyone knows, with three sources from weak to
strong: the lock files below, the `.gitattributes` files of the default branch's tip, and the
`exclude` globs of repos.yaml. `package-lock.json -linguist-generated` brings a lock file back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from select import PIPE_BUF
from subprocess import PIPE
from tempfile import TemporaryDirectory
from types import TracebackType

from gitleague_client.errors import RepositoryError
from gitleague_client.git import Repository
from gitleague_client.process import GitProcess

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
_LOCK_FILES = frozenset(name.encode() for name in LOCK_FILES)
_ATTRIBUTES = ("linguist-generated", "linguist-vendored", "gitleague-excluded")
_YES = frozenset({b"set", b"true"})
# A tree may hold such names all the same, and git ends when it is asked about one.
_OUTSIDE = re.compile(rb"^/|(?:^|/)\.\.?(?:/|$)|//")


class Exclusions:
    """Answers from the names of lock files while nobody says more; else from `git check-attr`."""

    def __init__(self, repository: Repository, exclude: Sequence[str] = ()) -> None:
        self._repository = repository
        self._globs = "".join(f"{pattern} gitleague-excluded\n" for pattern in _patterns(exclude))
        self._folder = TemporaryDirectory(prefix="gitleague-")
        self._process: GitProcess | None = None
        self._has_begun = False

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

    def ask(self, paths: Sequence[bytes]) -> Iterable[bool]:
        """Whether each path is excluded."""
        if not self._has_begun:
            self._has_begun = True
            self._process = self._begun()
        if self._process is None:
            return [path.rpartition(b"/")[2] in _LOCK_FILES for path in paths]
        process = self._process
        return chain.from_iterable(_asked(process, part) for part in _slices(paths))

    def _begun(self) -> GitProcess | None:
        """Before git 2.40 only an index can say which `.gitattributes` to read: we write one."""
        entries = list(self._attribute_files())
        if not self._globs and not self._mention_linguist(entries):
            return None
        folder = Path(self._folder.name)
        rules = folder / "attributes"
        lock_files = "".join(f"{name} linguist-generated\n" for name in LOCK_FILES)
        rules.write_bytes(os.fsencode(lock_files + self._globs))
        environment = {"GIT_INDEX_FILE": str(folder / "index")}
        self._repository.run(
            *("update-index", "-z", "--index-info"),
            stdin=b"".join(entry + b"\0" for entry in entries),
            environment=environment,
        )
        return self._repository.start(
            *("-c", f"core.attributesFile={rules}"),
            *("check-attr", "--cached", "--stdin", "-z", *_ATTRIBUTES),
            stdin=PIPE,
            environment=environment,
        )

    def _attribute_files(self) -> Iterator[bytes]:
        """`mode type sha TAB path` of each at the tip, as `update-index` takes it."""
        try:
            tip = self._repository.tips()[0]
        except RepositoryError:  # no default branch: only globs and lock files are known
            return
        rest = b""
        for block in self._repository.stream("ls-tree", "-r", "-z", "--full-tree", tip.sha):
            *entries, rest = (rest + block).split(b"\0")
            for entry in entries:
                name = entry.partition(b"\t")[2].rpartition(b"/")[2]
                if name == b".gitattributes" and entry.startswith(b"100"):
                    yield entry

    def _mention_linguist(self, entries: Iterable[bytes]) -> bool:
        shas = b"".join(entry.split()[2] + b"\n" for entry in entries)
        return b"linguist-" in self._repository.run("cat-file", "--batch", stdin=shas)


def _slices(paths: Iterable[bytes]) -> Iterator[list[bytes]]:
    """No pipe is too small for a slice; a full one would stop both sides.

    git answers each path before it reads the next, so what it prints may be of any size.
    """
    part: list[bytes] = []
    size = 0
    for path in paths:
        size += len(path) + 1
        if part and size > PIPE_BUF:
            yield part
            part, size = [], len(path) + 1
        part.append(b"outside" if _OUTSIDE.search(path) else path)
    if part:
        yield part


def _asked(process: GitProcess, paths: Sequence[bytes]) -> Iterator[bool]:
    process.write(b"".join(path + b"\0" for path in paths))
    size = len(_ATTRIBUTES)
    wanted = 3 * size * len(paths)  # path, attribute, value of each
    blocks: list[bytes] = []
    while wanted > 0:
        block = process.read()
        if not block:
            process.fail()
        blocks.append(block)
        wanted -= block.count(b"\0")
    values = b"".join(blocks).split(b"\0")[2::3]
    for place in range(0, len(paths) * size, size):
        yield not _YES.isdisjoint(values[place : place + size])


def _patterns(globs: Iterable[str]) -> Iterator[str]:
    """As in .gitignore, a name without a slash means it at any depth, and a folder its content."""
    for glob in globs:
        if glob.startswith("!"):
            raise RepositoryError(
                f"`exclude` has {glob!r}, and no pattern there may begin with `!`.",
                remedy="Give the file `-linguist-generated` in .gitattributes instead.",
            )
        bare = glob.rstrip("/")
        if not bare:
            continue
        # Never bare at the start of a line: `[attr]x` there would define a macro.
        anchored = "/" + bare.lstrip("/") if "/" in bare else f"**/{bare}"
        if bare == glob:
            yield _quoted(anchored)
        yield _quoted(f"{anchored}/**")


def _quoted(pattern: str) -> str:
    escaped = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
