"""What one caller can cost all others: how long somebody else waits while they mean harm.

One league on SQLite, one server process. Each row is the slowest answer to a bystander, who asks
again and again meanwhile, or the ratio of two times of the same run.
"""

import argparse
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from threading import Event, Thread

import httpx
import servers
from attacks.bodies import BODIES, MEGABYTE, send
from big_league import BigLeague, league_in, seconds_of_recompute, seconds_of_totals, tell
from gitleague.sync.erased import named_in
from gitleague_client.commit import Commit
from gitleague_client.credentials import LOOKUP_LENGTH, PREFIX_LENGTH, SECRET_LENGTH, make_key
from make import make_line, make_sha

COMMITS, PLAYERS = 20_000, 200
WRONG_CALLERS, WAITING_WRITERS, LINKS = 40, 45, 60
SECONDS = 5  # of each flood
HEALTH, LOCK = 100, 1000  # budgets: ms
LIMIT_API = "300/minute"  # those who send wrong keys are soon over it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, help="not used here: the commits are generated")
    parser.parse_args()
    with servers.temporary_folder() as folder:
        league = league_in(f"sqlite:///{folder / 'gitleague.db'}", folder, COMMITS, players=PLAYERS)
        seconds_of_recompute(league)
        seconds_of_totals(league)
        unlimited = dict.fromkeys(
            ("GITLEAGUE_RATE_LIMIT_SIGN_IN", "GITLEAGUE_RATE_LIMIT_MAILBOX"), "1000000/minute"
        )
        os.environ.update(unlimited)
        with league.served():
            hostile_bodies(league)
            links_to_nobody(league)
            many_parents(league)
            waiting_writers(league, folder / "gitleague.db")
            awards_anew(league, folder / "gitleague.db")
        os.environ["GITLEAGUE_RATE_LIMIT_API"] = LIMIT_API
        with league.served():
            wrong_secrets(league)
    names_in_a_text()


def hostile_bodies(league: BigLeague) -> None:
    """Each of those that the tests send."""
    host, _, port = league.base.removeprefix("http://").partition(":")
    places, took = (league.project_id, league.repo), {}
    with bystander(league.base, "/health") as waited:
        for hostile in BODIES:
            begun = time.perf_counter()
            send(hostile, (host, int(port)), league.jwt, places, seconds=60)
            took[hostile.name] = time.perf_counter() - begun
    slowest = max(took, key=lambda name: took[name])
    print(f"{len(BODIES)} hostile bodies, one after the other")
    tell(f"the slowest answer, {slowest}", f"{took[slowest]:.1f} s", "under 5 s")
    tell("/health meanwhile, the slowest", f"{max(waited):.0f} ms", f"under {LOCK} ms")


def links_to_nobody(league: BigLeague) -> None:
    """Whether it can be told from the time that an address has an account."""
    taken: dict[str, list[float]] = {"known@example.org": [], "unknown@example.org": []}
    with league.client() as http:
        invited = {"email": "known@example.org", "role": "spectator"}
        http.post(f"/api/v1/projects/{league.project_id}/invitations", json=invited)
        for _ in range(LINKS):
            for email, times in taken.items():
                begun = time.perf_counter()
                http.post("/api/v1/auth/magic-link", json={"email": email}).raise_for_status()
                times.append(time.perf_counter() - begun)
    known, unknown = (median(times) for times in taken.values())
    print(f"{LINKS} sign-in links each to a known and to an unknown address")
    tell("known against unknown, medians", f"{known / unknown:.2f} times", "0.8 to 1.25")


def many_parents(league: BigLeague) -> None:
    """A push after a commit with 100,000 parents, which is cut, against one before."""
    (hostile,) = (each for each in BODIES if each.name == "100,000 parents")
    host, _, port = league.base.removeprefix("http://").partition(":")
    place = f"/api/v1/sync/projects/{league.project_id}/repos/{league.repo}/commits"
    with league.client() as http:
        before = median(_push(http, place) for _ in range(9))
        send(hostile, (host, int(port)), league.jwt, (league.project_id, league.repo), seconds=60)
        after = median(_push(http, place) for _ in range(9))
    print("A push of 20 commits after a commit with 100,000 parents")
    tell("after against before, medians", f"{after / before:.2f} times", "at most 1.5")


def _push(http: httpx.Client, place: str) -> float:
    body = {"commits": make_line(20)}
    begun = time.perf_counter()
    http.post(place, json=body).raise_for_status()
    return time.perf_counter() - begun


