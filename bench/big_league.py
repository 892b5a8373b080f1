"""A league made up in a database, and a server for it: what several benches ask.

Most ask one of a million commits on PostgreSQL.
"""

import argparse
import os
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import servers
from end_to_end import BIN, answers, bootstrap
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.sets import insert_rows
from gitleague.scoring.boxscores import recompute
from gitleague.scoring.totals import sum_up_next
from gitleague.sync.rows import COLUMNS
from gitleague.tables.commits import CoAuthor, CommitRow, Identity, Player
from make import make_repo, make_sha
from migrations import migrate
from sqlalchemy import text

PLAYERS, REPOS, DAYS, CHUNK = 200, 10, 730, 50_000


class BigLeague(NamedTuple):
    """It has commits, and no box scores yet."""

    url: str  # of the database
    base: str  # of the server
    log: Path  # of the server
    project_id: uuid.UUID
    jwt: str
    sign_in_url: str
    players: list[uuid.UUID]
    repo: uuid.UUID

    @contextmanager
    def served(self) -> Iterator[None]:
        serve = [str(BIN / "gitleague"), "serve", "--port", self.base.rpartition(":")[2]]
        with servers.running(serve, log=self.log, ready=answers(self.base)):
            yield

    def client(self) -> httpx.Client:
        """Of the commissioner."""
        headers = {"Authorization": f"Bearer {self.jwt}"}
        return httpx.Client(base_url=self.base, headers=headers)


def wished_commits(about: str | None) -> int:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--commits", type=int, default=1_000_000)
    parser.add_argument("--repo", type=Path, help="not used here: the commits are generated")
    wished: int = parser.parse_args().commits
    return wished


@contextmanager
def big_league(commits: int) -> Iterator[BigLeague]:
    with (
        servers.temporary_folder() as folder,
        servers.postgresql() as conninfo,
        servers.postgresql_database(conninfo, "bench") as url,
    ):
        yield league_in(url, folder, commits)


def league_in(url: str, folder: Path, commits: int, *, players: int = PLAYERS) -> BigLeague:
    migrate(url)
    base = f"http://127.0.0.1:{servers.free_port()}"
    settings = {
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "PUBLIC_URL": base,
        "RATE_LIMIT_API": "1000000/minute",
        "RATE_LIMIT_PAGES": "1000000/minute",
    }
    os.environ.update({f"GITLEAGUE_{name}": value for name, value in settings.items()})
    made = bootstrap()
    project_id = uuid.UUID(made["project_id"])
    ids, repo = fill(url, project_id, commits, players)
    print(
        f"{commits:,} commits, {players:,} players, {REPOS} repositories, {DAYS} days", flush=True
    )
    return BigLeague(
        url=url,
        base=base,
        log=folder / "log",
        project_id=project_id,
        jwt=made["jwt"],
        sign_in_url=made["sign_in_url"],
        players=ids,
        repo=repo,
    )


