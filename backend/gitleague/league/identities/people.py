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
) -> tuple[list[IdentityRow], int]:
    """In the order of their names; `q` is part of a name or address."""
    wanted = [Identity.project_id == project_id]
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
            Player.name,
            Identity.created_at,
        )
        .join(
            Player,
            and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id),
        )
        .where(*wanted)
        .order_by(Identity.name, Identity.email, Identity.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).select_from(Identity).where(*wanted)) or 0
    return [IdentityRow(*row) for row in rows], total


def change_player(
    session: Session,
    player_id: uuid.UUID,
    *,
    name: str | None = None,
    is_bot: bool | None = None,
    by: Membership,
) -> PlayerRow:
    """What a player is called, and whether it is one of flesh and blood."""
    old = player_of(session, by.project_id, player_id)
    new = old._replace(
        name=old.name if name is None else name,
        is_bot=old.is_bot if is_bot is None else is_bot,
    )
    if new != old:
        session.execute(
            update(Player)
            .where(Player.project_id == by.project_id, Player.id == player_id)
            .values(name=new.name, is_bot=new.is_bot)
        )
        audit.record(
            session,
            Action.PLAYER_CHANGED,
            new.name,
            caller=by.caller,
            project_id=by.project_id,
            details={"name": [old.name, new.name], "is_bot": [old.is_bot, new.is_bot]},
        )
    return new
