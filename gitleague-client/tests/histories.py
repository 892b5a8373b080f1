"""Real repositories made by `git fast-import`: a nasty history, and one like a team's.

`NASTY` is meant to be read: every line is something that a real history has held.
"""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

ADA = b"Ada Lovelace <ada@example.com>"
GRACE = b"Grace Hopper <grace@example.com>"
OLD_GRACE = b"ghopper <ghopper@old.example.com>"
MAILMAP = b"Grace Hopper <grace@example.com> <ghopper@old.example.com>\n"
NOON = 1_700_000_000
FOREIGN = {"sha1": "d" * 40, "sha256": "d" * 64}  # the commit of a submodule: in no clone of ours


class Change(NamedTuple):
    """A line of fast-import, and the content that follows it."""

    line: bytes
    data: bytes | None = None


@dataclass(frozen=True)
class Step:
    message: bytes
    changes: Sequence[Change] = ()
    author: bytes = ADA
    committer: bytes | None = None  # None: the author
    date: bytes | None = None  # `seconds zone`; None: a minute after the last
    encoding: bytes = b""
    name: str = ""  # so that later steps can have it as a parent
    parents: Sequence[str] | None = None  # names; None: the step before; empty: a new root


def put(path: bytes, data: bytes, mode: bytes = b"100644") -> Change:
    return Change(b"M %s inline %s" % (mode, quoted(path)), data)


def drop(path: bytes) -> Change:
    return Change(b"D " + quoted(path))


def move(old: bytes, new: bytes) -> Change:
    return Change(b"R %s %s" % (quoted(old), quoted(new)))


def module(path: bytes, sha: bytes) -> Change:
    return Change(b"M 160000 %s %s" % (sha, quoted(path)))


def quoted(path: bytes) -> bytes:
    plain = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-"
    return b'"%s"' % b"".join(bytes([byte]) if byte in plain else b"\\%03o" % byte for byte in path)


def lines(count: int, word: str = "line") -> bytes:
    return "".join(f"{word} {number}\n" for number in range(count)).encode()


NAMES = (  # what a path may be called
    b"new\nline",
    b"tab\tname",
    b'quo"te',
    b"back\\slash",
    b"l\xe4tin-1",
    b"a => b",
    b"{x => y}/c",
    b" blanks ",
    b"-dash",
    "🏀/ほげ.py".encode(),
    b"\x01\x7f",
    b".\n",
)

