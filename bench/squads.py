"""The tables of `standings.py` asked for by squad, position and active day, on the same league.

Asked over HTTP on PostgreSQL, one server process, one question after the other. Every player has
been in two squads, with a transfer in the middle of a month.
"""

import uuid
from datetime import date, datetime, timedelta, timezone
from statistics import median

from big_league import (
    DAYS,
    BigLeague,
    analyze,
    big_league,
    milliseconds,
    seconds_of_recompute,
    seconds_of_totals,
    tell,
    wished_commits,
)
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.league.squads.stints import OPEN, new_stint
from gitleague.tables.commits import Player
from gitleague.tables.squads import Squad
from sqlalchemy import update
from standings import P50

SQUADS, ASKED = 8, 40
TABLES = (
    "standings?period=all",
    "standings?period=month",
    "standings?period=all&squad={squad}",
    "standings?period=month&squad={squad}",
    "standings?period=season&squad={squad}",
    "standings?period=all&squad={squad}&repo_id={repo}",
    "standings?period=all&role=backend",
    "standings?period=month&metric=impact_per_day",
    "squads/standings?period=all",
    "squads/standings?period=all&per=player&repo_id={repo}",
    "squads/standings?period=month",
    "squads/standings?period=season&per=player",
)


def main() -> None:
    with big_league(wished_commits(__doc__)) as league:
        seconds_of_recompute(league)
        squad_ids = form_squads(league)
        with league.served():
            ask(league, squad_ids[0])


def form_squads(league: BigLeague) -> list[uuid.UUID]:
    database, project_id = Database(league.url), league.project_id
    ids = [uuid.uuid4() for _ in range(SQUADS)]
    first = datetime.now(timezone.utc).date() - timedelta(days=DAYS)
    with database.writing() as session:
        for place, squad_id in enumerate(ids):
            name = f"squad {place}"
            session.add(
                Squad(
                    id=squad_id, project_id=project_id, name=name, name_key=name, created_at=now()
                )
            )
        session.flush()  # stints point at them
        for place, player in enumerate(league.players):
            moved = date(first.year + 1, 1 + place % 12, 3 + place % 25)
            early, late = ids[place % SQUADS], ids[(place + 3) % SQUADS]
            last = moved - timedelta(days=1)
            session.add(new_stint(project_id, early, player, first, last))
            session.add(new_stint(project_id, late, player, moved, OPEN))
        session.execute(
            update(Player).where(Player.project_id == project_id).values(position="backend")
        )
    seconds_of_totals(league)
    analyze(database)
    database.close()
    return ids


def ask(league: BigLeague, squad_id: uuid.UUID) -> None:
    with league.client() as http:
        place = f"/api/v1/projects/{league.project_id}"
        last = datetime.now(timezone.utc).date()
        season = {"name": "Half", "first": str(last - timedelta(days=180)), "last": str(last)}
        made = http.post(f"{place}/seasons", json=season).raise_for_status().json()
        http.post(f"{place}/seasons/{made['id']}/open").raise_for_status()
        for pattern in TABLES:
            path = f"{place}/{pattern.format(repo=league.repo, squad=squad_id)}"
            taken = [milliseconds(http, path) for _ in range(ASKED)]
            tell(pattern[:44], f"{median(taken):.1f} ms", f"under {P50} ms")
        summary = f"{place}/seasons/{made['id']}/summary"
        tell("summary of a season", f"{milliseconds(http, summary):.0f} ms")


if __name__ == "__main__":
    main()
