"""Who is away in a season, or plays less."""

import uuid
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.league.cards import player_of
from gitleague.league.people.shown import PUBLIC, Viewer, is_somebody, shown_name, shown_text
from gitleague.league.periods import wrong
from gitleague.league.seasons.seasons import SeasonRow, get_season
from gitleague.projects.leagues import lock_project
from gitleague.tables.commits import Player
from gitleague.tables.seasons import Absence, AbsenceKind, SeasonState


class Away(NamedTuple):
    """An absence that is asked for."""

    player_id: uuid.UUID
    first: date
    last: date
    kind: AbsenceKind
    note: str = ""


class AbsenceRow(NamedTuple):
    id: uuid.UUID
    player_id: uuid.UUID
    player_name: str
    first: date
    last: date
    kind: str
    note: str
    created_at: datetime


def list_absences(
    session: Session,
    project_id: uuid.UUID,
    season_id: uuid.UUID,
    paging: Paging,
    *,
    player_id: uuid.UUID | None = None,
    viewer: Viewer = PUBLIC,
) -> tuple[list[AbsenceRow], int]:
    """Of a season, in the order in which they begin."""
    get_season(session, project_id, season_id)
    wanted = [Absence.project_id == project_id, Absence.season_id == season_id, is_somebody()]
    if player_id:
        wanted.append(Absence.player_id == player_id)
    plays = (Player.project_id == Absence.project_id) & (Player.id == Absence.player_id)
    rows = session.execute(
        select(
            Absence.id,
            Absence.player_id,
            shown_name(viewer),
            Absence.first,
            Absence.last,
            Absence.kind,
            func.coalesce(shown_text(Absence.note, viewer), ""),
            Absence.created_at,
        )
        .join(Player, plays)
        .where(*wanted)
        .order_by(Absence.first, shown_name(viewer), Absence.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    counted = select(func.count()).select_from(Absence).join(Player, plays)
    total = session.scalar(counted.where(*wanted)) or 0
    return [AbsenceRow(*row) for row in rows], total


def create_absence(
    session: Session, season_id: uuid.UUID, away: Away, *, by: Membership
) -> AbsenceRow:
    """Raises Invalid for days outside of the season, Conflict for days that are taken."""
    lock_project(session, by.project_id)
    season = get_season(session, by.project_id, season_id)
    if season.state == SeasonState.CLOSED.value:
        raise Conflict("This season is closed: its table stays as it is.")
    player = player_of(session, by.project_id, away.player_id, field="player_id")
    _check_days(session, by.project_id, season, away)
    absence = Absence(
        id=uuid.uuid4(),
        project_id=by.project_id,
        season_id=season_id,
        created_by=by.caller.user_id,
        created_at=now(),
        **{**away._asdict(), "kind": away.kind.value},
    )
    session.add(absence)
    audit.record(
        session,
        Action.ABSENCE_CREATED,
        player.name,
        caller=by.caller,
        project_id=by.project_id,
        details={"first": str(away.first), "last": str(away.last), "kind": away.kind.value},
    )
    return AbsenceRow(
        absence.id,
        player.id,
        player.name,
        away.first,
        away.last,
        away.kind.value,
        away.note,
        absence.created_at,
    )


def delete_absence(
    session: Session, season_id: uuid.UUID, absence_id: uuid.UUID, *, by: Membership
) -> None:
    lock_project(session, by.project_id)
    if get_season(session, by.project_id, season_id).state == SeasonState.CLOSED.value:
        raise Conflict("This season is closed: its table stays as it is.")
    gone = session.execute(
        delete(Absence)
        .where(
            Absence.project_id == by.project_id,
            Absence.season_id == season_id,
            Absence.id == absence_id,
        )
        .returning(Absence.player_id)
    ).one_or_none()
    if gone is None:
        raise NotFound("There is no such absence in this season.")
    audit.record(
        session, Action.ABSENCE_DELETED, gone.player_id, caller=by.caller, project_id=by.project_id
    )


def _check_days(session: Session, project_id: uuid.UUID, season: SeasonRow, away: Away) -> None:
    if away.last < away.first:
        raise wrong("last", "The last day must not be before the first.")
    for field, day in (("first", away.first), ("last", away.last)):
        if not season.first <= day <= season.last:
            raise wrong(field, f"{season.name} is from {season.first} to {season.last}.")
    other = session.execute(
        select(Absence.first, Absence.last)
        .where(
            Absence.project_id == project_id,
            Absence.player_id == away.player_id,
            Absence.kind == away.kind.value,  # the strongest of several kinds holds: see presence
            Absence.first <= away.last,
            Absence.last >= away.first,
        )
        .limit(1)
    ).one_or_none()
    if other:
        message = f"There is an absence of this kind from {other.first} to {other.last} already."
        raise Conflict(message, errors=[{"field": "first", "message": message}])
