"""A database of the original deployment becomes part of this one, and can do so again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.ops.legacy import commits, fantasy, history, leagues, log, people
from gitleague.ops.legacy.source import TABLES, opened_source
from gitleague.ops.legacy.taking import Taking, Tally, Writer
from gitleague.projects.leagues import check_time_zone

# Each in transactions of its own, in the order in which they need each other.
STEPS: tuple[Callable[[Taking], None], ...] = (
    people.take_users,
    leagues.take_projects,
    leagues.take_repos,
    commits.take_commits,
    leagues.take_repo_states,
    people.take_addresses,
    history.take_seasons,
    history.take_absences,
    history.take_awards,
    fantasy.take_fantasy,
    people.take_keys,
    history.retire_players,
    log.take_log,
)
NOT_NEEDED = "numbers are made anew from the commits"


class Imported(NamedTuple):
    tables: dict[str, Tally]
    notes: list[str]

    @property
    def is_reconciled(self) -> bool:
        return all(tally.is_reconciled for tally in self.tables.values())


def import_legacy(
    database: Database, settings: Settings, url: str, *, time_zone: str, dry_run: bool
) -> Imported:
    """Safe to run again, also after it was cut off: what is here is passed by."""
    check_time_zone(time_zone)
    rehearsing = database.reading() if dry_run else nullcontext(None)
    with opened_source(url) as source, rehearsing as session:
        taking = Taking(
            source,
            Writer(database, session),
            ZoneInfo(time_zone),
            time_zone,
            settings,
        )
        for step in STEPS:
            step(taking)
        _leave_numbers(taking)
    told = {name: taking.tally(name) for name in TABLES}
    return Imported(told, taking.notes)


def _leave_numbers(taking: Taking) -> None:
    if taking.source.has("player_period_stats"):
        tally = taking.tally("player_period_stats")
        tally.read = taking.source.count("player_period_stats")
        tally.left[NOT_NEEDED] += tally.read