NASTY: tuple[Step, ...] = (
    Step(b"First", [put(b".mailmap", MAILMAP), put(b"main.py", lines(40))], name="first"),
    Step(b"", [put(b"empty-message", b"x\n")]),
    Step(b"\n\n  \n", [put(b"blank-message", b"x\n")]),
    Step(b"\n\nStarts late\n\nBody", [put(b"late", b"x\n")]),
    Step(b"A title\nof two lines\n\nand a body\n\n\n   \n", [put(b"two", b"x\n")]),
    Step(b"Carriage\r\n\r\nreturns\r\n", [put(b"crlf", b"x\r\ny\r\n")]),
    Step(b"No newline at the end", [put(b"none", b"a\nb")]),
    Step(b"One there now", [put(b"none", b"a\nb\n")]),
    Step(b"No author name", [put(b"a", b"1\n")], author=b"<nameless@example.com>"),
    Step(b"No author email", [put(b"a", b"2\n")], author=b"No Email <>"),
    Step(b"Neither", [put(b"a", b"3\n")], author=b"<>"),
    Step(
        "Émoji 🏀 in ハンガリー".encode(),
        [put(b"a", b"4\n")],
        author="Zoë 🏀 <zoë@éx.com>".encode(),
    ),
    Step(b"Caf\xe9 in Latin-1", [put(b"a", b"5\n")], author=b"Ren\xe9 <rene@example.com>"),
    Step(b"Caf\xe9 declared", [put(b"a", b"6\n")], author=b"Ren\xe9 <r@x>", encoding=b"ISO-8859-1"),
    Step(b"\x83e\x83X\x83g", [put(b"a", b"7\n")], encoding=b"Shift_JIS"),
    Step(b"Not a charset \xff", [put(b"a", b"8\n")], encoding=b"klingon"),
    Step(b"Surrogate \xed\xa0\x80 and \xfe\xff", [put(b"a", b"9\n")]),
    Step(b"NUL\0in the title\n\nand\0in the body", [put(b"a", b"10\n")]),
    Step(b"Control \x01\x02\x1b[31m\x7f \xe2\x80\xae", [put(b"a", b"11\n")]),
    Step(b"Megabyte\n\n" + b"All work and no play. " * 50_000, [put(b"a", b"12\n")]),
    Step(b"T" * 100_000, [put(b"a", b"13\n")]),
    Step(
        b"Looks like git\n\n1\t2\tfile\ncommit " + b"a" * 40 + b"\n-\t-\tx\n", [put(b"a", b"14\n")]
    ),
    Step(b"In 1970", [put(b"a", b"15\n")], date=b"0 +0000"),
    Step(b"In 2099", [put(b"a", b"16\n")], date=b"4102444799 +1400"),
    Step(b"West of Hawaii", [put(b"a", b"17\n")], date=b"1500000000 -1130"),
    Step(b"Committed by another", [put(b"a", b"18\n")], committer=OLD_GRACE),
    Step(b"By an old address", [put(b"a", b"19\n")], author=OLD_GRACE),
    Step(
        b"Together\n\nCo-authored-by: "
        + OLD_GRACE
        + b"\nco-authored-by: Linus <linus@example.com>\n"
        b"Co-authored-by: nobody\nCo-authored-by: <only@example.com>\n",
        [put(b"a", b"20\n")],
    ),
    Step(b"Nothing changed"),
    *(Step(b"Name " + name, [put(name, lines(3))]) for name in NAMES),
    *(Step(b"Rename " + name, [move(name, b"kept/moved " + name)]) for name in NAMES),
    Step(b"Rename", [move(b"main.py", b"source/main.py")]),
    Step(b"Rename and edit", [drop(b"source/main.py"), put(b"source/app.py", lines(44))]),
    Step(b"Rename, too different", [drop(b"source/app.py"), put(b"app.py", lines(50, "other"))]),
    Step(b"Copy", [put(b"copy.py", lines(50, "other"))]),
    Step(b"Empty files", [put(b"empty/1", b""), put(b"empty/2", b"")]),
    Step(b"Rename empty files", [move(b"empty/1", b"empty/3"), move(b"empty/2", b"void/2")]),
    Step(b"Swap", [put(b"copy.py", lines(9)), put(b"none", lines(50, "other"))]),
    Step(b"Binary", [put(b"ball.png", b"\x89PNG\0" * 500)]),
    Step(b"Edit binary", [put(b"ball.png", b"\x89PNG\0" * 600), put(b"a", b"21\n")]),
    Step(b"Binary to text", [put(b"ball.png", lines(5))]),
    Step(b"Rename binary", [put(b"x.bin", bytes(3000))]),
    Step(b"Renamed binary", [move(b"x.bin", b"y.bin")]),
    Step(b"Executable", [put(b"a", b"21\n", b"100755")]),
    Step(b"Symbolic link", [put(b"link", b"a", b"120000")]),
    Step(b"Link becomes a file", [put(b"link", lines(4))]),
    Step(b"File becomes a folder", [drop(b"two"), put(b"two/deep/er", b"x\n")]),
    Step(b"Submodule", [put(b".gitmodules", b'[submodule "m"]\n\tpath = m\n\turl = /m\n')]),
    Step(b"Submodule entry", [module(b"m", b"<foreign>")]),
    Step(b"Submodule gone", [drop(b"m")]),
    Step(b"Lock files", [put(b"package-lock.json", lines(900)), put(b"web/yarn.lock", lines(80))]),
    Step(
        b"Generated and vendored",
        [
            put(b".gitattributes", b"gen/** linguist-generated\nvendor/* linguist-vendored=true\n"),
            put(b"gen/api/x.py", lines(70)),
            put(b"vendor/jquery.js", lines(30)),
            put(b"*.dat", b"a\n"),
        ],
    ),
    Step(
        b"Diff attribute", [put(b"sub/.gitattributes", b"*.txt -diff\n"), put(b"sub/x.txt", b"1\n")]
    ),
    Step(b"Many files", [put(b"many/%d" % number, lines(number % 7)) for number in range(300)]),
    Step(b"Many renames", [move(b"many", b"several")], name="trunk"),
    Step(b"Delete", [drop(b"copy.py"), drop(b"late")], name="left"),
    Step(b"Another side", [put(b"right", lines(8))], parents=["trunk"], name="right"),
    Step(b"Merge", parents=["left", "right"], name="merged"),
    Step(b"A root", [put(b"other-root", lines(2))], parents=[], author=GRACE, name="root"),
    Step(b"A root with the same name", [put(b"third-root", lines(2))], parents=[], name="root2"),
    Step(b"Octopus", parents=["merged", "root", "root2"], name="octopus"),
    Step(b"Evil merge", [put(b"a", lines(7))], parents=["octopus", "right"], name="evil"),
    Step(b"Merge of what is in already", parents=["evil", "left"]),
)

