"""Is the suite blind? Puts each fault of faults.yaml into a copy of this tree and runs its tests.

    tools/faults.py [NUMBER …]     all of them, or these; ends with 1 where a fault is not found

It takes some minutes, so that no run of the suite holds it: for whoever makes the suite quicker.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_suffix(".yaml")
FOUND = 1  # pytest's exit status where tests failed


class Fault(NamedTuple):
    file: str
    line: str  # stripped; it stands once in the file
    instead: str
    tests: tuple[str, ...]  # paths, all of one package

    def put_into(self, text: str) -> str:
        """The text with the fault. Raises ValueError where the line is not there just once."""
        lines = text.split("\n")
        places = [number for number, line in enumerate(lines) if line.strip() == self.line]
        if len(places) != 1:
            raise ValueError(f"{self.file} has this line {len(places)} times: {self.line}")
        (place,) = places
        lines[place] = lines[place].replace(self.line, self.instead)
        return "\n".join(lines)

    @property
    def package(self) -> str:
        return self.tests[0].partition("/")[0]


def faults() -> list[Fault]:
    read = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    return [Fault(**each | {"tests": tuple(each["tests"])}) for each in read]


def main(numbers: Sequence[str]) -> int:
    listed = list(enumerate(faults(), 1))
    chosen = [each for each in listed if not numbers or str(each[0]) in numbers]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", "build", "data"))
        missed = list(_missed(copy, chosen))
    print(f"{len(chosen) - len(missed)} of {len(chosen)} faults were found")
    return int(bool(missed))


def _missed(copy: Path, chosen: Sequence[tuple[int, Fault]]) -> Iterator[int]:
    for number, fault in chosen:
        path = copy / fault.file
        sound = path.read_text(encoding="utf-8")
        path.write_text(fault.put_into(sound), encoding="utf-8")
        is_found = _status(copy, fault) == FOUND
        path.write_text(sound, encoding="utf-8")
        print(f"{number:3} {'found' if is_found else 'MISSED'}  {fault.file}: {fault.instead}")
        if not is_found:
            yield number


def _status(copy: Path, fault: Fault) -> int:
    """Of the fault's tests on SQLite, up to the first that fails."""
    folders = [str(copy / name) for name in ("backend", "gitleague-client")]
    paths = [str(copy / each) for each in fault.tests]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *paths],
        cwd=copy / fault.package,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(folders),
            "GITLEAGUE_TEST_DATABASES": "sqlite",
        },
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
