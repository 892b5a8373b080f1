"""Pages of a league of 10,000 players on SQLite, and against one of a quarter of them.

Asked over HTTP as the commissioner, one server process, one page after the other. The best of a few
answers is what the server takes: that the processor is shared with others is no matter of the page.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import servers
from big_league import (
    BigLeague,
    league_in,
    seconds_of_recompute,
    tell,
    wished_commits,
)
from squads import form_squads

PLAYERS, FEWER, COMMITS_OF_EACH = 10_000, 2_500, 6
LIMIT, RATIO = 200, 5  # budgets: ms, times as many ms for four times the players
ASKED = 7
LEAGUE = "/projects/{project}"
PLACES = (
    LEAGUE,
    f"{LEAGUE}/standings",
    f"{LEAGUE}/standings?period=all",
    f"{LEAGUE}/standings?period=all&metric=impact_per_day&q=player 1",
    f"{LEAGUE}/standings?period=all&squad={{squad}}",
    f"{LEAGUE}/standings?period=all&repo_id={{repo}}&page=3",
    f"{LEAGUE}/squads?period=all",
    f"{LEAGUE}/squads?period=all&per=player",
    f"{LEAGUE}/squads",
    f"{LEAGUE}/compare?a={{player}}&b={{other}}&period=all",
    f"{LEAGUE}/records",
    f"{LEAGUE}/hall-of-fame",
    f"{LEAGUE}/awards",
    f"{LEAGUE}/search?q=player+1",
    f"{LEAGUE}/members",
    f"{LEAGUE}/repos",
    "/players/{player}",
    "/players/{player}/career",
    "/players/{player}/best",
)


def main() -> None:
    wished_commits(__doc__)
    few = milliseconds_of_pages(FEWER)
    many = milliseconds_of_pages(PLAYERS)
    for place, taken in many.items():
        ratio = taken / few[place]
        print(place)
        tell("the server took", f"{taken:.0f} ms", f"under {LIMIT} ms")
        tell(f"against {FEWER:,} players", f"{ratio:.1f} times", f"at most {RATIO}")


def milliseconds_of_pages(players: int) -> dict[str, float]:
    with servers.temporary_folder() as folder:
        url = f"sqlite:///{folder / 'gitleague.db'}"
        league = league_in(url, folder, COMMITS_OF_EACH * players, players=players)
        seconds_of_recompute(league)
        squads = form_squads(league)
        player, other = (str(league.players[place]) for place in (0, players // 2))
        names = {
            "project": league.project_id,
            "player": player,
            "other": other,
            "repo": league.repo,
            "squad": squads[0],
        }
        with league.served(), signed_in(league) as http:
            return {place: best_of_some(http, place.format(**names)) for place in PLACES}


@contextmanager
def signed_in(league: BigLeague) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=league.base, timeout=60) as http:
        http.post(league.sign_in_url, headers={"Origin": league.base})
        yield http


def best_of_some(http: httpx.Client, path: str) -> float:
    """Milliseconds until the answer is here, which is not kept by any cache."""
    taken = []
    for _ in range(ASKED):
        started = time.perf_counter()
        answer = http.get(path)
        taken.append(1000 * (time.perf_counter() - started))
        if not answer.is_success:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return min(taken)


if __name__ == "__main__":
    main()
