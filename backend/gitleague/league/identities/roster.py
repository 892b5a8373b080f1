"""Who is who at a glance: players with the addresses that they are known by, for commissioners."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from gitleague.core.errors import NotFound
from gitleague.core.paging import Paging
from gitleague.league.people.shown import LEAGUE, is_somebody, shown_name
from gitleague.tables.accounts import User
from gitleague.tables.commits import Identity, Player


class Known(NamedTuple):
    """One way a player is known by."""

    id: uuid.UUID
    name: str
    email: str


class Entry(NamedTuple):
    player_id: uuid.UUID
    name: str
    is_bot: bool
    position: str
    retired_on: date | None
    is_hidden: bool
    is_erased: bool
    user_email: str | None  # of the member who plays as this player
    known_as: list[Known]


def roster(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    *,
    q: str = "",
    bots: bool | None = None,
) -> tuple[list[Entry], int]:
    """In the order of their names; `q` is part of a name or address of theirs."""
    wanted = [Player.project_id == project_id, Player.erased_number.is_(None), is_somebody()]
    if bots is not None:
        wanted.append(Player.is_bot.is_(bots))
    if q:
        wanted.append(_has(q))
    rows = session.execute(
        _players(project_id)
        .where(*wanted)
        .order_by(func.lower(shown_name(LEAGUE)), Player.id)
        .limit(paging.limit)
        .offset(paging.offset)
    ).all()
    known = _known(session, project_id, [row[0] for row in rows])
    total = session.scalar(select(func.count()).select_from(Player).where(*wanted)) or 0
    return [Entry(*[*row, known[row[0]]]) for row in rows], total


def entries_of(
    session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]
) -> list[Entry]:
    """Of these players, by name. Raises NotFound where one of them is none of the league."""
    rows = session.execute(
        _players(project_id)
        .where(Player.project_id == project_id, Player.id.in_(players))
        .order_by(func.lower(shown_name(LEAGUE)), Player.id)
    ).all()
    if len(rows) < len(set(players)):
        raise NotFound("There is no such player in this league.")
    known = _known(session, project_id, players)
    return [Entry(*[*row, known[row[0]]]) for row in rows]


def _players(project_id: uuid.UUID) -> Select[Any]:
    return (
        select(
            *(Player.id, shown_name(LEAGUE), Player.is_bot, Player.position, Player.retired_on),
            *(Player.is_hidden, Player.erased_number.is_not(None), User.email),
        )
        .outerjoin(User, User.id == Player.user_id)
        .where(Player.project_id == project_id)
    )


def _has(q: str) -> ColumnElement[bool]:
    theirs = select(Identity.id).where(
        Identity.project_id == Player.project_id,
        Identity.player_id == Player.id,
        or_(
            Identity.name.icontains(q, autoescape=True),
            Identity.email.icontains(q, autoescape=True),
        ),
    )
    return or_(shown_name(LEAGUE).icontains(q, autoescape=True), theirs.exists())


def _known(
    session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]
) -> defaultdict[uuid.UUID, list[Known]]:
    rows = session.execute(
        select(Identity.player_id, Identity.id, Identity.name, Identity.email)
        .where(and_(Identity.project_id == project_id, Identity.player_id.in_(players)))
        .order_by(Identity.name, Identity.email, Identity.id)
    )
    found: defaultdict[uuid.UUID, list[Known]] = defaultdict(list)
    for player_id, *known in rows:
        found[player_id].append(Known(*known))
    return found
