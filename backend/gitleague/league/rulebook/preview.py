"""What a table would look like under other rules: made for real, and thrown away."""

import uuid
from operator import sub
from typing import NamedTuple

from gitleague_client.rules.defaults import Rules
from sqlalchemy.orm import Session

from gitleague.league.people.shown import LEAGUE
from gitleague.league.periods import Window
from gitleague.league.standings import Slice, StandingRow, standings, standings_of
from gitleague.league.stats import Numbers
from gitleague.projects.leagues import needs_no_lock
from gitleague.scoring.changes import prepare
from gitleague.scoring.days import Days
from gitleague.scoring.rules import RulesInForce, rules_in_force, save_rules

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


def preview(session: Session, project_id: uuid.UUID, rules: Rules, window: Window) -> list[Place]:
    """Who is among the first ten of the window, then or now, in the order that would be.

    By all their names, for commissioners. The session's changes must be thrown away.
    """
    needs_no_lock(session, project_id)
    old = rules_in_force(session, project_id).rules
    version = save_rules(session, project_id, rules, created_by=None)
    now = Slice(project_id, window, viewer=LEAGUE)
    days = Days(window.first, window.last)
    tried_window = window._replace(version=version, previous=None)
    prepare(session, project_id, old, RulesInForce(version, rules), days=days)
    tried = Slice(project_id, tried_window, viewer=LEAGUE)
    first = standings(session, tried, limit=TOP).rows
    fallen = [row.player_id for row in standings(session, now, limit=TOP).rows]
    rows = {row.player_id: row for row in first}
    rows |= standings_of(session, tried, [each for each in fallen if each not in rows])
    known = standings_of(session, now, list(rows))
    places = [Place(row, known.get(player_id)) for player_id, row in rows.items()]
    last = len(rows) + max(row.among for row in rows.values()) if rows else 0
    return sorted(places, key=lambda place: (place.tried.rank or last, place.tried.name))
