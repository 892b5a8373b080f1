"""A first sync from end to end, against git's bare diffs; and a sync with nothing new.

Ours: the real client process pushes to the real server process on PostgreSQL, which ingests and
scores. The rival: `git diff-tree` over the same commits in two processes, its output thrown away.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx
import psycopg
import servers
import yaml
from history import make_history
from migrations import migrate

BIN = Path(sys.executable).parent
RUNS = 3
BUDGET_FIRST, BUDGET_NOTHING_NEW, BUDGET_REQUESTS = 1.35, 0.5, 2


class League(NamedTuple):
    """A server that holds nothing yet, and the client's configuration for it."""

    config: Path
    log: Path

    def sync(self) -> float:
        """Seconds that the client takes."""
        client = str(BIN / "gitleague-client")
        return _seconds([client, "--quiet", "--config", str(self.config), "sync"])

    def requests(self) -> int:
        return self.log.read_text(errors="replace").count("/api/v1/sync/")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, help="a local repository; else one is generated")
    parser.add_argument("--commits", type=int, default=20_000, help="of the generated one")
    arguments = parser.parse_args()
    with servers.temporary_folder() as folder, servers.postgresql(durable=True) as conninfo:
        repo = arguments.repo or make_history(folder / "history", arguments.commits)
        shas = _git(repo, "rev-list", "HEAD").split()
        print(f"{len(shas)} commits of {arguments.repo or 'a generated history'}, {RUNS} runs")
        bare, first, nothing = [], [], []
        for run in range(RUNS):
            bare.append(_bare_scan(repo, shas, folder))
            with league_with(conninfo, folder / f"run{run}", repo, len(shas)) as league:
                first.append(league.sync())
                before = league.requests()
                nothing.append(league.sync())
                requests = league.requests() - before
    _tell("bare scan in 2 processes", f"{median(bare):.2f} s")
    _tell("first sync", f"{median(first):.2f} s, {len(shas) / median(first):,.0f} commits a second")
    ratio = median(one / other for one, other in zip(first, bare, strict=True))
    _tell("first sync / bare scan", f"{ratio:.2f}", f"at most {BUDGET_FIRST}")
    _tell("sync with nothing new", f"{median(nothing):.2f} s", f"under {BUDGET_NOTHING_NEW} s")
    _tell("requests with nothing new", str(requests), f"{BUDGET_REQUESTS}")


@contextlib.contextmanager
def league_with(conninfo: str, folder: Path, repo: Path, commits: int) -> Iterator[League]:
    folder.mkdir()
    with servers.postgresql_database(conninfo, folder.name) as database:
        migrate(database)
        port = servers.free_port()
        url, log = f"http://127.0.0.1:{port}", folder / "log"
        settings = {"DATABASE_URL": database, "DATA_DIR": str(folder), "PUBLIC_URL": url}
        os.environ.update({f"GITLEAGUE_{name}": value for name, value in settings.items()})
        serve = [str(BIN / "gitleague"), "serve", "--port", str(port)]
        with servers.running(serve, log=log, ready=answers(url)):
            made = bootstrap()
            config = folder / "repos.yaml"
            config.write_text(_configuration(url, made, repo))
            yield League(config, log)
        with psycopg.connect(database.replace("+psycopg", "")) as connection:
            kept = connection.execute("SELECT count(*) FROM commits").fetchone()
            assert kept == (commits,), f"{kept} of {commits} commits arrived"


def answers(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{url}/health").is_success
        return False

    return ready


def bootstrap() -> dict[str, str]:
    who = ["--email", "ada@example.org", "--project", "Bench", "--repo", "git@example.org:a/b.git"]
    words = [str(BIN / "gitleague"), "bootstrap", *who, "--json"]
    answer: dict[str, str] = json.loads(subprocess.check_output(words))
    return answer


def _configuration(url: str, made: dict[str, str], repo: Path) -> str:
    repos = [{"path": str(repo.resolve()), "git_url": "git@example.org:a/b.git"}]
    project = {"name": "Bench", "project_id": made["project_id"], "repos": repos}
    return yaml.safe_dump({"api_url": url, "api_key": made["api_key"], "projects": [project]})


def _bare_scan(repo: Path, shas: list[str], folder: Path) -> float:
    """Seconds that git takes for the same diffs, in two processes."""
    diff = ["git", "-C", str(repo), "diff-tree", "--stdin", "-r", "--root", "-M", "--numstat", "-z"]
    halves = []
    for number in range(2):
        half = folder / f"half{number}"
        chunks = [shas[start : start + 200] for start in range(number * 200, len(shas), 400)]
        half.write_text("".join(f"{sha}\n" for chunk in chunks for sha in chunk))
        halves.append(half)
    started = time.perf_counter()
    processes = [
        subprocess.Popen(diff, stdin=half.open("rb"), stdout=subprocess.DEVNULL) for half in halves
    ]
    assert [process.wait() for process in processes] == [0, 0]
    return time.perf_counter() - started


def _git(repo: Path, *arguments: str) -> str:
    return subprocess.check_output(["git", "-C", str(repo), *arguments], text=True)


def _seconds(words: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _tell(what: str, value: str, budget: str = "") -> None:
    print(f"  {what:28} {value:28}" + (f" budget: {budget}" if budget else ""))


if __name__ == "__main__":
    main()
