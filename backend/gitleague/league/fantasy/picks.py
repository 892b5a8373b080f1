"""Picks: made, undone, and remembered.

Whoever looks at the audit log sees who picked when, and never whom: those of the free mode are a
secret until the lock, from commissioners too.
"""

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.league.fantasy.draft import Draft
from gitleague.league.fantasy.leagues import (
    FantasyRow,
    record,
    refused,
    tell_of_fantasy,
    to_change,
)
from gitleague.league.fantasy.pool import PoolRow, entry_of
from gitleague.league.fantasy.teams import TeamRow, held_by, team_of
from gitleague.league.fantasy.turns import caught_up, go_on
from gitleague.league.people.shown import Viewer, shown_name, viewer_of
from gitleague.league.periods import wrong
from gitleague.tables.accounts import User
from gitleague.tables.commits import Identity, Player
from gitleague.tables.fantasy import FantasyMode, FantasyPick, FantasyTeam


class PickRow(NamedTuple):
    id: uuid.UUID
    team_id: uuid.UUID
    user_id: uuid.UUID | None
    manager: str | None
    player_id: uuid.UUID | None  # None: a turn that was skipped
    player: str | None
    price: int
    turn: int | None
    by_clock: bool
    picked_at: datetime
    undone_at: datetime | None


def pick(
    session: Session, fantasy_id: uuid.UUID, player_id: uuid.UUID, *, by: Membership
) -> PickRow:
    """Raises Invalid for who is not to be picked at all, Conflict for who is not now."""
    fantasy = to_change(session, by.project_id, fantasy_id)
    team = _team_to_pick(session, fantasy, by)
    draft = None
    if fantasy.mode == FantasyMode.SNAKE.value:
        draft = caught_up(session, fantasy)
        _check_turn(draft, team)
    entry = _to_be_picked(session, fantasy, player_id, by)
    _check_room(session, fantasy, team, entry)
    at = now()
    made = FantasyPick(
        id=uuid.uuid4(),
        project_id=by.project_id,
        fantasy_id=fantasy_id,
        team_id=team.id,
        identity_id=entry.identity_id,
        price=entry.price,
        turn=draft.turn if draft else None,
        by_clock=False,
        picked_at=at,
    )
    if draft:
        choice = next((each for each in draft.free if each.player_id == player_id), None)
        if choice is None:
            raise refused("player_id", f"{entry.name} was picked already. Pick somebody else.")
        draft.take(choice, at)
        go_on(session, fantasy, draft)
        tell_of_fantasy(session, by.project_id, fantasy_id)  # those of the free mode are a secret
    session.add(made)
    record(session, Action.FANTASY_PICKED, fantasy.name, by)
    return PickRow(
        *(made.id, team.id, team.user_id, team.name, player_id, entry.name, entry.price),
        *(made.turn, False, at, None),
    )


def drop(session: Session, fantasy_id: uuid.UUID, pick_id: uuid.UUID, *, by: Membership) -> None:
    """One's own, until the lock. Dropping twice is no error."""
    fantasy = to_change(session, by.project_id, fantasy_id)
    mine = and_(
        FantasyTeam.project_id == FantasyPick.project_id, FantasyTeam.id == FantasyPick.team_id
    )
    found = session.execute(
        select(FantasyPick.undone_at)
        .join(FantasyTeam, mine)
        .where(
            FantasyPick.project_id == by.project_id,
            FantasyPick.fantasy_id == fantasy_id,
            FantasyPick.id == pick_id,
            FantasyTeam.user_id == by.caller.user_id,
        )
    ).one_or_none()
    if found is None:
        raise NotFound("You have no such pick in this fantasy league.")
    if fantasy.mode == FantasyMode.SNAKE.value:
        raise Conflict("The picks of a snake draft stay.")
    _check_lock(fantasy)
    if found.undone_at:
        return
    session.execute(
        update(FantasyPick)
        .where(FantasyPick.project_id == by.project_id, FantasyPick.id == pick_id)
        .values(undone_at=now())
    )
    record(session, Action.FANTASY_DROPPED, fantasy.name, by)


