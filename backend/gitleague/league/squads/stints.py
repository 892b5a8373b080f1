"""Who plays for which squad, from which day to which.

A transfer ends one stint and begins another, so that what was played before stays where it was.
Days of a closed season stay as they are.
"""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, delete, exists, func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.league.cards import player_of
from gitleague.league.people.shown import LEAGUE, PUBLIC, Viewer, shown_name
from gitleague.league.periods import DAY, EARLIEST, LATEST, today_in, wrong
from gitleague.league.squads.squads import get_squad, is_somebody
from gitleague.projects.leagues import lock_project
from gitleague.scoring.totals import end_of, month_of
from gitleague.tables.commits import Identity, Player
from gitleague.tables.seasons import Season, SeasonState
from gitleague.tables.squads import Squad, Stint

OPEN = date.max  # the last day of a stint that nobody ended


class StintRow(NamedTuple):
    id: uuid.UUID
    squad_id: uuid.UUID
    squad_name: str
    player_id: uuid.UUID
    player_name: str
    position: str
    first: date
    last: date


class Asked(NamedTuple):
    """Which stints of a squad: those of one day, or all there ever were."""

    on: date | None
    player_id: uuid.UUID | None = None


def list_members(
    session: Session,
    project_id: uuid.UUID,
    squad_id: uuid.UUID,
    asked: Asked,
    paging: Paging,
    viewer: Viewer = PUBLIC,
) -> tuple[list[StintRow], int]:
    """In the order of the players' names, each player's days in theirs."""
    get_squad(session, project_id, squad_id)
    chosen = _stints(project_id, viewer).where(Stint.squad_id == squad_id, is_somebody(project_id))
    if asked.on:
        chosen = chosen.where(Stint.first <= asked.on, Stint.last >= asked.on)
    if asked.player_id:
        chosen = chosen.where(Stint.player_id == asked.player_id)
    rows = session.execute(
        chosen.order_by(shown_name(viewer), Player.id, Stint.first)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    return [StintRow(*row) for row in rows], total


def put_in(
    session: Session,
    squad_id: uuid.UUID,
    player_id: uuid.UUID,
    *,
    first: date | None = None,
    last: date | None = None,
    by: Membership,
) -> StintRow:
    """From today where no day is named. A stint that nobody ended ends the day before: a transfer.

    Raises Invalid for days that are none, Conflict for days that are taken or of a closed season.
    """
    lock_project(session, by.project_id)
    squad = get_squad(session, by.project_id, squad_id)
    player = player_of(session, by.project_id, player_id, field="player_id")
    _check_somebody(session, by.project_id, player_id)
    first, last = first or today_in(session, by.project_id), last or OPEN
    _check_days(first, last)
    _check_closed(session, by.project_id, first, last)
    left = _leave(session, player_id, first, squad_id, by)
    _check_taken(session, by.project_id, player_id, first, last)
    stint = new_stint(by.project_id, squad_id, player_id, first, last)
    session.add(stint)
    session.flush()  # read back below
    audit.record(
        session,
        Action.STINT_CREATED,
        player.name,
        caller=by.caller,
        project_id=by.project_id,
        details={"squad": squad.name, "left": left, **_days(first, last)},
    )
    return _stint(session, by.project_id, squad_id, stint.id)


def change_stint(
    session: Session,
    squad_id: uuid.UUID,
    stint_id: uuid.UUID,
    *,
    first: date | None = None,
    last: date | None = None,
    by: Membership,
) -> StintRow:
    """Other days; after its last one the player has left. What is not named stays."""
    lock_project(session, by.project_id)
    old = _stint(session, by.project_id, squad_id, stint_id)
    first, last = first or old.first, last or old.last
    if (first, last) == (old.first, old.last):
        return old
    _check_days(first, last)
    for begins, ends in _differing((old.first, old.last), (first, last)):
        _check_closed(session, by.project_id, begins, ends)
    _check_taken(session, by.project_id, old.player_id, first, last, beside=stint_id)
    _set_days(session, by.project_id, stint_id, first, last)
    audit.record(
        session,
        Action.STINT_CHANGED,
        old.player_name,
        caller=by.caller,
        project_id=by.project_id,
        details={
            "squad": old.squad_name,
            "before": _days(old.first, old.last),
            "after": _days(first, last),
        },
    )
    return old._replace(first=first, last=last)


def delete_stint(
    session: Session, squad_id: uuid.UUID, stint_id: uuid.UUID, *, by: Membership
) -> None:
    """As if it had never been: for what was entered by mistake."""
    lock_project(session, by.project_id)
    old = _stint(session, by.project_id, squad_id, stint_id)
    _check_closed(session, by.project_id, old.first, old.last)
    session.execute(delete(Stint).where(Stint.project_id == by.project_id, Stint.id == stint_id))
    audit.record(
        session,
        Action.STINT_DELETED,
        old.player_name,
        caller=by.caller,
        project_id=by.project_id,
        details={"squad": old.squad_name, **_days(old.first, old.last)},
    )


def new_stint(
    project_id: uuid.UUID,
    squad_id: uuid.UUID,
    player_id: uuid.UUID,
    first: date,
    last: date,
    *,
    carried_by: uuid.UUID | None = None,
) -> Stint:
    months_from, months_until = whole_months(first, last)
    return Stint(
        id=uuid.uuid4(),
        project_id=project_id,
        squad_id=squad_id,
        player_id=player_id,
        first=first,
        last=last,
        months_from=months_from,
        months_until=months_until,
        carried_by=carried_by,
        created_at=now(),
    )


def whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the first whole month, and of the month that is whole no longer."""
    begins = first if first.day == 1 else end_of(first) + DAY
    return begins, last if last == OPEN else month_of(last + DAY)


def _stints(project_id: uuid.UUID, viewer: Viewer = LEAGUE) -> Select[Any]:
    """By all their names for the commissioners, who alone change them."""
    return (
        select(
            Stint.id,
            Stint.squad_id,
            Squad.name,
            Stint.player_id,
            shown_name(viewer),
            Player.position,
            Stint.first,
            Stint.last,
        )
        .join(Squad, and_(Squad.project_id == Stint.project_id, Squad.id == Stint.squad_id))
        .join(Player, and_(Player.project_id == Stint.project_id, Player.id == Stint.player_id))
        .where(Stint.project_id == project_id)
    )


def _stint(
    session: Session, project_id: uuid.UUID, squad_id: uuid.UUID, stint_id: uuid.UUID
) -> StintRow:
    row = session.execute(
        _stints(project_id).where(Stint.squad_id == squad_id, Stint.id == stint_id)
    ).one_or_none()
    if row is None:
        raise NotFound("No such days of a player are in this squad.")
    return StintRow(*row)


def _leave(
    session: Session, player_id: uuid.UUID, first: date, squad_id: uuid.UUID, by: Membership
) -> str | None:
    """Ends the stint that nobody ended, if it began earlier; returns the squad that is left."""
    row = session.execute(
        _stints(by.project_id).where(
            Stint.player_id == player_id, Stint.last == OPEN, Stint.first < first
        )
    ).one_or_none()
    if row is None:
        return None
    left = StintRow(*row)
    if left.squad_id == squad_id:
        message = f"{left.player_name} plays for {left.squad_name} already, since {left.first}."
        raise Conflict(message, errors=[{"field": "player_id", "message": message}])
    # Its days from here on go, up to the end of time, though the new stint may be shorter.
    _check_closed(session, by.project_id, first, OPEN)
    _set_days(session, by.project_id, left.id, left.first, first - DAY)
    return left.squad_name


def _set_days(
    session: Session, project_id: uuid.UUID, stint_id: uuid.UUID, first: date, last: date
) -> None:
    months_from, months_until = whole_months(first, last)
    session.execute(
        update(Stint)
        .where(Stint.project_id == project_id, Stint.id == stint_id)
        .values(first=first, last=last, months_from=months_from, months_until=months_until)
        .execution_options(synchronize_session=False)
    )


def _check_somebody(session: Session, project_id: uuid.UUID, player_id: uuid.UUID) -> None:
    known = exists().where(Identity.project_id == project_id, Identity.player_id == player_id)
    if not session.scalar(select(known)):
        message = "This player was joined with another one. Put that one in."
        raise Conflict(message, errors=[{"field": "player_id", "message": message}])


def _check_days(first: date, last: date) -> None:
    if not EARLIEST <= first <= LATEST:
        raise wrong("first", f"The first day must be from {EARLIEST} to {LATEST}.")
    if last < first:
        raise wrong("last", "The last day must not be before the first.")
    if LATEST < last < OPEN:
        raise wrong("last", f"The last day must not be after {LATEST}. Leave it out for no end.")


def _check_taken(
    session: Session,
    project_id: uuid.UUID,
    player_id: uuid.UUID,
    first: date,
    last: date,
    *,
    beside: uuid.UUID | None = None,
) -> None:
    taken = _stints(project_id).where(
        Stint.player_id == player_id, Stint.first <= last, Stint.last >= first
    )
    if beside:
        taken = taken.where(Stint.id != beside)
    row = session.execute(taken.order_by(Stint.first).limit(1)).one_or_none()
    if row:
        other = StintRow(*row)
        until = "on" if other.last == OPEN else f"to {other.last}"
        message = (
            f"{other.player_name} plays for {other.squad_name} from {other.first} {until}: "
            "nobody plays for two squads on one day. Change those days first."
        )
        raise Conflict(message, errors=[{"field": "first", "message": message}])


def _check_closed(session: Session, project_id: uuid.UUID, first: date, last: date) -> None:
    """Whoever played for whom in a closed season did so for good."""
    season = session.execute(
        select(Season.name, Season.last)
        .where(
            Season.project_id == project_id,
            Season.state == SeasonState.CLOSED.value,
            Season.first <= last,
            Season.last >= first,
        )
        .order_by(Season.last.desc())
        .limit(1)
    ).one_or_none()
    if season:
        message = (
            f"{season.name} is closed, and its table stays as it is: change days after "
            f"{season.last} only."
        )
        raise Conflict(message, errors=[{"field": "first", "message": message}])


def _differing(old: tuple[date, date], new: tuple[date, date]) -> list[tuple[date, date]]:
    """The days that are in one of the two and not in the other."""
    if old[1] < new[0] or new[1] < old[0]:
        return [old, new]
    cut = []
    if old[0] != new[0]:
        cut.append((min(old[0], new[0]), max(old[0], new[0]) - DAY))
    if old[1] != new[1]:
        cut.append((min(old[1], new[1]) + DAY, max(old[1], new[1])))
    return cut


def _days(first: date, last: date) -> dict[str, str | None]:
    return {"first": str(first), "last": None if last == OPEN else str(last)}
