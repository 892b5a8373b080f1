"""The end of a season: its table is frozen, and its awards are given. And the way back."""

import uuid

from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict
from gitleague.league.awards.giving import give_for_season, take_back_of_season
from gitleague.league.periods import Period, today_in
from gitleague.league.seasons.seasons import SeasonRow, active_season, get_season, set_state
from gitleague.league.seasons.windows import window_asked
from gitleague.projects.leagues import lock_project
from gitleague.scoring.boxscores import freeze, remove
from gitleague.scoring.days import Days
from gitleague.scoring.rules import rules_of, save_rules
from gitleague.tables.seasons import SeasonState


def close_season(session: Session, season_id: uuid.UUID, *, by: Membership) -> SeasonRow:
    """Under the rules in force. Closing it twice is no error."""
    lock_project(session, by.project_id)
    season = get_season(session, by.project_id, season_id)
    if season.state == SeasonState.CLOSED.value:
        return season
    if season.state == SeasonState.DRAFT.value:
        raise Conflict("This season was never opened. Open it, or delete it.")
    if season.last >= today_in(session, by.project_id):
        raise Conflict(
            f"This season runs until {season.last}. To close it now, end it yesterday first."
        )
    version = save_rules(
        session,
        by.project_id,
        rules_of(session, by.project_id),
        created_by=by.caller.user_id,
        season_id=season_id,
    )
    freeze(session, by.project_id, version, days=Days(season.first, season.last))
    closed = set_state(
        session, season, SeasonState.CLOSED, by=by, rules_version=version, closed_at=now()
    )
    window = window_asked(session, by.project_id, Period.SEASON, season_id=season_id)
    give_for_season(session, by.project_id, season_id, window)
    return closed


def reopen_season(session: Session, season_id: uuid.UUID, *, by: Membership) -> SeasonRow:
    """For one that was closed by mistake: its frozen table and its awards go, and it is played
    again. Reopening it twice is no error.
    """
    lock_project(session, by.project_id)
    season = get_season(session, by.project_id, season_id)
    if season.state == SeasonState.ACTIVE.value:
        return season
    if season.state == SeasonState.DRAFT.value:
        raise Conflict("This season was never closed. Open it.")
    played = active_season(session, by.project_id)
    if played:
        raise Conflict(f"{played.name} is being played. Close it first.")
    if season.rules_version:
        remove(session, by.project_id, season.rules_version)
    take_back_of_season(session, by.project_id, season_id)
    return set_state(
        session,
        season,
        SeasonState.ACTIVE,
        by=by,
        action=Action.SEASON_REOPENED,
        rules_version=None,
        closed_at=None,
    )
