"""Two hundred clients that push and read at once, against one server with two workers: as people
do, who look at what they got, and as fast as they can; then a crowd that is more than the server
can answer, and whether it recovers.

wrk asks, over the loopback, for a bounded time; the server is the real one, on PostgreSQL.
"""

import argparse
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import servers
from end_to_end import BIN, answers, bootstrap
from make import make_commit, make_line
from migrations import migrate

SCRIPT = Path(__file__).with_name("load.lua")
CLIENTS, CROWD = 200, 1200
PAUSE = 4  # seconds that people take between two requests; idle connections live for 5
P50, P99 = 200, 1000  # budgets, in milliseconds
GROWTH = 50  # MB that a worker may gain once it is warm


class Load(NamedTuple):
    requests: int
    seconds: float
    p50: float
    p99: float
    refused: int  # answers that are no success
    broken: int  # connections that failed, or got no answer in time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--repo", type=Path, help="not used here: the commits are generated")
    seconds = parser.parse_args().seconds
    if not shutil.which("wrk"):
        raise SystemExit("The bench of load needs wrk. Install it: apt install wrk")
    with league() as asked:
        load(asked, CLIENTS, 5)
        before = _megabytes()
        people = asked | {"PAUSE": str(1000 * PAUSE)}
        _tell_of(f"{CLIENTS} clients, {PAUSE} s between requests", load(people, CLIENTS, seconds))
        _tell_of(f"{CLIENTS} clients without a pause", load(asked, CLIENTS, seconds))
        after = _megabytes()
        crowd = load(asked, CROWD, min(seconds, 15))
        began = time.monotonic()
        calm = load(people, CLIENTS, 15)
        recovered = time.monotonic() - began
    _tell("a worker's memory", f"{before:.0f} MB, then {after:.0f} MB", f"at most {GROWTH} more")
    _tell(f"{CROWD} clients", f"{crowd.refused / crowd.requests:.0%} told to come back")
    _tell("  without any answer", str(crowd.broken), "0")
    _tell("after it", f"{calm.refused + calm.broken} errors in {recovered:.0f} s", "0")


def _tell_of(who: str, usual: Load) -> None:
    _tell(who, f"{usual.requests / usual.seconds:,.0f} requests a second")
    _tell("  p50", f"{usual.p50:.0f} ms", f"under {P50} ms")
    _tell("  p99", f"{usual.p99:.0f} ms", f"under {P99} ms")
    _tell("  not answered, or with an error", str(usual.refused + usual.broken), "0")


def load(asked: dict[str, str], clients: int, seconds: int) -> Load:
    argv = ["wrk", "-t", "2", "-c", str(clients), "-d", f"{seconds}s", "--timeout", "10s"]
    done = subprocess.run(
        [*argv, "-s", str(SCRIPT), asked["URL"]],
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=True,
    )
    return Load(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def league() -> Iterator[dict[str, str]]:
    """A small league behind two workers; what the script needs to know of it."""
    with (
        servers.temporary_folder() as folder,
        servers.postgresql(durable=True) as conninfo,
        servers.postgresql_database(conninfo, "load") as database,
    ):
        migrate(database)
        url = f"http://127.0.0.1:{servers.free_port()}"
        os.environ |= {
            "GITLEAGUE_DATABASE_URL": database,
            "GITLEAGUE_DATA_DIR": str(folder),
            "GITLEAGUE_PUBLIC_URL": url,
            "GITLEAGUE_RATE_LIMIT_API": "1000000/second",
            "GITLEAGUE_RATE_LIMIT_PAGES": "1000000/second",
        }
        port = url.rpartition(":")[2]
        serve = [str(BIN / "gitleague"), "serve", "--port", port, "--workers", "2"]
        with servers.running(serve, log=folder / "log", ready=answers(url)):
            yield _filled(url, bootstrap())


def _filled(url: str, made: dict[str, Any]) -> dict[str, str]:
    repo = made["repos"][0]["id"]
    push = f"/api/v1/sync/projects/{made['project_id']}/repos/{repo}/commits"
    line = make_line(2000) + [make_commit(author_email=f"{n}@example.org") for n in range(50)]
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {made['jwt']}"}) as http:
        http.post(push, json={"commits": line}, timeout=120).raise_for_status()
        table = http.get(f"/api/v1/projects/{made['project_id']}/standings").json()
    return {
        "URL": url,
        "KEY": made["jwt"],
        "PROJECT": made["project_id"],
        "REPO": repo,
        "PLAYER": table["items"][0]["player"]["id"],
    }


def _megabytes() -> float:
    """Of the largest worker of the server that this bench started."""
    found = subprocess.run(
        ["ps", "-eo", "rss,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    workers = [line.split(None, 1) for line in found if "multiprocessing.spawn" in line]
    return max(int(size) for size, _ in workers) / 1024


def _tell(what: str, found: str, budget: str = "") -> None:
    print(f"{what:<34} {found:<34} {f'({budget})' if budget else ''}")


if __name__ == "__main__":
    main()