def list_picks(
    session: Session, fantasy: FantasyRow, paging: Paging, viewer: Viewer
) -> tuple[list[PickRow], int]:
    """All that were made, also those undone, the newest first; only one's own while secret."""
    wanted = [
        FantasyPick.project_id == fantasy.project_id,
        FantasyPick.fantasy_id == fantasy.id,
    ]
    if not fantasy.is_public:
        wanted.append(FantasyTeam.user_id == viewer.user_id)
    of_team = and_(
        FantasyTeam.project_id == FantasyPick.project_id, FantasyTeam.id == FantasyPick.team_id
    )
    picked = and_(
        Identity.project_id == FantasyPick.project_id, Identity.id == FantasyPick.identity_id
    )
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    columns = (
        *(FantasyPick.id, FantasyPick.team_id, FantasyTeam.user_id, User.display_name),
        *(Player.id, shown_name(viewer), FantasyPick.price, FantasyPick.turn),
        *(FantasyPick.by_clock, FantasyPick.picked_at, FantasyPick.undone_at),
    )
    rows = session.execute(
        select(*columns)
        .join(FantasyTeam, of_team)
        .outerjoin(User, User.id == FantasyTeam.user_id)
        .outerjoin(Identity, picked)
        .outerjoin(Player, plays)
        .where(*wanted)
        .order_by(FantasyPick.picked_at.desc(), FantasyPick.turn.desc(), FantasyPick.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    counted = select(func.count()).select_from(FantasyPick).join(FantasyTeam, of_team)
    total = session.scalar(counted.where(*wanted)) or 0
    return [PickRow(*row) for row in rows], total


def _team_to_pick(session: Session, fantasy: FantasyRow, by: Membership) -> TeamRow:
    _check_lock(fantasy)
    team = team_of(session, fantasy, by.caller.user_id)
    if team is None:
        raise refused("player_id", "You are not in this fantasy league. Join it first.")
    if fantasy.started_at is None:
        raise refused("player_id", "This fantasy league has not started. A commissioner starts it.")
    return team


def _check_lock(fantasy: FantasyRow) -> None:
    if fantasy.is_locked:
        raise refused("player_id", f"This fantasy league has been locked since {fantasy.locks_on}.")


def _check_turn(draft: Draft, team: TeamRow) -> None:
    if draft.is_over:
        raise refused("player_id", "The draft is over: every turn was taken.")
    if draft.on_the_clock.id != team.id:
        somebody = draft.on_the_clock.name or "somebody else"
        raise refused("player_id", f"It is the turn of {somebody}. Wait.")


def _to_be_picked(
    session: Session, fantasy: FantasyRow, player_id: uuid.UUID, by: Membership
) -> PoolRow:
    entry = entry_of(session, by.project_id, fantasy.id, player_id, viewer_of(by))
    if entry is None or entry.is_struck:
        raise wrong("player_id", "This player is not in the pool. Pick one who is.")
    if entry.user_id == by.caller.user_id:
        raise wrong("player_id", "This player is you. Pick somebody else.")
    return entry


def _check_room(session: Session, fantasy: FantasyRow, team: TeamRow, entry: PoolRow) -> None:
    roster = held_by(session, fantasy.project_id, [team.id])
    if entry.player_id in {each.player_id for each in roster}:
        raise refused("player_id", f"{entry.name} is in your roster already.")
    if len(roster) >= fantasy.roster_size:
        raise refused("player_id", f"Your roster has its {fantasy.roster_size} players already.")
    spent = sum(each.price for each in roster)
    if fantasy.salary_cap is not None and spent + entry.price > fantasy.salary_cap:
        raise refused("player_id", f"{entry.name} costs more than is left under your salary cap.")
