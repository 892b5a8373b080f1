"""Runs every test, each part in a process of its own, and says what took long and what wobbled.

    tools/suite.py             every part
    tools/suite.py --seed 7    in the random order that a run with this seed had
    tools/suite.py --quick     what changed, and what else fits into two minutes: tools/quick.py

A test that fails runs once more, alone, after its part has ended. If it passes then it is FLAKY:
the run goes on, prints both reports and writes build/flaky.txt. More than MOST_FLAKY of them, or
one that fails again, fail the run.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MOST_FLAKY = 5
SLOWEST = 25
BOTH_ASKED = "--both-asked"  # backend/tests/both.py
FAILED = 1  # pytest's status where tests failed, and nothing else was wrong
MEMORY = Path("/dev/shm")  # noqa: S108 - its files are in a folder of our own
ENOUGH_MEMORY = 4_000_000_000


class Part(NamedTuple):
    name: str
    folder: str  # where pytest runs
    arguments: tuple[str, ...]
    together: tuple[str, ...] = ()  # options about all its tests together, so not at a second try
    spread: str = "worksteal"  # how xdist gives the tests to its processes


class Test(NamedTuple):
    name: str
    seconds: float
    report: str  # why it failed; empty: it passed


PARTS = (
    Part("tools", ".", ("tools/",)),
    Part("client", "gitleague-client", ("tests/",)),
    Part("backend without browser", "backend", ("tests/", "-m", "not browser"), (BOTH_ASKED,)),
    Part("browser", "backend", ("tests/web/", "-m", "browser")),
)
QUICK = (
    Part("client", "gitleague-client", ("tests/",)),
    Part("backend", "backend", ("tests/", "-m", "not browser and not debian")),
)
QUICK_SECONDS = (50, 20)  # of tests in the one that comes first, and in the other


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Run the tests of both packages.")
    parser.add_argument("--quick", action="store_true", help="SQLite only, no browser")
    parser.add_argument("--seed", type=int, help="of the random order; printed by each run")
    asked = parser.parse_args(arguments)
    with scratch_folder() as scratch:
        if not asked.quick:
            seed = random.randrange(2**32) if asked.seed is None else asked.seed  # noqa: S311
            print(f"The order of the tests: --seed {seed}", flush=True)
            return run(ROOT, [in_order(part, seed) for part in PARTS], scratch)
        environment = {"GITLEAGUE_TEST_DATABASES": "sqlite", "PYTHONPATH": str(ROOT / "tools")}
        return run(ROOT, quick_parts(), environment | scratch)


def in_order(part: Part, seed: int) -> Part:
    return part._replace(together=(*part.together, f"--randomly-seed={seed}"))


def quick_parts() -> list[Part]:
    """The package that changed first, and in each what changed first."""
    changed = changed_files()
    folders = {path.relative_to(ROOT).parts[0] for path in changed}
    parts = sorted(QUICK, key=lambda part: part.folder not in folders)
    return [
        part._replace(
            arguments=(
                *part.arguments,
                *("-p", "quick", f"--seconds={seconds}"),
                *(f"--changed={path}" for path in changed),
            ),
            spread="load",  # in the order in which they stand
        )
        for part, seconds in zip(parts, QUICK_SECONDS, strict=True)
    ]


def run(root: Path, parts: Sequence[Part], environment: Mapping[str, str]) -> int:
    """The exit status: 0 where every test passed, if need be at the second try."""
    build = root / "build" / "tests"
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    (root / "build" / "flaky.txt").unlink(missing_ok=True)
    runs = [PartRun(root, build, part, {**os.environ, **environment}) for part in parts]
    for each in runs:
        each.first_try()
    for each in runs:
        each.second_try()
    _print_slowest([test for each in runs for test in each.tests])
    _print_times(runs, root / "build" / "times.txt")
    flaky = [test for each in runs for test in each.flaky]
    _print_flaky(flaky, root / "build" / "flaky.txt")
    if len(flaky) > MOST_FLAKY:
        print(f"More than {MOST_FLAKY} tests are flaky.")
    return int(any(each.is_red for each in runs) or len(flaky) > MOST_FLAKY)


class PartRun:
    """One part of the suite: what its first try said, and its second."""

    def __init__(self, root: Path, build: Path, part: Part, environment: dict[str, str]) -> None:
        self.root = root
        self.build = build
        self.part = part
        # Each of a hundred processes would compile the whole server anew.
        self.environment = {
            name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        self.seconds = 0.0
        self.status = 0
        self.is_red = False
        self.tests: list[Test] = []
        self.flaky: list[Test] = []

    def first_try(self) -> None:
        began = time.monotonic()
        # Each process begins with its share of the files, so that what their tests have in common
        # is made once; one that has ended takes from another.
        workers = ("-n", str(min(os.cpu_count() or 2, 8)), "--dist", self.part.spread)
        self.status, self.tests = self._pytest("first", *self.part.together, *workers)
        self.seconds = time.monotonic() - began
        self.is_red = self.status != 0

    def second_try(self) -> None:
        """The failed tests alone, in one process; many do not fail by accident."""
        failed = [test for test in self.tests if test.report]
        if self.status != FAILED or not failed or len(failed) > MOST_FLAKY:
            return
        print(f"\n{self.part.name}: {len(failed)} failed, and run once more, alone")
        again = (
            "-p",
            "no:randomly",
            "-p",
            "no:xdist",
            "--last-failed",
            "--last-failed-no-failures=none",
        )
        status, tests = self._pytest("second", *again)
        passed = {test.name for test in tests if not test.report}
        self.is_red = status != 0 or not {test.name for test in failed} <= passed
        self.flaky = [test for test in failed if test.name in passed]

    def _pytest(self, which: str, *options: str) -> tuple[int, list[Test]]:
        name = self.part.name.replace(" ", "-")
        report = self.build / f"{name}.{which}.xml"
        argv = [sys.executable, "-m", "pytest", "-q", *self.part.arguments, *options]
        argv += ["-o", f"cache_dir={self.build / name}", f"--junitxml={report}"]
        folder = self.root / self.part.folder
        done = subprocess.run(argv, cwd=folder, env=self.environment, check=False)
        return done.returncode, list(_tests_in(report)) if report.exists() else []


def _tests_in(report: Path) -> Iterator[Test]:
    # Our own pytest wrote it.
    for case in ET.parse(report).iter("testcase"):  # noqa: S314
        wrong = [each for each in case if each.tag in {"failure", "error"}]
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        told = "\n".join(each.text or each.get("message") or "" for each in wrong)
        yield Test(name, float(case.get("time", 0)), told or ("failed" if wrong else ""))


def _print_slowest(tests: list[Test]) -> None:
    print(f"\nThe {SLOWEST} slowest tests")
    for test in sorted(tests, key=lambda test: -test.seconds)[:SLOWEST]:
        print(f"{test.seconds:8.1f} s  {test.name}")


def _print_times(runs: list[PartRun], file: Path) -> None:
    """Behind what .ci/run has written there of the parts before the tests."""
    with file.open("a", encoding="utf-8") as times:
        for each in runs:
            times.write(f"{each.seconds:8.0f} s  {each.part.name} ({len(each.tests)} tests)\n")
    print(f"\nTime of each part\n{file.read_text(encoding='utf-8')}", end="")


def _print_flaky(flaky: list[Test], file: Path) -> None:
    if not flaky:
        return
    print(f"\n{' FLAKY ':=^80}")
    for test in flaky:
        print(f"FLAKY {test.name}\nthe first try:\n{test.report}\nthe second, alone: passed\n")
    file.write_text("".join(f"{test.name}\n" for test in flaky), encoding="utf-8")


@contextmanager
def scratch_folder() -> Iterator[dict[str, str]]:
    """Thousands of databases that live for a second are kept in memory, where there is enough."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH_MEMORY:
        yield {}
        return
    folder = tempfile.mkdtemp(prefix="league.", dir=MEMORY)
    Path(folder).chmod(0o755)  # PostgreSQL may run as another user
    try:
        yield {"TMPDIR": folder}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def changed_files() -> list[Path]:
    """What is not committed yet, or else what the last commit changed."""
    asked = (
        ["ls-files", "--modified", "--others", "--exclude-standard"],
        ["diff", "--name-only", "HEAD~1"],
    )
    for arguments in asked:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
        )
        if done.stdout:
            return [ROOT / line for line in done.stdout.splitlines()]
    return []


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