def fill(
    url: str, project_id: uuid.UUID, commits: int, count: int
) -> tuple[list[uuid.UUID], uuid.UUID]:
    """So many players, and one of the repositories."""
    database, chance = Database(url), random.Random(5)
    last = datetime.now(timezone.utc).date()
    with database.writing() as session:
        repos = [
            make_repo(session, project_id, f"git@example.org:a/repo{number}.git")
            for number in range(REPOS)
        ]
        players = [uuid.uuid4() for _ in range(count)]
        named = [
            (player, project_id, f"Player {place}", False, now())
            for place, player in enumerate(players)
        ]
        columns = ("id", "project_id", "name", "is_bot", "created_at")
        insert_rows(session, Player, columns, named)
        identities = [uuid.uuid4() for _ in range(count * 3 // 2)]
        known = [
            (each, project_id, players[place % count], f"P{place}", f"p{place}@example.org",
             f"p{place}@example.org", make_sha(place), now())
            for place, each in enumerate(identities)
        ]  # fmt: skip
        columns = ("id", "project_id", "player_id", "name", "email", "address", "fingerprint",
                   "created_at")  # fmt: skip
        insert_rows(session, Identity, columns, known)
    for start in range(0, commits, CHUNK):
        rows = list(
            made_up(chance, project_id, repos, identities, last, range(start, start + CHUNK))
        )
        helped = [
            (project_id, row[COLUMNS.index("sha")], row[COLUMNS.index("repo_id")], helper)
            for row in rows
            if chance.random() < 0.05
            for helper in [chance.choice(identities)]
        ]
        with database.writing() as session:
            insert_rows(session, CommitRow, COLUMNS, rows)
            insert_rows(session, CoAuthor, ("project_id", "sha", "repo_id", "identity_id"), helped)
    analyze(database)
    database.close()
    return players, repos[0]


def analyze(database: Database, table: str = "") -> None:
    """As PostgreSQL does by itself in time; on SQLite nobody does."""
    if not database.is_sqlite:
        with database.writing() as session:
            session.execute(text(f"ANALYZE {table}"))


def made_up(
    chance: random.Random,
    project_id: uuid.UUID,
    repos: list[uuid.UUID],
    identities: list[uuid.UUID],
    last: date,
    numbers: range,
) -> Iterator[tuple[Any, ...]]:
    for number in numbers:
        # Each has at least one commit, and the first of them have most.
        often = int(chance.expovariate(4.5 / len(identities)))
        who = number if number < len(identities) else min(often, len(identities) - 1)
        day = at_work(chance, who % (len(identities) * 2 // 3), last)
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)
        sha = make_sha(number)
        fields = {
            "sha": sha,
            "author_name": "A",
            "author_email": "a@example.org",
            "committer_name": "A",
            "committer_email": "a@example.org",
            "message_title": "Fix the page, see ABC-12",
            "message_body": "Because it was broken, and nobody had noticed. " * 4,
            "additions": chance.randrange(200),
            "deletions": chance.randrange(100),
            "files_changed": chance.randrange(1, 9),
            "is_merge": False,
            "parent_count": 1,
            "project_id": project_id,
            "repo_id": chance.choice(repos),
            "author_id": identities[who],
            "author_date": moment,
            "commit_date": moment,
            "received_at": moment,
            "day": day,
            "excluded_additions": 0,
            "excluded_deletions": 0,
            "parents": None,
            "flags": chance.choice((0, 16, 17, 24, 25)),
            "flags_sent": False,
            "change_key": sha,
            "is_reachable": True,
            "is_complete": True,
            "counts": True,
            "is_reverted": False,
            "is_steal": chance.random() < 0.01,
        }
        yield tuple(fields[column] for column in COLUMNS)


def at_work(chance: random.Random, player: int, last: date) -> date:
    """A day on which this player plays at all: nine of ten weekdays, one of ten at the weekend."""
    while True:
        day = last - timedelta(days=chance.randrange(DAYS))
        rests = (player * 7919 + day.toordinal() * 104_729) % 10
        if rests > 0 if day.weekday() < 5 else rests == 0:
            return day


def seconds_of_recompute(league: BigLeague) -> float:
    database = Database(league.url)
    started = time.perf_counter()
    with database.writing() as session:
        recompute(session, league.project_id)
    taken = time.perf_counter() - started
    analyze(database, "box_scores")
    database.close()
    return taken


def seconds_of_totals(league: BigLeague) -> float:
    """What the job does in the background, a month at a time."""
    database = Database(league.url)
    started = time.perf_counter()
    waits = True
    while waits:
        with database.writing() as session:
            waits = sum_up_next(session, league.project_id)
    taken = time.perf_counter() - started
    analyze(database, "player_totals")
    database.close()
    return taken


def milliseconds(http: httpx.Client, path: str) -> float:
    started = time.perf_counter()
    http.get(path).raise_for_status()
    return 1000 * (time.perf_counter() - started)


def tell(what: str, value: str, budget: str = "") -> None:
    print(f"  {what:44} {value:16}" + (f" budget: {budget}" if budget else ""), flush=True)