BROKEN = (  # what only other tools write: (author line, committer line), without their first word
    (
        b"Ada <ada@example.com> 99999999999999999999 +0000",
        b"Ada <ada@example.com> 1700000000 +0000",
    ),
    (b"Ada <ada@example.com> -5 +0000", b"Ada <ada@example.com> 1700000000 +9999"),
    (b"Ada <ada@example.com>", b"Ada <ada@example.com> then +0000"),
    (b"Ada <ada@example.com> 300000000000 +0000", b"Ada 1700000000 +0000"),
    (b"no address at all", b"Ada <ada@example.com> 1700000000"),
    (b"A <b> <c@d> > 1700000000 +0000", b"<<a>> 1700000000 -0000"),
    (b' .,Crud;. <"x"@y> 1 +0000', b"\t <\t> 1700000000 +0000"),
)


def run_git(path: Path, *arguments: str, stdin: bytes | IO[bytes] = b"") -> bytes:
    """git as the tests' own truth: no configuration but its own, nothing from the environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada Lovelace",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada Lovelace",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }
    source: dict[str, Any] = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=path, env=environment, capture_output=True, check=False,
        **source,
    )  # fmt: skip
    assert not done.returncode, done.stderr.decode(errors="replace")
    return bytes(done.stdout)


def make_repository(path: Path, *, object_format: str = "sha1", bare: bool = False) -> Path:
    return unpack(_empty_repository(object_format, bare=bare), path)


@cache
def _empty_repository(object_format: str, *, bare: bool) -> Files:
    kind = ["--bare"] if bare else []
    with tempfile.TemporaryDirectory(prefix="gitleague-test-") as folder:
        path = Path(folder)
        run_git(path, "init", "-q", "-b", "main", f"--object-format={object_format}", *kind)
        return packed(path)


Files = Mapping[str, bytes | None]  # by their path; None is a folder


def packed(path: Path) -> Files:
    """The files of a folder, and its folders, for `unpack`: that is quicker than git is."""
    return {
        str(found.relative_to(path)): None if found.is_dir() else found.read_bytes()
        for found in sorted(path.rglob("*"))
    }


def unpack(files: Files, path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if content is None:
            (path / name).mkdir()
        else:
            (path / name).write_bytes(content)
    return path


# Uncompressed: it is written once and read a few times.
_IMPORT = ("-c", "core.compression=0", "fast-import", "--quiet", "--date-format=raw-permissive")


def import_steps(path: Path, steps: Iterable[Step], *, onto: str = "") -> None:
    """Commit the steps to `main`, after the commit `onto` if there is one."""
    marks: dict[str, str] = {}
    previous, clock = onto, NOON
    with tempfile.TemporaryFile() as stream:
        for mark, step in enumerate(steps, start=1):
            clock += 60
            parents = [previous] if step.parents is None else [marks[name] for name in step.parents]
            parents = [parent for parent in parents if parent]
            ref = "main" if parents or mark == 1 else f"root-{mark}"
            stream.writelines(_imported(step, mark, f"refs/heads/{ref}", parents, clock))
            previous = f":{mark}"
            marks[step.name] = previous
        stream.seek(0)
        run_git(path, *_IMPORT, stdin=stream)


def _imported(step: Step, mark: int, ref: str, parents: list[str], clock: int) -> Iterator[bytes]:
    date = step.date or b"%d +0000" % clock
    yield f"commit {ref}\nmark :{mark}\n".encode()
    yield b"author %s %s\n" % (step.author, date)
    yield b"committer %s %s\n" % (step.committer or step.author, date)
    if step.encoding:
        yield b"encoding %s\n" % step.encoding
    yield b"data %d\n%s\n" % (len(step.message), step.message)
    for number, parent in enumerate(parents):
        yield f"{'merge' if number else 'from'} {parent}\n".encode()
    for change in step.changes:
        yield change.line + b"\n"
        if change.data is not None:
            yield b"data %d\n%s\n" % (len(change.data), change.data)


def make_nasty_history(path: Path, commits: int = 3000, object_format: str = "sha1") -> Path:
    """`NASTY`, then `BROKEN`, then ordinary ones up to this many; `main` is checked out."""
    make_repository(path, object_format=object_format)
    foreign = FOREIGN[object_format].encode()
    import_steps(path, [_with_module(step, foreign) for step in NASTY])
    tip = _write_broken(path)
    already = int(run_git(path, "rev-list", "--count", "main"))
    import_steps(path, make_steps(commits - already), onto=tip)
    run_git(path, "checkout", "-q", "-f", "main")
    return path


def _with_module(step: Step, foreign: bytes) -> Step:
    changes = [
        Change(change.line.replace(b"<foreign>", foreign), change.data) for change in step.changes
    ]
    return Step(**{**vars(step), "changes": changes})


def _write_broken(path: Path) -> str:
    """Commits that fast-import refuses to write, each on top of the last."""
    tip = run_git(path, "rev-parse", "main").decode().strip()
    tree = run_git(path, "rev-parse", "main^{tree}").strip()
    for author, committer in BROKEN:
        raw = b"tree %s\nparent %s\nauthor %s\ncommitter %s\n\nBroken %s\n" % (
            *(tree, tip.encode(), author, committer, author),
        )
        written = run_git(
            path, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw
        )
        tip = written.decode().strip()
    run_git(path, "update-ref", "refs/heads/main", tip)
    return tip


def make_steps(
    commits: int, *, files: int = 200, length: int = 60, seed: int = 1
) -> Iterator[Step]:
    """A team at work: edits of a few lines, now and then a rename, a deletion, a branch merged."""
    chance = random.Random(seed)
    team = [b"Player %d <player%d@example.com>" % (number, number) for number in range(12)]
    tree: dict[int, File] = {}
    for number in range(commits):
        author = team[min(int(chance.expovariate(0.4)), len(team) - 1)]
        message = b"Change %d\n\nWhy it was done, in a sentence." % number
        touched = {chance.randrange(files) for _ in range(chance.choice((1, 1, 2, 4)))}
        changes = [change for file in touched for change in _edited(chance, tree, file, length)]
        parents = None
        if number > _SPRINT and number % _SPRINT == 1:  # beside the last, from its parent
            parents = [f"{number - 2}"]
        elif number > _SPRINT and number % _SPRINT == 2:
            parents = [f"{number - 1}", f"{number - 2}"]
            message, changes = b"Merge", []
        yield Step(message, changes, author=author, parents=parents, name=f"{number}")


_SPRINT = 40  # commits from one merge to the next


class File(NamedTuple):
    path: bytes
    content: list[bytes]


def _edited(
    chance: random.Random, tree: dict[int, File], number: int, length: int
) -> Iterator[Change]:
    path = b"team/package%d/module%d/file%d.py" % (number % 7, number % 31, number)
    file = tree.get(number) or File(
        path,
        lines(length, f"    total = total + share_of(player, file={number}), then").splitlines(
            keepends=True
        ),
    )
    fate = chance.random()
    if number in tree and fate < 0.02:
        yield drop(tree.pop(number).path)
        return
    if number in tree and fate < 0.05:
        yield drop(file.path)
        file = File(path[:-3] + b"_%d.py" % chance.randrange(1000), file.content)
    if number in tree:
        place = chance.randrange(len(file.content) + 1)
        new = [b"    edited = %d\n" % chance.randrange(10**6) for _ in range(chance.randrange(6))]
        file.content[place : place + chance.randrange(4)] = new
    tree[number] = file
    yield put(file.path, b"".join(file.content))
