"""The scan against git itself, on the same commits.

The rivals: `git diff-tree` in two processes, its output thrown away, which is the least that anyone
can do; and one `git log --numstat`, which is what everyone does.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from gitleague_client.git import Repository, open_repository
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from gitleague_client.shas import Shas
from history import make_history

JOBS = 2
BUDGET_BARE, BUDGET_LOG = 1.10, 1.6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, help="a local repository; else one is generated")
    parser.add_argument("--commits", type=int, default=20_000, help="of the generated one")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gitleague-bench-") as folder:
        path = arguments.repo or make_history(Path(folder) / "history", arguments.commits)
        repository = open_repository(path)
        tip = repository.tips()[0].sha
        shas = repository.missing([tip], [])
        print(f"{len(shas)} commits of {arguments.repo or 'a generated history'}")
        ours, bare, log = [], [], []
        for _ in range(arguments.runs):  # taking turns, so that a busy minute hits all three
            bare.append(_bare(path, shas, Path(folder)))
            ours.append(_ours(repository, shas))
            log.append(_log(path, tip, Path(folder)))
    _tell("bare git in 2 processes", f"{median(bare):.2f} s")
    _tell("one git log --numstat", f"{median(log):.2f} s")
    _tell("scan", f"{median(ours):.2f} s, {len(shas) / median(ours):,.0f} commits a second")
    slower = median(one / other for one, other in zip(ours, bare, strict=True))
    faster = median(one / other for one, other in zip(log, ours, strict=True))
    _tell("scan / bare git", f"{slower:.2f}", f"at most {BUDGET_BARE:.2f}")
    _tell("git log / scan", f"{faster:.2f}", f"at least {BUDGET_LOG:.2f}")


def _ours(repository: Repository, shas: Shas) -> float:
    started = time.perf_counter()
    scanned = sum(1 for _ in scan(repository, shas, jobs=Jobs(JOBS)))
    assert scanned == len(shas)
    return time.perf_counter() - started


def _bare(path: Path, shas: Sequence[str], folder: Path) -> float:
    """Each process has one half of the history, as one would cut it by hand."""
    middle = len(shas) // 2
    halves = []
    for number, part in enumerate((shas[:middle], shas[middle:])):
        half = folder / f"half{number}"
        half.write_text("".join(f"{sha}\n" for sha in part))
        halves.append(half)
    words = ["diff-tree", "--stdin", "-r", "--root", "--always", "-M", "--numstat"]
    return _seconds(path, [(words, half) for half in halves])


def _log(path: Path, tip: str, folder: Path) -> float:
    nothing = folder / "nothing"
    nothing.touch()
    return _seconds(path, [(["log", "--numstat", tip], nothing)])


def _seconds(path: Path, calls: Sequence[tuple[Sequence[str], Path]]) -> float:
    started = time.perf_counter()
    running = []
    for words, stdin in calls:
        with stdin.open("rb") as source:
            command = ["git", "-C", str(path), *words]
            running.append(subprocess.Popen(command, stdin=source, stdout=subprocess.DEVNULL))
    assert [process.wait() for process in running] == [0] * len(running)
    return time.perf_counter() - started


def _tell(what: str, value: str, budget: str = "") -> None:
    print(f"  {what:<26} {value}{f'   (budget: {budget})' if budget else ''}")


if __name__ == "__main__":
    main()
