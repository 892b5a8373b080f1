"""A history like those of real projects, made by `git fast-import`: the same one every time."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

FILES = 2_000
LINES = 250  # in a file, on average
PEOPLE = [f"Person {number} <person{number}@example.org>" for number in range(40)]
WORDS = [
    "add",
    "fix",
    "move",
    "test",
    "tidy",
    "speed",
    "parse",
    "route",
    "table",
    "page",
    "query",
    "cache",
    "index",
    "player",
    "score",
]
START = 1_500_000_000


def make_history(path: Path, commits: int) -> Path:
    """A bare repository with so many commits on `main`, one in twenty a merge."""
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(path)], check=True)
    with subprocess.Popen(
        ["git", "-C", str(path), "fast-import", "--quiet", "--depth=50"], stdin=subprocess.PIPE
    ) as importing:
        if importing.stdin:
            for part in _stream(commits):
                importing.stdin.write(part.encode())
            importing.stdin.close()
        if importing.wait():
            raise RuntimeError("git fast-import failed")
    return path


def _stream(commits: int) -> Iterator[str]:
    chance = random.Random(7)
    files: dict[str, list[str]] = {}
    yield _commit(1, 1, chance) + "".join(_new_file(files, chance) for _ in range(FILES // 4))
    number = 1
    while number < commits:
        side = number % 20 == 10 and commits - number > 2
        number += 1
        parent = f"from :{number - 1}\n"
        if not side:
            yield _commit(number, number, chance) + parent + _change(files, chance)
            continue
        # A branch of one commit, and the merge that takes it in with its change.
        change = _change(files, chance)
        yield _commit(number, number, chance) + parent + change
        number += 1
        merge = f"from :{number - 2}\nmerge :{number - 1}\n"
        yield _commit(number, number, chance) + merge + change


def _commit(mark: int, number: int, chance: random.Random) -> str:
    who = f"{chance.choice(PEOPLE)} {START + number * 3600} +0200"
    message = " ".join(chance.choices(WORDS, k=6)) + "\n\n" + " ".join(chance.choices(WORDS, k=20))
    size = len(message)
    branch = "refs/heads/main"
    return f"commit {branch}\nmark :{mark}\nauthor {who}\ncommitter {who}\ndata {size}\n{message}\n"


def _change(files: dict[str, list[str]], chance: random.Random) -> str:
    """Some lines of one to four files; now and then a new file, or one that moves."""
    dice = chance.random()
    if dice < 0.1 and len(files) < FILES:
        return _new_file(files, chance)
    if dice < 0.13:
        old = chance.choice(list(files))
        new = f"{old.rpartition('/')[0]}/moved{chance.randrange(10**9)}.py"
        files[new] = files.pop(old)
        return f"R {old} {new}\n"
    return "".join(_edit(files, chance) for _ in range(chance.choice((1, 1, 1, 2, 2, 4))))


def _new_file(files: dict[str, list[str]], chance: random.Random) -> str:
    name = f"src/part{chance.randrange(40)}/area{chance.randrange(8)}/file{len(files)}.py"
    name = name if name not in files else f"{name}.{chance.randrange(10**9)}"
    files[name] = [_line(chance) for _ in range(chance.randrange(20, 2 * LINES))]
    return _written(name, files[name])


def _edit(files: dict[str, list[str]], chance: random.Random) -> str:
    name = chance.choice(list(files))
    lines = files[name]
    at = chance.randrange(len(lines))
    lines[at : at + chance.randrange(8)] = [_line(chance) for _ in range(chance.randrange(1, 9))]
    return _written(name, lines)


def _line(chance: random.Random) -> str:
    return f"    {' '.join(chance.choices(WORDS, k=4))} = {chance.randrange(10**6)}\n"


def _written(name: str, lines: list[str]) -> str:
    text = "".join(lines)
    return f"M 100644 inline {name}\ndata {len(text)}\n{text}\n"
