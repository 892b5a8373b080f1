"""A league of a million commits on PostgreSQL: how long its table, a player and new rules take.

Asked over HTTP, one server process, one question after the other; the rival of the table is the
GROUP BY over commits that it would be without box scores.
"""

import time
from datetime import datetime, timedelta, timezone
from statistics import median, quantiles

import psycopg
from big_league import (
    BigLeague,
    big_league,
    milliseconds,
    seconds_of_recompute,
    seconds_of_totals,
    tell,
    wished_commits,
)

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
    with big_league(wished_commits(__doc__)) as league:
        tell("recompute", f"{seconds_of_recompute(league):.1f} s", f"under {RECOMPUTE} s")
        tell("totals of all months", f"{seconds_of_totals(league):.1f} s")
        tell("GROUP BY over commits", f"{milliseconds_of_group_by(league):.0f} ms")
        with league.served():
            ask(league)


def milliseconds_of_group_by(league: BigLeague) -> float:
    statement = (
        "SELECT i.player_id, sum(additions), sum(deletions), count(*) FROM commits c JOIN "
        "identities i ON i.project_id = c.project_id AND i.id = c.author_id "
        "WHERE c.project_id = %s GROUP BY 1 ORDER BY 2 DESC"
    )
    with psycopg.connect(league.url.replace("+psycopg", "")) as connection:
        taken = []
        for _ in range(5):
            started = time.perf_counter()
            connection.execute(statement, [league.project_id]).fetchall()
            taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


def ask(league: BigLeague) -> None:
    with league.client() as http:
        place = f"/api/v1/projects/{league.project_id}"
        last = datetime.now(timezone.utc).date()
        season = {"name": "Half", "first": str(last - timedelta(days=180)), "last": str(last)}
        made = http.post(f"{place}/seasons", json=season).raise_for_status().json()
        http.post(f"{place}/seasons/{made['id']}/open").raise_for_status()
        names = {"repo": league.repo, "day": last - timedelta(days=200)}
        everything: list[float] = []
        for pattern in FILTERS:
            query = pattern.format(**names)
            taken = [milliseconds(http, f"{place}/standings?{query}") for _ in range(ASKED // 8)]
            everything += taken
            tell(f"standings?{pattern[:30]}", f"{median(taken):.1f} ms")
        tell("standings, p50", f"{median(everything):.1f} ms", f"under {P50} ms")
        tell("standings, p99", f"{quantiles(everything, n=100)[98]:.1f} ms", f"under {P99} ms")
        cards = [milliseconds(http, f"/api/v1/players/{player}") for player in league.players[:50]]
        tell("a player, p50", f"{median(cards):.1f} ms", f"under {PLAYER} ms")
        of_plays = [
            milliseconds(http, f"/api/v1/players/{player}/commits")
            for player in league.players[:50]
        ]
        tell("a player's plays, p50", f"{median(of_plays):.1f} ms", f"under {PLAYER} ms")
        one, other = league.players[:2]
        started = time.perf_counter()
        body = {"players": [str(other)]}
        http.post(f"{place}/players/{one}/merge", json=body, timeout=60).raise_for_status()
        tell("two players joined", f"{time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
