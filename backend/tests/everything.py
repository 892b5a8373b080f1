"""A league that has everything: what pages are looked at with."""

import uuid
from datetime import date, datetime, timedelta
from typing import NamedTuple

from awarding import give
from gitleague.accounts.caller import Caller, Membership
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.paging import Paging
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.league.careers.records import find_records, write_book
from gitleague.league.digests.digests import create_digest
from gitleague.league.fairplay import referee
from gitleague.league.fairplay.reports import Complaint, make_report
from gitleague.league.fantasy import picks, pool, teams, turns
from gitleague.league.fantasy.setup import Wish, create_fantasy
from gitleague.league.identities.claims import make_claim
from gitleague.league.identities.moves import merge_players, undo
from gitleague.league.seasons.absences import Away, create_absence
from gitleague.league.seasons.closing import close_season
from gitleague.league.seasons.seasons import create_season, open_season
from gitleague.league.squads import squads, stints
from gitleague.projects.webhooks.outbox import HOOKED
from gitleague.projects.webhooks.webhooks import create_webhook
from gitleague.scoring.totals import sum_up_next
from gitleague.sync.pull import wishes
from gitleague.sync.pull.credentials import Credential
from gitleague.tables.commits import Player
from gitleague.tables.fairplay import ReportSubject, Ruling, RulingCommit
from gitleague.tables.fantasy import FantasyLeague, FantasyMode
from gitleague.tables.outside import Delivery, DeliveryState, DigestKind, Event
from gitleague.tables.projects import Role, SyncMethod
from gitleague.tables.seasons import AbsenceKind
from gitleague.tables.syncs import CredentialKind
from make import Person, make_commit, make_member, make_repo, make_user
from pydantic import SecretStr
from season import push, seed_season
from sqlalchemy import select, update
from sqlalchemy.orm import Session

DAY = timedelta(days=1)
SEALING = Settings(_env_file=None, secret_key=SecretStr("x" * 32))
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
    fantasy: uuid.UUID  # free, open for picks
    draft: uuid.UUID  # under way
    cup: uuid.UUID  # locked, with points
    ruling: uuid.UUID
    webhook: uuid.UUID
    pulled: uuid.UUID  # repository, with a token
    play: str  # sha: the one that the ruling names


def fill(database: Database, commissioner: Person) -> Everything:
    """18 weeks of play in two seasons, the first of them closed."""
    project_id = commissioner.project_id
    caller = Caller(commissioner.user_id, commissioner.email, "Ada", address="127.0.0.1")
    by = Membership(caller, project_id, Role.COMMISSIONER)
    moment = now()
    today = moment.date()
    repos = seed_season(database, project_id, today=moment)
    push(database, project_id, repos["engine"], [_huge(moment)])
    with database.writing() as session:
        while sum_up_next(session, project_id):
            pass
    with database.writing() as session:
        players = dict(
            session.execute(select(Player.name, Player.id).where(Player.project_id == project_id))
            .tuples()
            .all()
        )
        closed, season = _seasons(session, today, by)
        squad = _squads(session, players, today, by)
        away = Away(players["Hedy"], today, today + 6 * DAY, AbsenceKind.AWAY, "A week off")
        create_absence(session, season, away, by=by)
        fantasy = _fantasy(session, season, by)
        draft = _draft(session, season, by)
        cup = _cup(session, season, today, by)
        referee.note(session, project_id, referee.look(session, project_id))
        give(session, project_id, anew_from=today - timedelta(weeks=18))
        write_book(session, project_id, find_records(session, project_id), found_at=now())
        ruling = session.scalars(select(Ruling.id).where(Ruling.project_id == project_id)).first()
        complaint = Complaint(
            ReportSubject.PLAYER, str(players["Alan Turing"]), "Half of these are Barbara's."
        )
        make_report(session, complaint, by=by)
        webhook = _outside(session, by)
        pulled = _pulled(session, by)
        _who_is_who(session, players, by)
        play = session.scalars(
            select(RulingCommit.sha).where(
                RulingCommit.project_id == project_id, RulingCommit.ruling_id == ruling
            )
        ).first()
    assert ruling is not None
    assert play is not None
    return Everything(
        *(project_id, repos["engine"], players["Grace Hopper"], players["Ada Lovelace"]),
        *(closed, season, squad, fantasy, draft, cup, ruling, webhook, pulled, play),
    )


