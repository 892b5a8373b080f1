"""Batches of 5,000 commits, ingested and scored on PostgreSQL, against a bare COPY of the rows.

Ours: the body of a push is read, deduplicated, credited and scored, a transaction a batch. The
rivals: COPY of the rows that this leaves in `commits`, a transaction a batch as well, into a table
with the same keys and indexes; and into one without any.
"""

import argparse
import json
import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
import servers
from gitleague.accounts.caller import Caller
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.projects.repos import get_repo
from gitleague.sync.batch import read_batch
from gitleague.sync.ingest import ingest
from make import make_commit, make_project, make_repo, make_sha, make_user
from migrations import migrate

BATCH = 5000
BUDGET = 0.4
WORDS = ("add", "fix", "move", "test", "tidy", "speed", "parse", "route", "table", "player")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=6)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--repo", type=Path, help="not used here: the commits are generated")
    arguments = parser.parse_args()
    batches = make_batches(arguments.batches)
    rows = BATCH * arguments.batches
    print(f"{rows} commits in batches of {BATCH}, {arguments.runs} runs")
    ours, alike, bare = [], [], []
    with servers.postgresql(durable=True) as conninfo:
        for run in range(arguments.runs):
            with servers.postgresql_database(conninfo, f"run{run}") as url:
                migrate(url)
                ours.append(seconds_of_ingest(url, batches))
                alike.append(seconds_of_copy(url, "INCLUDING ALL"))
                bare.append(seconds_of_copy(url, ""))
    for what, taken in (("ingest", ours), ("COPY, same keys", alike), ("COPY, no keys", bare)):
        tell(what, f"{rows / median(taken):,.0f} rows a second")
    ratio = median(copied / own for copied, own in zip(alike, ours, strict=True))
    tell("ingest / COPY, same keys", f"{ratio:.2f}", f"at least {BUDGET}")
    ratio = median(copied / own for copied, own in zip(bare, ours, strict=True))
    tell("ingest / COPY, no keys", f"{ratio:.2f}")


def make_batches(count: int) -> list[bytes]:
    """A history of forty people, with fixes and co-authors, oldest first."""
    chance = random.Random(7)
    batches, parent = [], []
    for number in range(count):
        commits = []
        for place in range(BATCH):
            commit = make_one(chance, f"{number}.{place}", parent)
            parent = [commit["sha"]]
            commits.append(commit)
        batches.append(json.dumps({"commits": commits}).encode())
    return batches


def make_one(chance: random.Random, seed: str, parents: list[str]) -> dict[str, Any]:
    who = min(int(chance.expovariate(0.15)), 39)
    body = " ".join(chance.choices(WORDS, k=20))
    if chance.random() < 0.05:
        body += f"\n\nCo-authored-by: Person 7 <person{chance.randrange(40)}@example.org>"
    if parents and chance.random() < 0.02:
        body += f"\n\nFixes: {parents[0][:12]}"
    day = 1 + int(seed.partition(".")[0]) % 28
    return make_commit(
        sha=make_sha(seed),
        author_name=f"Person {who}",
        author_email=f"person{who}@example.org",
        author_date=f"2024-05-{day:02}T{chance.randrange(24):02}:00:00Z",
        message_title=" ".join(chance.choices(WORDS, k=6)),
        message_body=body,
        additions=chance.randrange(200),
        deletions=chance.randrange(100),
        files_changed=chance.randrange(1, 9),
        parents=parents,
    )


def seconds_of_ingest(url: str, batches: list[bytes]) -> float:
    database = Database(url)
    with database.writing() as session:
        project_id = make_project(session)
        repo_id = str(make_repo(session, project_id))
        user_id = make_user(session, f"{uuid.uuid4()}@example.org")
    caller = Caller(user_id=user_id, email="", name="", address="127.0.0.1")
    started = time.perf_counter()
    for content in batches:
        batch = read_batch(content, max_batch=BATCH)
        with database.writing() as session:
            repo = get_repo(session, project_id, repo_id)
            ingest(session, repo, batch, caller=caller, received_at=now())
    taken = time.perf_counter() - started
    database.close()
    return taken


def seconds_of_copy(url: str, like: str) -> float:
    """The rows of `commits`, as text, into a table like it."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        with connection.cursor().copy("COPY commits TO STDOUT") as out:
            lines = [bytes(line) for line in out]
        connection.execute("DROP TABLE IF EXISTS copied")
        connection.execute(f"CREATE TABLE copied (LIKE commits {like})")
        connection.commit()
        return seconds(lambda: copy_in(connection, lines))


def copy_in(connection: psycopg.Connection[Any], lines: list[bytes]) -> None:
    for start in range(0, len(lines), BATCH):
        with connection.cursor().copy("COPY copied FROM STDIN") as into:
            into.write(b"".join(lines[start : start + BATCH]))
        connection.commit()


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def tell(what: str, value: str, budget: str = "") -> None:
    print(f"  {what:28} {value:28}" + (f" budget: {budget}" if budget else ""))


if __name__ == "__main__":
    main()
