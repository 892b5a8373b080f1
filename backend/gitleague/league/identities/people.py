"""The identities of a league, and what its players are called."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.core.sets import ESCAPE, escaped
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
    of = _Which(project_id, player_id, escaped(q) if q else None, viewer)
    rows = session.execute(*_page(of, paging.limit, paging.offset))
    return [IdentityRow(*row) for row in rows], session.scalar(*_count(of)) or 0


class _Which(NamedTuple):
    """Which identities; None: all."""

    project_id: uuid.UUID
    player_id: uuid.UUID | None
    part: str | None  # of a name or address
    viewer: Viewer

    def wanted(self) -> list[ColumnElement[bool]]:
        wanted = [~is_unseen(self.viewer)]
        if self.player_id is not None:
            wanted.append(Identity.player_id == self.player_id)
        if self.part is not None:
            texts = (Identity.name, Identity.email)
            wanted.append(or_(*(text.icontains(self.part, escape=ESCAPE) for text in texts)))
        return wanted


_PLAYS = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)


@prepared
def _page(of: _Which, limit: int, offset: int) -> Select[Any]:
    return (
        select(
            Identity.id,
            Identity.name,
            Identity.email,
            Player.id,
            shown_name(of.viewer),
            Identity.created_at,
        )
        .join(Player, _PLAYS)
        .where(Identity.project_id == of.project_id, *of.wanted())
        .order_by(Identity.name, Identity.email, Identity.id)
        .limit(limit)
        .offset(offset)
    )


@prepared
def _count(of: _Which) -> Select[tuple[int]]:
    counted = select(func.count()).select_from(Identity).join(Player, _PLAYS)
    return counted.where(Identity.project_id == of.project_id, *of.wanted())


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
    return list(session.execute(*_players(project_id)).tuples())


@prepared
def _players(project_id: uuid.UUID) -> Select[tuple[uuid.UUID, str]]:
    return (
        select(Player.id, shown_name(LEAGUE).label("name"))
        .where(
            Player.project_id == project_id,
            Player.is_bot.is_(False),
            Player.erased_number.is_(None),
            is_somebody(),
        )
        .order_by("name", Player.id)
    )
