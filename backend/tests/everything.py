"""A league that has everything: what pages are looked at with."""

import uuid
from datetime import timedelta
from typing import NamedTuple

from gitleague.accounts.caller import Caller, Membership
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.paging import Paging
from gitleague.league.awards.giving import give
from gitleague.league.careers.records import find_records, write_book
from gitleague.league.fairplay import referee
from gitleague.league.fairplay.reports import Complaint, make_report
from gitleague.league.fantasy import picks, pool, teams, turns
from gitleague.league.fantasy.setup import Wish, create_fantasy
from gitleague.league.seasons.absences import Away, create_absence
from gitleague.league.seasons.closing import close_season
from gitleague.league.seasons.seasons import create_season, open_season
from gitleague.league.squads import squads, stints
from gitleague.scoring.totals import sum_up_next
from gitleague.tables.commits import Player
from gitleague.tables.fairplay import ReportSubject, Ruling
from gitleague.tables.fantasy import FantasyMode
from gitleague.tables.projects import Role
from gitleague.tables.seasons import AbsenceKind
from make import Person, make_commit
from season import push, seed_season
from sqlalchemy import select
from sqlalchemy.orm import Session

DAY = timedelta(days=1)
SQUADS = {
    "Engine room": ("Grace Hopper", "Alan Turing", "Edsger Dijkstra"),
    "Front of house": ("Ada Lovelace", "Margaret Hamilton", "Radia Perlman"),
}


class Everything(NamedTuple):
    """What the addresses of pages are made of."""

    project: uuid.UUID
    repo: uuid.UUID
    player: uuid.UUID  # Grace Hopper
    other: uuid.UUID  # Ada Lovelace
    closed: uuid.UUID  # season
    season: uuid.UUID  # that is being played
    squad: uuid.UUID
    fantasy: uuid.UUID
    ruling: uuid.UUID


def fill(database: Database, commissioner: Person) -> Everything:
    """18 weeks of play in two seasons, the first of them closed."""
    project_id = commissioner.project_id
    caller = Caller(commissioner.user_id, commissioner.email, "Ada", address="127.0.0.1")
    by = Membership(caller, project_id, Role.COMMISSIONER)
    repos = seed_season(database, project_id)
    push(database, project_id, repos["engine"], [_huge()])
    with database.writing() as session:
        while sum_up_next(session, project_id):
            pass
    with database.writing() as session:
        players = dict(
            session.execute(select(Player.name, Player.id).where(Player.project_id == project_id))
            .tuples()
            .all()
        )
        closed, season = _seasons(session, by)
        squad = _squads(session, players, by)
        away = Away(
            players["Hedy"], now().date(), now().date() + 6 * DAY, AbsenceKind.AWAY, "A week off"
        )
        create_absence(session, season, away, by=by)
        fantasy = _fantasy(session, season, by)
        referee.note(session, project_id, referee.look(session, project_id))
        give(session, project_id, anew_from=now().date() - timedelta(weeks=18))
        write_book(session, project_id, find_records(session, project_id), found_at=now())
        ruling = session.scalars(select(Ruling.id).where(Ruling.project_id == project_id)).first()
        complaint = Complaint(
            ReportSubject.PLAYER, str(players["Alan Turing"]), "Half of these are Barbara's."
        )
        make_report(session, complaint, by=by)
    assert ruling is not None
    return Everything(
        *(project_id, repos["engine"], players["Grace Hopper"], players["Ada Lovelace"]),
        *(closed, season, squad, fantasy, ruling),
    )


def _seasons(session: Session, by: Membership) -> tuple[uuid.UUID, uuid.UUID]:
    """The first nine weeks, and from then on until a month from now."""
    today = now().date()
    turn = today - timedelta(weeks=9)
    old = create_season(
        session, "Opening season", first=today - timedelta(weeks=18), last=turn - DAY, by=by
    )
    open_season(session, old.id, by=by)
    close_season(session, old.id, by=by)
    new = create_season(
        session, "The long season", first=turn, last=today + timedelta(days=30), by=by
    )
    open_season(session, new.id, by=by)
    return old.id, new.id


def _squads(session: Session, players: dict[str, uuid.UUID], by: Membership) -> uuid.UUID:
    first = now().date() - timedelta(weeks=9)
    made = []
    for name, members in SQUADS.items():
        made.append(squads.create_squad(session, name, by=by).id)
        for member in members:
            stints.put_in(session, made[-1], players[member], first=first, by=by)
    return made[0]


def _fantasy(session: Session, season: uuid.UUID, by: Membership) -> uuid.UUID:
    wish = Wish("The office cup", season, FantasyMode.FREE, roster_size=3)
    fantasy = create_fantasy(session, wish, by=by)
    teams.join(session, fantasy.id, by=by)
    turns.start(session, fantasy.id, by=by)
    dearest, _ = pool.list_pool(session, by.project_id, fantasy.id, Paging(limit=4))
    others = [each for each in dearest if each.user_id != by.caller.user_id]
    for each in others[:3]:
        picks.pick(session, fantasy.id, each.player_id, by=by)
    return fantasy.id


def _huge() -> dict[str, object]:
    at = (now() - 3 * DAY).isoformat()
    return make_commit(
        author_name="Alan Turing",
        author_email="alan@example.org",
        author_date=at,
        commit_date=at,
        message_title="Copy the whole of another library into ours",
        additions=41_000,
    )
