"""What a table would look like under other rules: made for real, and thrown away."""

import uuid
from typing import NamedTuple

from gitleague_client.rules.defaults import Rules
from sqlalchemy.orm import Session

from gitleague.league.periods import Window
from gitleague.league.standings import Slice, StandingRow, standings, standings_of
from gitleague.scoring.changes import prepare
from gitleague.scoring.days import Days
from gitleague.scoring.rules import RulesInForce, rules_in_force, save_rules

TOP = 10


class Place(NamedTuple):
    """A player's row under the rules that are tried, and the one that they have."""

    tried: StandingRow
    now: StandingRow | None


def preview(session: Session, project_id: uuid.UUID, rules: Rules, window: Window) -> list[Place]:
    """The top ten of the window. The session's changes must be thrown away."""
    old = rules_in_force(session, project_id).rules
    version = save_rules(session, project_id, rules, created_by=None)
    now = Slice(project_id, window)
    days = Days(window.first, window.last)
    tried_window = window._replace(version=version, previous=None)
    prepare(session, project_id, old, RulesInForce(version, rules), days=days)
    rows = standings(session, Slice(project_id, tried_window), limit=TOP).rows
    known = standings_of(session, now, [row.player_id for row in rows])
    return [Place(row, known.get(row.player_id)) for row in rows]
