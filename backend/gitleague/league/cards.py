"""A player's card: who they are, and their box score by period, by repository and over time."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from gitleague.core.errors import NotFound
from gitleague.core.prepared import prepared
from gitleague.league.people.shown import LEAGUE, PUBLIC, Viewer, is_somebody, is_unseen, shown_name
from gitleague.league.periods import DAY, Period, Window, around
from gitleague.league.stats import Numbers
from gitleague.league.totals import By, Plan, ledger, ledger_of, plan, sums_of
from gitleague.tables.commits import Identity, Player
from gitleague.tables.projects import Repo


class PlayerRow(NamedTuple):
    """A player as the viewer may see them."""

    id: uuid.UUID
    project_id: uuid.UUID
    name: str
    is_bot: bool
    position: str
    retired_on: date | None
    is_hidden: bool


class IdentityRow(NamedTuple):
    name: str
    email: str


class RepoShare(NamedTuple):
    repo_id: uuid.UUID
    name: str
    numbers: Numbers


class TrendPoint(NamedTuple):
    """The sums of a day, week or month; points in hundredths, impact in ten-thousandths."""

    first: date
    commits: int
    pts: int
    impact: int


def player_of_user(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> uuid.UUID | None:
    """Who of the league they are."""
    found: uuid.UUID | None = session.scalar(*_playing(project_id, user_id))
    return found


@prepared
def _playing(project_id: uuid.UUID, user_id: uuid.UUID) -> Select[tuple[uuid.UUID]]:
    return select(Player.id).where(Player.project_id == project_id, Player.user_id == user_id)


def project_of(session: Session, player_id: uuid.UUID) -> uuid.UUID:
    """Where a player plays, before it is known whether the caller may see that project at all."""
    found: uuid.UUID | None = session.scalar(*_project(player_id))
    if found is None:
        raise NotFound
    return found


@prepared
def _project(player_id: uuid.UUID) -> Select[tuple[uuid.UUID]]:
    return select(Player.project_id).where(Player.id == player_id)


def user_of(session: Session, project_id: uuid.UUID, player_id: uuid.UUID) -> uuid.UUID | None:
    """The member who plays as this player."""
    found: uuid.UUID | None = session.scalar(*_user(project_id, player_id))
    return found


@prepared
def _user(project_id: uuid.UUID, player_id: uuid.UUID) -> Select[tuple[uuid.UUID | None]]:
    return select(Player.user_id).where(Player.project_id == project_id, Player.id == player_id)


def player_of(
    session: Session, project_id: uuid.UUID, player_id: uuid.UUID, *, field: str = ""
) -> PlayerRow:
    """By their own name, for those who change something: what is shown is a `card_of`.

    `field` is where the player was named, of which an error tells.
    """
    return card_of(session, project_id, player_id, LEAGUE, field=field)


def card_of(
    session: Session,
    project_id: uuid.UUID,
    player_id: uuid.UUID,
    viewer: Viewer = PUBLIC,
    *,
    field: str = "",
) -> PlayerRow:
    """Nobody but commissioners finds who was joined with another: that name is nobody's."""
    row = session.execute(*_card(project_id, player_id, viewer)).one_or_none()
    if row is None:
        message = "There is no such player in this league."
        raise NotFound(message, errors=[{"field": field, "message": message}] if field else ())
    return PlayerRow(*row)


@prepared
def _card(project_id: uuid.UUID, player_id: uuid.UUID, viewer: Viewer) -> Select[Any]:
    wanted = [Player.project_id == project_id, Player.id == player_id]
    if not viewer.sees_all:
        wanted.append(is_somebody())
    return select(
        *(Player.id, Player.project_id, shown_name(viewer), Player.is_bot),
        *(Player.position, Player.retired_on, Player.is_hidden),
    ).where(*wanted)


def identities_of(
    session: Session, project_id: uuid.UUID, player_id: uuid.UUID, viewer: Viewer = PUBLIC
) -> list[IdentityRow]:
    rows = session.execute(*_identities(project_id, player_id, viewer))
    return [IdentityRow(*row) for row in rows]


@prepared
def _identities(
    project_id: uuid.UUID, player_id: uuid.UUID, viewer: Viewer
) -> Select[tuple[str, str]]:
    return (
        select(Identity.name, Identity.email)
        .join(
            Player,
            and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id),
        )
        .where(
            Identity.project_id == project_id,
            Identity.player_id == player_id,
            ~is_unseen(viewer),
        )
        .order_by(Identity.created_at, Identity.name, Identity.email)
    )


def by_repository(
    session: Session, project_id: uuid.UUID, player_id: uuid.UUID, window: Window
) -> list[RepoShare]:
    """A player's numbers in each repository, the one with most impact first."""
    books = ledger_of(session, ledger(session, project_id), window)
    rows = session.execute(
        *_by_repository(plan(books, window.first, window.last, by=By.REPO), player_id)
    )
    shares = [RepoShare(repo_id, name, Numbers(*sums)) for repo_id, name, *sums in rows]
    return sorted(shares, key=lambda share: (-share.numbers.impact, share.name))


@prepared
def _by_repository(of: Plan, player_id: uuid.UUID) -> Select[Any]:
    sums = sums_of(of, players=[player_id])
    return (
        select(Repo.id, Repo.name, *(sums.c[name] for name in Numbers._fields))
        .join(sums, sums.c.repo_id == Repo.id)
        .where(Repo.project_id == of.project_id)
    )


def trend_of(
    session: Session,
    project_id: uuid.UUID,
    player_id: uuid.UUID,
    *,
    by: Period,
    points: int,
    today: date,
) -> list[TrendPoint]:
    """The last `points` days, weeks or months, empty ones included, oldest first.

    It ends today, unless the player last played longer ago than it reaches back: then there.
    """
    days = plan(ledger(session, project_id), date.min, date.max, by=By.DAY)
    # A point has no more days than that.
    rows = session.execute(*_newest_days(days, player_id, points * 31)).all()
    if not rows:
        return []
    sums: dict[date, list[int]] = {}
    for first in _firsts(by, points, last_played=rows[0].day, today=today):
        sums[first] = [0, 0, 0]
    for day, *numbers in rows:
        so_far = sums.get(around(day, by, today).first)
        if so_far:
            so_far[:] = [total + number for total, number in zip(so_far, numbers, strict=True)]
    return [TrendPoint(first, *sums[first]) for first in sorted(sums)]


@prepared
def _newest_days(of: Plan, player_id: uuid.UUID, limit: int) -> Select[Any]:
    days = sums_of(of, players=[player_id]).c
    return (
        select(days.day, days.commits, days.pts, days.impact).order_by(days.day.desc()).limit(limit)
    )


def _firsts(by: Period, points: int, *, last_played: date, today: date) -> list[date]:
    """The first days of the last periods, newest first."""
    running = _back(by, today, points)
    return running if last_played >= running[-1] else _back(by, last_played, points)


def _back(by: Period, day: date, points: int) -> list[date]:
    firsts = [around(day, by, day).first]
    while len(firsts) < points and firsts[-1] > date.min:
        firsts.append(around(firsts[-1] - DAY, by, day).first)
    return firsts