def _seasons(session: Session, today: date, by: Membership) -> tuple[uuid.UUID, uuid.UUID]:
    """The first nine weeks, and from then on until a month from now."""
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


def _squads(
    session: Session, players: dict[str, uuid.UUID], today: date, by: Membership
) -> uuid.UUID:
    first = today - timedelta(weeks=9)
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


def _draft(session: Session, season: uuid.UUID, by: Membership) -> uuid.UUID:
    """A snake draft of two, in which the other one is on the clock."""
    wish = Wish("Draft night", season, FantasyMode.SNAKE, roster_size=2, pick_minutes=720)
    draft = create_fantasy(session, wish, by=by)
    other = make_user(session, f"katherine-{uuid.uuid4().hex}@example.org", name="Katherine")
    make_member(session, by.project_id, other)
    player = Membership(
        Caller(other, "katherine@example.org", "Katherine", address="127.0.0.1"),
        *(by.project_id, Role.PLAYER),
    )
    for each in (by, player):
        teams.join(session, draft.id, by=each)
    turns.start(session, draft.id, by=by)
    dearest, _ = pool.list_pool(session, by.project_id, draft.id, Paging(limit=2))
    free = next(each for each in dearest if each.user_id != by.caller.user_id)
    picks.pick(session, draft.id, free.player_id, by=by)
    return draft.id


def _cup(session: Session, season: uuid.UUID, today: date, by: Membership) -> uuid.UUID:
    """As the office cup, but locked three weeks ago."""
    wish = Wish("The early cup", season, FantasyMode.FREE, roster_size=2, salary_cap=900_000_000)
    cup = create_fantasy(session, wish, by=by)
    teams.join(session, cup.id, by=by)
    turns.start(session, cup.id, by=by)
    dearest, _ = pool.list_pool(session, by.project_id, cup.id, Paging(limit=3))
    for each in [each for each in dearest if each.user_id != by.caller.user_id][:2]:
        picks.pick(session, cup.id, each.player_id, by=by)
    session.execute(
        update(FantasyLeague)
        .where(FantasyLeague.id == cup.id)
        .values(locks_on=today - timedelta(weeks=3))
    )
    return cup.id


def _pulled(session: Session, by: Membership) -> uuid.UUID:
    """When somebody asks, from nowhere."""
    url = "https://forge.invalid/team/docs.git"
    repo_id = make_repo(session, by.project_id, url, sync_method=SyncMethod.PULL_CELERY)
    wishes.set_schedule(session, repo_id, None, ["main", "release/*"], by=by)
    token = Credential(CredentialKind.TOKEN, "glpat-nothing")
    wishes.set_credential(session, repo_id, token, settings=SEALING, by=by)
    return repo_id


def _outside(session: Session, by: Membership) -> uuid.UUID:
    """A webhook with a log, and a digest; nothing reaches them."""
    sealer = Sealer(SEALING)
    hook, _ = create_webhook(
        *(session, "https://hooks.invalid/league", list(HOOKED)), sealer=sealer, by=by
    )
    for number, (state, status) in enumerate(
        ((DeliveryState.DELIVERED, 200), (DeliveryState.GIVEN_UP, 500))
    ):
        session.add(
            Delivery(
                id=uuid.uuid4(),
                project_id=by.project_id,
                webhook_id=hook.id,
                message_id=f"msg_{number}",
                event=Event.AWARD_GIVEN.value,
                body="{}",
                state=state.value,
                tries=1 + number * 5,
                status=status,
                took_ms=120,
                not_before=now(),
                created_at=now(),
                finished_at=now(),
            )
        )
    create_digest(
        *(session, "The team's channel", DigestKind.EMAIL, "team@example.org"), sealer=sealer, by=by
    )
    return hook.id


def _who_is_who(session: Session, players: dict[str, uuid.UUID], by: Membership) -> None:
    """Somebody was joined and taken apart again, and claims an address."""
    change = merge_players(session, players["Edsger Dijkstra"], {players["Hedy"]}, by=by)
    undo(session, change.id, by=by)
    make_claim(session, "alan@example.org", by=by)


def _huge(moment: datetime) -> dict[str, object]:
    at = (moment - 3 * DAY).isoformat()
    return make_commit(
        author_name="Alan Turing",
        author_email="alan@example.org",
        author_date=at,
        commit_date=at,
        message_title="Copy the whole of another library into ours",
        additions=141_000,
    )
