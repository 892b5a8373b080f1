"""What a table would look like under other rules: made for real, and thrown away."""

import uuid
from operator import sub
from typing import NamedTuple

from gitleague_client.rules.defaults import Rules
from sqlalchemy.orm import Session

from gitleague.core.db import Database
from gitleague.league.people.shown import LEAGUE
from gitleague.league.periods import Window
from gitleague.league.standings import Slice, StandingRow, standings, standings_of
from gitleague.league.stats import Numbers
from gitleague.scoring.changes import try_out
from gitleague.scoring.days import Days
from gitleague.scoring.rules import rules_in_force

TOP = 10


class Place(NamedTuple):
    """A player's row under the rules that are tried, and the one that they have."""

    tried: StandingRow
    now: StandingRow | None

    @property
    def change(self) -> int | None:
        """Ranks won; None where there is no rank on both sides."""
        if self.tried.rank is None or self.now is None or self.now.rank is None:
            return None
        return self.now.rank - self.tried.rank

    @property
    def difference(self) -> Numbers | None:
        """What the new rules add to each number."""
        if self.now is None:
            return None
        return Numbers(*map(sub, self.tried.numbers, self.now.numbers))


def preview(
    session: Session, database: Database, project_id: uuid.UUID, rules: Rules, window: Window
) -> list[Place]:
    """Who is among the first ten of the window, then or now, in the order that would be.

    By all their names, for commissioners. Nobody waits for it, and nothing of it is kept.
    """
    with database.reading() as trial:
        return _preview(session, trial, project_id, rules, window)


def _preview(
    session: Session, trial: Session, project_id: uuid.UUID, rules: Rules, window: Window
) -> list[Place]:
    old = rules_in_force(session, project_id).rules
    version = try_out(trial, project_id, old, rules, Days(window.first, window.last))
    now = Slice(project_id, window, viewer=LEAGUE)
    tried_window = window._replace(version=version, previous=None)
    tried = Slice(project_id, tried_window, viewer=LEAGUE)
    first = standings(trial, tried, limit=TOP).rows
    fallen = [row.player_id for row in standings(session, now, limit=TOP).rows]
    rows = {row.player_id: row for row in first}
    rows |= standings_of(trial, tried, [each for each in fallen if each not in rows])
    known = standings_of(session, now, list(rows))
    places = [Place(row, known.get(player_id)) for player_id, row in rows.items()]
    last = len(rows) + max(row.among for row in rows.values()) if rows else 0
    return sorted(places, key=lambda place: (place.tried.rank or last, place.tried.name))
