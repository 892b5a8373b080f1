"""The identities of a league, and what its players are called."""

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.paging import Paging
from gitleague.league.cards import PlayerRow, player_of
from gitleague.league.people.erasure import refuse_erased
from gitleague.league.people.shown import (
    LEAGUE,
    PUBLIC,
    Viewer,
    is_somebody,
    is_unseen,
    shown_name,
)
from gitleague.league.positions import spellings_of
from gitleague.projects.leagues import lock_project
from gitleague.scoring.totals import ask_again
from gitleague.tables.commits import Identity, Player


class IdentityRow(NamedTuple):
    id: uuid.UUID
    name: str
    email: str
    player_id: uuid.UUID
    player_name: str
    created_at: datetime


def list_identities(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    *,
    player_id: uuid.UUID | None = None,
    q: str = "",
    viewer: Viewer = PUBLIC,
) -> tuple[list[IdentityRow], int]:
    """In the order of their names; `q` is part of a name or address.

    Those of players who are not shown are left out: there is nothing else in them.
    """
    wanted = [Identity.project_id == project_id, ~is_unseen(viewer)]
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    if player_id:
        wanted.append(Identity.player_id == player_id)
    if q:
        wanted.append(
            or_(
                Identity.name.icontains(q, autoescape=True),
                Identity.email.icontains(q, autoescape=True),
            )
        )
    rows = session.execute(
        select(
            Identity.id,
            Identity.name,
            Identity.email,
            Player.id,
            shown_name(viewer),
            Identity.created_at,
        )
        .join(Player, plays)
        .where(*wanted)
        .order_by(Identity.name, Identity.email, Identity.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    counted = select(func.count()).select_from(Identity).join(Player, plays)
    total = session.scalar(counted.where(*wanted)) or 0
    return [IdentityRow(*row) for row in rows], total


def change_player(
    session: Session,
    player_id: uuid.UUID,
    *,
    name: str | None = None,
    is_bot: bool | None = None,
    position: str | None = None,
    by: Membership,
) -> PlayerRow:
    """What a player is called, plays as, and whether it is one of flesh and blood."""
    lock_project(session, by.project_id)
    old = player_of(session, by.project_id, player_id)
    refuse_erased(session, by.project_id, {player_id})
    new = old._replace(
        name=old.name if name is None else name,
        is_bot=old.is_bot if is_bot is None else is_bot,
        position=old.position if position is None else _known(session, by.project_id, position),
    )
    if new != old:
        session.execute(
            update(Player)
            .where(Player.project_id == by.project_id, Player.id == player_id)
            .values(name=new.name, is_bot=new.is_bot, position=new.position)
        )
        if new.is_bot != old.is_bot:
            ask_again(session, by.project_id)  # no bot is in the records book
        audit.record(
            session,
            Action.PLAYER_CHANGED,
            new.name,
            caller=by.caller,
            project_id=by.project_id,
            details={
                "name": [old.name, new.name],
                "is_bot": [old.is_bot, new.is_bot],
                "position": [old.position, new.position],
            },
        )
    return new


def _known(session: Session, project_id: uuid.UUID, position: str) -> str:
    """As it is spelled already, if anybody has it."""
    return next(iter(spellings_of(session, project_id, position)), position)


def players_of(session: Session, project_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Everybody who can be chosen, by all their names, for a commissioner: bots apart."""
    rows = session.execute(
        select(Player.id, shown_name(LEAGUE).label("name"))
        .where(
            Player.project_id == project_id,
            Player.is_bot.is_(False),
            Player.erased_number.is_(None),
            is_somebody(),
        )
        .order_by("name", Player.id)
    )
    return list(rows.tuples())
