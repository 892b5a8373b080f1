"""A league of a million commits on PostgreSQL: how long its table, a player and new rules take.

Asked over HTTP, one server process, one question after the other; the rival of the table is the
GROUP BY over commits that it would be without box scores.
"""

import argparse
import os
import random
import time
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import psycopg
import servers
from end_to_end import BIN, answers, bootstrap
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.sets import insert_rows
from gitleague.scoring.boxscores import recompute
from gitleague.sync.rows import COLUMNS
from gitleague.tables.commits import CoAuthor, CommitRow, Identity, Player
from make import make_repo, make_sha
from migrations import migrate
from sqlalchemy import text

PLAYERS, REPOS, DAYS, CHUNK = 200, 10, 730, 50_000
P50, P99, PLAYER, RECOMPUTE = 15, 50, 50, 60  # budgets: ms, ms, ms, s
ASKED = 300
FILTERS = (
    "period=all",
    "period=month",
    "period=week",
    "period=all&metric=blk&order=asc&page=3",
    "period=month&q=player 1",
    "period=all&repo_id={repo}",
    "period=month&start={day}&bots=true",
    "period=season",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=1_000_000)
    parser.add_argument("--repo", type=Path, help="not used here: the commits are generated")
    arguments = parser.parse_args()
    with (
        servers.temporary_folder() as folder,
        servers.postgresql() as conninfo,
        servers.postgresql_database(conninfo, "standings") as url,
    ):
        migrate(url)
        port = servers.free_port()
        base = f"http://127.0.0.1:{port}"
        settings = {
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "PUBLIC_URL": base,
            "RATE_LIMIT_API": "1000000/minute",
        }
        os.environ.update({f"GITLEAGUE_{name}": value for name, value in settings.items()})
        made = bootstrap()
        project_id = uuid.UUID(made["project_id"])
        league = fill(url, project_id, arguments.commits)
        print(
            f"{arguments.commits:,} commits, {PLAYERS} players, {REPOS} repositories, {DAYS} days"
        )
        tell("recompute", f"{seconds_of_recompute(url, project_id):.1f} s", f"under {RECOMPUTE} s")
        tell("GROUP BY over commits", f"{milliseconds_of_group_by(url, project_id):.0f} ms")
        serve = [str(BIN / "gitleague"), "serve", "--port", str(port)]
        with servers.running(serve, log=folder / "log", ready=answers(base)):
            ask(base, project_id, made["jwt"], league)


def fill(url: str, project_id: uuid.UUID, commits: int) -> dict[str, Any]:
    database, chance = Database(url), random.Random(5)
    last = datetime.now(timezone.utc).date()
    with database.writing() as session:
        repos = [
            make_repo(session, project_id, f"git@example.org:a/repo{number}.git")
            for number in range(REPOS)
        ]
        players = [uuid.uuid4() for _ in range(PLAYERS)]
        named = [
            (player, project_id, f"Player {place}", False, now())
            for place, player in enumerate(players)
        ]
        columns = ("id", "project_id", "name", "is_bot", "created_at")
        insert_rows(session, Player, columns, named)
        identities = [uuid.uuid4() for _ in range(PLAYERS * 3 // 2)]
        known = [
            (each, project_id, players[place % PLAYERS], f"P{place}", f"p{place}@example.org",
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
    with database.writing() as session:
        session.execute(text("ANALYZE"))
    database.close()
    return {"repo": repos[0], "day": last - timedelta(days=200), "players": players}


def made_up(
    chance: random.Random,
    project_id: uuid.UUID,
    repos: list[uuid.UUID],
    identities: list[uuid.UUID],
    last: date,
    numbers: range,
) -> Iterator[tuple[Any, ...]]:
    for number in numbers:
        day = last - timedelta(days=chance.randrange(DAYS))
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)
        who = min(int(chance.expovariate(0.015)), len(identities) - 1)
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


def seconds_of_recompute(url: str, project_id: uuid.UUID) -> float:
    database = Database(url)
    started = time.perf_counter()
    with database.writing() as session:
        recompute(session, project_id)
    taken = time.perf_counter() - started
    with database.writing() as session:
        session.execute(text("ANALYZE box_scores"))
    database.close()
    return taken


def milliseconds_of_group_by(url: str, project_id: uuid.UUID) -> float:
    statement = (
        "SELECT i.player_id, sum(additions), sum(deletions), count(*) FROM commits c JOIN "
        "identities i ON i.project_id = c.project_id AND i.id = c.author_id "
        "WHERE c.project_id = %s GROUP BY 1 ORDER BY 2 DESC"
    )
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        taken = []
        for _ in range(5):
            started = time.perf_counter()
            connection.execute(statement, [project_id]).fetchall()
            taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


def ask(base: str, project_id: uuid.UUID, jwt: str, league: dict[str, Any]) -> None:
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {jwt}"}) as http:
        place = f"/api/v1/projects/{project_id}"
        last = datetime.now(timezone.utc).date()
        season = {"name": "Half", "first": str(last - timedelta(days=180)), "last": str(last)}
        made = http.post(f"{place}/seasons", json=season).raise_for_status().json()
        http.post(f"{place}/seasons/{made['id']}/open").raise_for_status()
        names = {"repo": league["repo"], "day": league["day"]}
        everything: list[float] = []
        for pattern in FILTERS:
            query = pattern.format(**names)
            taken = [milliseconds(http, f"{place}/standings?{query}") for _ in range(ASKED // 8)]
            everything += taken
            tell(f"standings?{pattern[:30]}", f"{median(taken):.1f} ms")
        tell("standings, p50", f"{median(everything):.1f} ms", f"under {P50} ms")
        tell("standings, p99", f"{quantiles(everything, n=100)[98]:.1f} ms", f"under {P99} ms")
        cards = [
            milliseconds(http, f"/api/v1/players/{player}") for player in league["players"][:50]
        ]
        tell("a player, p50", f"{median(cards):.1f} ms", f"under {PLAYER} ms")
        one, other = league["players"][:2]
        started = time.perf_counter()
        body = {"players": [str(other)]}
        http.post(f"{place}/players/{one}/merge", json=body, timeout=60).raise_for_status()
        tell("two players joined", f"{time.perf_counter() - started:.2f} s")


def milliseconds(http: httpx.Client, path: str) -> float:
    started = time.perf_counter()
    http.get(path).raise_for_status()
    return 1000 * (time.perf_counter() - started)


def tell(what: str, value: str, budget: str = "") -> None:
    print(f"  {what:44} {value:16}" + (f" budget: {budget}" if budget else ""), flush=True)


if __name__ == "__main__":
    main()