def waiting_writers(league: BigLeague, file: Path) -> None:
    """All of them wait for the one writer that SQLite has."""
    place = f"/api/v1/projects/{league.project_id}/squads"
    with (
        closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as writer,
        ThreadPoolExecutor(WAITING_WRITERS) as threads,
        league.client() as http,
    ):
        writer.execute("BEGIN IMMEDIATE")
        asked = [
            threads.submit(http.post, place, json={"name": f"Squad {number}"}, timeout=60)
            for number in range(WAITING_WRITERS)
        ]
        with bystander(league.base, "/health") as waited:
            time.sleep(SECONDS)
        writer.execute("ROLLBACK")
        told = {each.result().status_code for each in asked}
    print(f"{WAITING_WRITERS} writers that wait; they are told {sorted(told)}")
    tell("/health meanwhile, the slowest", f"{max(waited):.0f} ms", f"under {HEALTH} ms")


def awards_anew(league: BigLeague, file: Path) -> None:
    """How long the job keeps another writer waiting."""
    place = f"/api/v1/projects/{league.project_id}"
    waited: list[float] = []
    with (
        league.client() as http,
        closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as writer,
    ):
        asked = http.post(f"{place}/awards/give", json={"anew_from": "1970-01-01"}, timeout=60)
        job = asked.raise_for_status().json()["job_id"]
        begun = time.perf_counter()
        state = "queued"
        while state not in ("done", "failed"):
            before = time.perf_counter()
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("ROLLBACK")
            waited.append(1000 * (time.perf_counter() - before))
            time.sleep(0.005)
            state = http.get(f"{place}/jobs/{job}", timeout=60).raise_for_status().json()["state"]
    took = time.perf_counter() - begun
    print(f"Awards given anew from the first day on: {state} after {took:.1f} s")
    tell("another writer waited, at most", f"{max(waited):.0f} ms", f"under {LOCK} ms")


def wrong_secrets(league: BigLeague) -> None:
    """Their prefix is that of a key, so that only a hash can tell; its owner goes on working."""
    place = f"/api/v1/projects/{league.project_id}"
    with league.client() as http:
        wish = {"name": "bench", "scopes": "read:repos"}
        made = http.post("/api/v1/api-keys/", json=wish).raise_for_status().json()
    owner = {"Authorization": f"Bearer {made['full_key']}"}
    with bystander(league.base, place, owner, pause=0.1) as alone:
        time.sleep(SECONDS)
    prefix = made["full_key"][LOOKUP_LENGTH - PREFIX_LENGTH : LOOKUP_LENGTH]
    wrong = {"Authorization": f"Bearer {make_key(prefix, 'A' * SECRET_LENGTH)}"}
    stop = Event()

    def flood() -> None:
        with httpx.Client(base_url=league.base, headers=wrong, timeout=60) as http:
            while not stop.is_set():
                http.get(place)

    with ThreadPoolExecutor(WRONG_CALLERS) as threads:
        floods = [threads.submit(flood) for _ in range(WRONG_CALLERS)]
        with bystander(league.base, place, owner, pause=0.1) as meanwhile:
            time.sleep(SECONDS)
        stop.set()
        for each in floods:
            each.result()
    print(f"{WRONG_CALLERS} callers with a wrong secret; they share the processors with the server")
    tell("the owner of the key, alone, median", f"{median(alone):.0f} ms")
    tell("meanwhile, median", f"{median(meanwhile):.0f} ms", f"under {LOCK} ms")


def names_in_a_text() -> None:
    """What is looked for under no lock, and in a time that grows with the text alone."""
    taken = {}
    for size in (1, 4):
        part = "Thanks to Ada <ada@example.org>, and b@example.org. "
        text = part * (size * MEGABYTE // len(part))
        commit = Commit(
            sha=make_sha(size),
            author_name="Ada",
            author_email="ada@example.org",
            commit_date=datetime.now(timezone.utc),
            message_title="Fix the page",
            message_body=text,
            additions=1,
            deletions=1,
        )
        begun = time.process_time()
        list(named_in(commit))
        taken[size] = time.process_time() - begun
    print("People who are named in the text of a commit")
    tell("of 1 MB", f"{1000 * taken[1]:.0f} ms", f"under {LOCK} ms")
    tell("4 MB against 1 MB", f"{taken[4] / taken[1]:.1f} times", "at most 5")


@contextmanager
def bystander(
    base: str, path: str, headers: dict[str, str] | None = None, *, pause: float = 0.02
) -> Iterator[list[float]]:
    """Asks until the block ends; yields the milliseconds of each answer."""
    waited: list[float] = []
    stop = Event()

    def ask() -> None:
        with httpx.Client(base_url=base, headers=headers, timeout=60) as http:
            while not stop.is_set():
                begun = time.perf_counter()
                http.get(path).raise_for_status()
                waited.append(1000 * (time.perf_counter() - begun))
                time.sleep(pause)

    asking = Thread(target=ask)
    asking.start()
    try:
        yield waited
    finally:
        stop.set()
        asking.join()


if __name__ == "__main__":
    main()
