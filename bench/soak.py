"""What one worker holds over many pushes: it may not grow with their number.

Short by default; `--pushes 10000` is what the budget means.
"""

import argparse
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import servers
import yaml
from end_to_end import League, league_with
from make import make_line
from memory import kilobytes, server_of

COMMITS = 20  # of a push
PARTS = 20  # how often it is looked at
BUDGET, BUDGET_GROWTH = 250, 10  # MB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, help="not used here: the commits are generated")
    parser.add_argument("--pushes", type=int, default=1_000)
    pushes = max(parser.parse_args().pushes, PARTS)
    os.environ["GITLEAGUE_RATE_LIMIT_API"] = "1000000/minute"
    os.environ["GITLEAGUE_RATE_LIMIT_PAGES"] = "1000000/minute"
    with servers.temporary_folder() as folder, servers.postgresql(durable=True) as conninfo:
        sent = pushes // PARTS * PARTS
        with league_with(conninfo, folder / "run", folder, sent * COMMITS) as league:
            server = server_of(league.log.parent)
            held = list(_held(league, server, sent // PARTS))
            most = kilobytes(server, "VmHWM")
    print(f"{sent:,} pushes of {COMMITS} commits")
    print("  held, MB:", *(f"{each / 1024:.0f}" for each in held))
    _tell("server, one worker", f"{most / 1024:.0f} MB at most", f"under {BUDGET} MB")
    # What it needs at all it has after a fifth of them.
    grown = (median(held[-4:]) - median(held[4:8])) / 1024
    _tell("growth", f"{grown:.0f} MB", f"under {BUDGET_GROWTH} MB")


def _held(league: League, server: int, pushes: int) -> Iterator[int]:
    config = yaml.safe_load(league.config.read_text())
    project = config["projects"][0]
    place = f"/api/v1/sync/projects/{project['project_id']}/repos/{project['repos'][0]['git_url']}"
    headers = {"Authorization": f"Bearer {config['api_key']}", "Content-Encoding": "gzip"}
    parents: list[str] = []
    with httpx.Client(base_url=config["api_url"], headers=headers, timeout=60) as http:
        for _ in range(PARTS):
            for _ in range(pushes):
                line: list[dict[str, Any]] = make_line(COMMITS)
                line[0]["parents"] = parents
                parents = [line[-1]["sha"]]
                body = gzip.compress(json.dumps({"commits": line}).encode(), 1)
                answer = http.post(f"{place}/commits", content=body).raise_for_status().json()
                assert answer["inserted"] == COMMITS, answer
            yield kilobytes(server, "VmRSS")


def _tell(what: str, value: str, budget: str) -> None:
    print(f"  {what:28} {value:28} budget: {budget}")


if __name__ == "__main__":
    main()
