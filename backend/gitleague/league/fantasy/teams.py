"""The members who play, and whom they hold."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, delete, exists, func, select
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict
from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.fantasy.leagues import (
    FantasyRow,
    record,
    tell_of_fantasy,
    to_change,
    to_set_up,
)
from gitleague.league.people.shown import PUBLIC, Viewer, shown_name
from gitleague.tables.accounts import User
from gitleague.tables.commits import Identity, Player
from gitleague.tables.fantasy import FantasyMode, FantasyPick, FantasyTeam
from gitleague.tables.projects import Member, MemberStatus, Role


class TeamRow(NamedTuple):
    id: uuid.UUID
    user_id: uuid.UUID | None
    name: str | None  # None: the account is gone
    seat: int | None
    joined_at: datetime


class Held(NamedTuple):
    """A pick that was not undone."""

    id: uuid.UUID
    team_id: uuid.UUID
    player_id: uuid.UUID
    name: str
    price: int


_COLUMNS = (
    FantasyTeam.id,
    FantasyTeam.user_id,
    User.display_name,
    FantasyTeam.seat,
    FantasyTeam.joined_at,
)


def list_teams(session: Session, fantasy: FantasyRow, paging: Paging) -> tuple[list[TeamRow], int]:
    """In the order in which they joined, which is that of the draft."""
    of = (fantasy.project_id, fantasy.id)
    rows = session.execute(*_page(*of, paging.limit, paging.offset))
    return [TeamRow(*row) for row in rows], session.scalar(*_count(*of)) or 0


@prepared
def _page(project_id: uuid.UUID, fantasy_id: uuid.UUID, limit: int, offset: int) -> Select[Any]:
    return _as_joined(project_id, fantasy_id).limit(limit).offset(offset)


@prepared
def _count(project_id: uuid.UUID, fantasy_id: uuid.UUID) -> Select[tuple[int]]:
    teams = select(func.count()).select_from(FantasyTeam)
    return teams.where(FantasyTeam.project_id == project_id, FantasyTeam.fantasy_id == fantasy_id)


def all_teams(session: Session, fantasy: FantasyRow) -> list[TeamRow]:
    """In the same order."""
    return [TeamRow(*row) for row in session.execute(*_all(fantasy.project_id, fantasy.id))]


@prepared
def _all(project_id: uuid.UUID, fantasy_id: uuid.UUID) -> Select[Any]:
    return _as_joined(project_id, fantasy_id)


def _as_joined(project_id: uuid.UUID, fantasy_id: uuid.UUID) -> Select[Any]:
    return (
        select(*_COLUMNS)
        .outerjoin(User, User.id == FantasyTeam.user_id)
        .where(FantasyTeam.project_id == project_id, FantasyTeam.fantasy_id == fantasy_id)
        .order_by(FantasyTeam.joined_at, FantasyTeam.id)
    )


def team_of(session: Session, fantasy: FantasyRow, user_id: uuid.UUID) -> TeamRow | None:
    row = session.execute(*_one(fantasy.project_id, fantasy.id, user_id)).one_or_none()
    return TeamRow(*row) if row else None


@prepared
def _one(project_id: uuid.UUID, fantasy_id: uuid.UUID, user_id: uuid.UUID) -> Select[Any]:
    return _as_joined(project_id, fantasy_id).where(FantasyTeam.user_id == user_id)


def held_by(
    session: Session,
    project_id: uuid.UUID,
    teams: Collection[uuid.UUID],
    viewer: Viewer = PUBLIC,
) -> list[Held]:
    """In the order of their picks."""
    return [Held(*row) for row in session.execute(*_held(project_id, list(teams), viewer))]


@prepared
def _held(project_id: uuid.UUID, teams: list[uuid.UUID], viewer: Viewer) -> Select[Any]:
    picked = and_(
        Identity.project_id == FantasyPick.project_id, Identity.id == FantasyPick.identity_id
    )
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    return (
        select(
            *(FantasyPick.id, FantasyPick.team_id, Player.id),
            *(shown_name(viewer), FantasyPick.price),
        )
        .join(Identity, picked)
        .join(Player, plays)
        .where(
            FantasyPick.project_id == project_id,
            FantasyPick.team_id.in_(teams),
            FantasyPick.undone_at.is_(None),
        )
        .order_by(FantasyPick.picked_at, FantasyPick.turn, FantasyPick.id)
    )


def join(session: Session, fantasy_id: uuid.UUID, *, by: Membership) -> TeamRow:
    """Until the lock, and a snake draft until it starts. Joining twice is no error."""
    fantasy = to_change(session, by.project_id, fantasy_id)
    mine = team_of(session, fantasy, by.caller.user_id)
    if mine:
        return mine
    if fantasy.is_locked:
        raise Conflict(f"This fantasy league has been locked since {fantasy.locks_on}.")
    if fantasy.started_at and fantasy.mode == FantasyMode.SNAKE.value:
        raise Conflict("The draft has started: nobody can join any more.")
    team = FantasyTeam(
        id=uuid.uuid4(),
        project_id=by.project_id,
        fantasy_id=fantasy_id,
        user_id=by.caller.user_id,
        seat=None,
        joined_at=now(),
    )
    session.add(team)
    record(session, Action.FANTASY_JOINED, fantasy.name, by)
    tell_of_fantasy(session, by.project_id, fantasy_id)
    return TeamRow(team.id, by.caller.user_id, by.caller.name, None, team.joined_at)


def leave(session: Session, fantasy_id: uuid.UUID, *, by: Membership) -> None:
    """Until it starts. Leaving twice is no error."""
    fantasy = to_set_up(session, by.project_id, fantasy_id)
    gone = session.execute(
        delete(FantasyTeam)
        .where(
            FantasyTeam.project_id == by.project_id,
            FantasyTeam.fantasy_id == fantasy_id,
            FantasyTeam.user_id == by.caller.user_id,
        )
        .returning(FantasyTeam.id)
    ).one_or_none()
    if gone:
        record(session, Action.FANTASY_LEFT, fantasy.name, by)
        tell_of_fantasy(session, by.project_id, fantasy_id)


def forget_strangers(session: Session, fantasy: FantasyRow) -> None:
    """Whoever cannot play any more, since they left the league, or only look on."""
    plays = exists().where(
        Member.project_id == fantasy.project_id,
        Member.user_id == FantasyTeam.user_id,
        Member.status == MemberStatus.APPROVED.value,
        Member.role != Role.SPECTATOR.value,
    )
    session.execute(
        delete(FantasyTeam)
        .where(
            FantasyTeam.project_id == fantasy.project_id,
            FantasyTeam.fantasy_id == fantasy.id,
            ~plays,
        )
        .execution_options(synchronize_session=False)
    )
