"""A commissioner makes a fantasy league, changes its rules, and may take it back."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import NotFound
from gitleague.league.fantasy.leagues import (
    FantasyRow,
    get_fantasy,
    record,
    refused,
    set_values,
    tell_of_fantasy,
    to_change,
    to_set_up,
)
from gitleague.league.fantasy.pool import PoolRow, days_before, empty_pool, fill_pool, strike
from gitleague.league.fantasy.turns import caught_up, keep_clock
from gitleague.league.periods import DAY, today_in, wrong
from gitleague.league.seasons.seasons import SeasonRow, get_season
from gitleague.projects.leagues import lock_project
from gitleague.tables.fantasy import FantasyLeague, FantasyMode
from gitleague.tables.seasons import SeasonState

A_DAY_OF_MINUTES = 24 * 60  # for a turn, where nothing else was said
RULES = ("roster_size", "salary_cap", "pick_minutes")  # they stay once it has started


class Wish(NamedTuple):
    """A fantasy league that is asked for."""

    name: str
    season_id: uuid.UUID
    mode: FantasyMode
    roster_size: int
    salary_cap: int | None = None  # ten-thousandths
    pick_minutes: int | None = None
    locks_on: date | None = None


def create_fantasy(session: Session, wish: Wish, *, by: Membership) -> FantasyRow:
    """With its pool, whose prices stay. Raises Invalid or Conflict."""
    lock_project(session, by.project_id)
    season = _season(session, by.project_id, wish.season_id)
    today = today_in(session, by.project_id)
    locks_on = wish.locks_on or max(season.first, today + DAY)
    _check_lock(season.last, locks_on, today)
    _check_name(session, by.project_id, wish.season_id, wish.name)
    _check_clock(wish.mode, wish.pick_minutes)
    is_snake = wish.mode is FantasyMode.SNAKE
    priced_first, priced_last = days_before(season.first, season.last, today)
    made = FantasyLeague(
        id=uuid.uuid4(),
        project_id=by.project_id,
        created_by=by.caller.user_id,
        created_at=now(),
        priced_first=priced_first,
        priced_last=priced_last,
        **{
            **wish._asdict(),
            "mode": wish.mode.value,
            "locks_on": locks_on,
            "pick_minutes": (wish.pick_minutes or A_DAY_OF_MINUTES) if is_snake else None,
        },
    )
    session.add(made)
    session.flush()  # the pool points at it
    fill_pool(session, by.project_id, made.id, priced_first, priced_last)
    record(session, Action.FANTASY_CREATED, wish.name, by, mode=wish.mode.value)
    return get_fantasy(session, by.project_id, made.id)


def change_fantasy(
    session: Session, fantasy_id: uuid.UUID, changes: dict[str, Any], *, by: Membership
) -> FantasyRow:
    """The name at any time, the lock while it is ahead, the rules until it starts."""
    old = to_change(session, by.project_id, fantasy_id)
    new = old._replace(**changes)
    if new == old:
        return old
    if new.name != old.name:
        _check_name(session, by.project_id, old.season_id, new.name)
    if new.locks_on != old.locks_on:
        if old.started_at and old.is_locked:
            raise refused("locks_on", f"This fantasy league has been locked since {old.locks_on}.")
        _check_lock(old.last, new.locks_on, today_in(session, by.project_id))
    for rule in RULES:
        if old.started_at and getattr(new, rule) != getattr(old, rule):
            raise refused(rule, "This fantasy league has started: its rules stay.")
    _check_clock(FantasyMode(old.mode), new.pick_minutes)
    draft = caught_up(session, old) if old.turn_ends_at else None
    set_values(session, by.project_id, fantasy_id, **changes)
    if draft:
        keep_clock(session, new, replace(draft, locks_at=new.locks_at))
    record(session, Action.FANTASY_CHANGED, new.name, by, fields=sorted(changes))
    tell_of_fantasy(session, by.project_id, fantasy_id)
    return get_fantasy(session, by.project_id, fantasy_id)


def refresh_pool(session: Session, fantasy_id: uuid.UUID, *, by: Membership) -> FantasyRow:
    """The pool as it would be made today; who was struck stays struck."""
    old = to_set_up(session, by.project_id, fantasy_id)
    first, last = days_before(old.first, old.last, today_in(session, by.project_id))
    struck = empty_pool(session, by.project_id, fantasy_id)
    fill_pool(session, by.project_id, fantasy_id, first, last, struck=struck)
    set_values(session, by.project_id, fantasy_id, priced_first=first, priced_last=last)
    record(session, Action.FANTASY_POOL_REFRESHED, old.name, by)
    tell_of_fantasy(session, by.project_id, fantasy_id)
    return get_fantasy(session, by.project_id, fantasy_id)


def strike_player(
    session: Session,
    fantasy_id: uuid.UUID,
    player_id: uuid.UUID,
    *,
    is_struck: bool,
    by: Membership,
) -> PoolRow:
    """Out of the pool, or back into it; only while it is set up."""
    to_set_up(session, by.project_id, fantasy_id)
    row = strike(session, by.project_id, fantasy_id, player_id, is_struck=is_struck)
    record(session, Action.FANTASY_POOL_CHANGED, row.name, by, is_struck=is_struck)
    tell_of_fantasy(session, by.project_id, fantasy_id)
    return row


def delete_fantasy(session: Session, fantasy_id: uuid.UUID, *, by: Membership) -> None:
    """Only while it is set up: what was played stays."""
    fantasy = to_set_up(session, by.project_id, fantasy_id)
    session.execute(
        delete(FantasyLeague).where(
            FantasyLeague.project_id == by.project_id, FantasyLeague.id == fantasy_id
        )
    )
    record(session, Action.FANTASY_DELETED, fantasy.name, by)


def _season(session: Session, project_id: uuid.UUID, season_id: uuid.UUID) -> SeasonRow:
    try:
        season = get_season(session, project_id, season_id)
    except NotFound as error:
        raise wrong("season_id", error.detail) from error
    if season.state == SeasonState.CLOSED.value:
        raise refused("season_id", f"{season.name} is closed. Plan the next season first.")
    return season


def _check_name(session: Session, project_id: uuid.UUID, season_id: uuid.UUID, name: str) -> None:
    taken = select(FantasyLeague.id).where(
        FantasyLeague.project_id == project_id,
        FantasyLeague.season_id == season_id,
        FantasyLeague.name == name,
    )
    if session.scalar(taken):
        raise refused("name", f"There is a fantasy league called {name} in this season already.")


def _check_lock(last: date, locks_on: date, today: date) -> None:
    if locks_on > last:
        raise wrong("locks_on", f"The lock must not be after the season, which ends on {last}.")
    if locks_on <= today:
        raise wrong("locks_on", f"The lock is at midnight: {today + DAY} is the first day for it.")


def _check_clock(mode: FantasyMode, pick_minutes: int | None) -> None:
    if mode is FantasyMode.FREE and pick_minutes:
        raise wrong("pick_minutes", "Only a snake draft has a pick clock. Leave it out.")
