"""Fantasy leagues, with who took part and whom they picked."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.ops.legacy.history import NO_SEASON
from gitleague.ops.legacy.people import NO_SUCH_USER, identity_of
from gitleague.ops.legacy.source import Row, id_from, id_of, moment
from gitleague.ops.legacy.taking import Taking
from gitleague.tables.fantasy import (
    FantasyLeague,
    FantasyMode,
    FantasyPick,
    FantasyPoolEntry,
    FantasyTeam,
)

DAY = timedelta(days=1)
NO_LEAGUE = "its fantasy league is not there"


def take_fantasy(taking: Taking) -> None:
    with taking.writer.writing() as session:
        _take_leagues(session, taking)
        teams = set(session.scalars(select(FantasyTeam.id)))  # across projects: ids are of all
        for row in taking.source.rows("fantasy_participants"):
            _take_participant(session, taking, row, teams)
        for row in taking.source.rows("fantasy_rosters"):
            _take_roster(session, taking, row, teams)
        _take_picks(session, taking)


def _take_leagues(session: Session, taking: Taking) -> None:
    tally = taking.tally("fantasy_leagues")
    here = set(session.scalars(select(FantasyLeague.id)))  # across projects: ids are of all
    names = set(
        session.execute(
            # across projects: seasons are of one each
            select(FantasyLeague.season_id, FantasyLeague.name)
        ).tuples()
    )
    for row in taking.source.rows("fantasy_leagues"):
        tally.read += 1
        place = taking.seasons.get(str(row["season_id"]))
        if place is None:
            tally.left[NO_SEASON] += 1
            continue
        project_id, season_id = place
        fantasy_id = id_of(row["id"])
        taking.fantasies[str(row["id"])] = (project_id, fantasy_id)
        if fantasy_id in here:
            tally.there += 1
            continue
        name = str(row["name"])
        if (season_id, name) in names:
            name = f"{name[:240]} ({str(row['id'])[:8]})"
        names.add((season_id, name))
        _write_league(session, taking, row, (project_id, season_id, name))
        tally.taken += 1


def _write_league(
    session: Session, taking: Taking, row: Row, of: tuple[uuid.UUID, uuid.UUID, str]
) -> None:
    project_id, season_id, name = of
    first, last = taking.days[season_id]
    locked_at, made_at = moment(row["lock_at"]), moment(row["created_at"]) or now()
    locks_on = locked_at.astimezone(taking.zone).date() if locked_at else first
    session.execute(
        insert(FantasyLeague).values(
            id=id_of(row["id"]),
            project_id=project_id,
            season_id=season_id,
            name=name,
            mode=FantasyMode.FREE.value,
            roster_size=max(int(row["roster_max"] or 1), 1),
            locks_on=min(max(locks_on, first), last),
            priced_first=first - DAY,
            priced_last=first - DAY,
            started_at=made_at,
            created_by=taking.owners[project_id],
            created_at=made_at,
        )
    )


def _take_participant(session: Session, taking: Taking, row: Row, teams: set[uuid.UUID]) -> None:
    tally = taking.tally("fantasy_participants")
    tally.read += 1
    place, user_id = _place(taking, row)
    if place is None or user_id is None:
        tally.left[NO_LEAGUE if place is None else NO_SUCH_USER] += 1
    elif _team_id(place[1], user_id) in teams:
        tally.there += 1
    else:
        _write_team(session, place, user_id, row["joined_at"], teams)
        tally.taken += 1


def _take_roster(session: Session, taking: Taking, row: Row, teams: set[uuid.UUID]) -> None:
    """A roster is its team's picks; there nobody had to join to have one."""
    tally = taking.tally("fantasy_rosters")
    tally.read += 1
    place, user_id = _place(taking, row)
    if place is None or user_id is None:
        tally.left[NO_LEAGUE if place is None else NO_SUCH_USER] += 1
        return
    team_id = _team_id(place[1], user_id)
    taking.teams[str(row["id"])] = (*place, team_id)
    if team_id in teams:
        tally.there += 1
        return
    _write_team(session, place, user_id, row["created_at"], teams)
    tally.taken += 1


def _place(taking: Taking, row: Row) -> tuple[tuple[uuid.UUID, uuid.UUID] | None, uuid.UUID | None]:
    league, user = str(row["league_id"]), str(row["user_id"])
    return taking.fantasies.get(league), taking.users.get(user)


def _team_id(fantasy_id: uuid.UUID, user_id: uuid.UUID) -> uuid.UUID:
    return id_from("team", fantasy_id, user_id)


def _write_team(
    session: Session,
    place: tuple[uuid.UUID, uuid.UUID],
    user_id: uuid.UUID,
    joined_at: object,
    teams: set[uuid.UUID],
) -> None:
    team_id = _team_id(place[1], user_id)
    values = {"id": team_id, "project_id": place[0], "fantasy_id": place[1], "user_id": user_id}
    joined = moment(joined_at) or now()
    session.execute(insert(FantasyTeam).values(**values, joined_at=joined))
    teams.add(team_id)


def _take_picks(session: Session, taking: Taking) -> None:
    tally = taking.tally("fantasy_roster_picks")
    here = set(session.scalars(select(FantasyPick.id)))  # across projects: ids are of all
    pool = set(
        session.execute(
            # across projects: fantasy leagues are of one each
            select(FantasyPoolEntry.fantasy_id, FantasyPoolEntry.identity_id)
        ).tuples()
    )
    for row in taking.source.rows("fantasy_roster_picks", "roster_id", "position"):
        tally.read += 1
        team, picked = taking.teams.get(str(row["roster_id"])), str(row["picked_user_id"])
        user_id, pick_id = taking.users.get(picked), id_from("pick", row["roster_id"], picked)
        if pick_id in here:
            tally.there += 1
        elif team is None or user_id is None:
            tally.left["its roster is not there" if team is None else NO_SUCH_USER] += 1
        else:
            _write_pick(session, team, user_id, pick_id, pool)
            tally.taken += 1


def _write_pick(
    session: Session,
    team: tuple[uuid.UUID, uuid.UUID, uuid.UUID],
    user_id: uuid.UUID,
    pick_id: uuid.UUID,
    pool: set[tuple[uuid.UUID, uuid.UUID]],
) -> None:
    """At no price, since there were none there."""
    project_id, fantasy_id, team_id = team
    identity_id = identity_of(session, project_id, user_id)
    of_league = {"project_id": project_id, "fantasy_id": fantasy_id, "identity_id": identity_id}
    if (fantasy_id, identity_id) not in pool:
        pool.add((fantasy_id, identity_id))
        session.execute(insert(FantasyPoolEntry).values(**of_league, price=0, is_estimate=True))
    joined_at = session.scalars(
        select(FantasyTeam.joined_at).where(
            FantasyTeam.project_id == project_id, FantasyTeam.id == team_id
        )
    ).one()
    values = {"id": pick_id, "team_id": team_id, "price": 0, "by_clock": False}
    session.execute(insert(FantasyPick).values(**of_league, **values, picked_at=joined_at))
