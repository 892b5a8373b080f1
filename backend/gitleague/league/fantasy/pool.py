"""Who may be picked, at which price.

A price is the impact over as many days as the season has, right before it. Who did not play then
costs the median of who did, and where nobody did all cost the same. Prices stay, unless the pool
is made anew before the start; a pool follows identities, so players who are joined are one in it,
at the dearer price.
"""

import uuid
from collections.abc import Collection
from datetime import date, timedelta
from statistics import median_low
from typing import Any, NamedTuple

from gitleague_client.rules.score import IMPACT_UNIT
from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.core.sets import insert_rows
from gitleague.league.people.shown import LEAGUE, PUBLIC, Viewer, shown_name
from gitleague.league.periods import DAY, today_in
from gitleague.league.totals import Plan, ledger, plan, sums_of
from gitleague.tables.accounts import User
from gitleague.tables.commits import Identity, Player
from gitleague.tables.fantasy import FantasyPick, FantasyPoolEntry

LONGEST = timedelta(days=366)  # that prices are made of
CHEAPEST = 1 * IMPACT_UNIT
PRICE_OF_ALL = 100 * IMPACT_UNIT  # where nobody has played


class PoolRow(NamedTuple):
    identity_id: uuid.UUID
    player_id: uuid.UUID
    name: str
    user_id: uuid.UUID | None  # of the member who it is
    price: int
    is_estimate: bool
    is_struck: bool


def days_before(first: date, last: date, today: date) -> tuple[date, date]:
    """As many days as from `first` to `last`, right before, of those that are over."""
    until = min(first, today) - DAY
    return until - min(last - first, LONGEST - DAY), until


def fill_pool(
    session: Session,
    project_id: uuid.UUID,
    fantasy_id: uuid.UUID,
    first: date,
    last: date,
    *,
    struck: Collection[uuid.UUID] = (),
) -> None:
    """Everybody who is no bot and has neither retired nor been erased; `struck` are players.

    Raises Conflict where that is nobody.
    """
    made_of = plan(ledger(session, project_id), first, last)
    rows = session.execute(*_everybody(made_of, today_in(session, project_id))).all()
    if not rows:
        raise Conflict("Nobody has played in this league yet. Push commits first.")
    priced = [max(impact, CHEAPEST) for *_, impact in rows if impact is not None]
    usual = median_low(priced) if priced else PRICE_OF_ALL
    at = now()
    insert_rows(
        session,
        FantasyPoolEntry,
        ("project_id", "fantasy_id", "identity_id", "price", "is_estimate", "struck_at"),
        [
            (
                project_id,
                fantasy_id,
                identity_id,
                usual if impact is None else max(impact, CHEAPEST),
                impact is None,
                at if player_id in struck else None,
            )
            for identity_id, player_id, impact in rows
        ],
    )


@prepared
def _everybody(of: Plan, today: date) -> Select[Any]:
    """Of each player one identity, and their impact."""
    nth = func.row_number().over(
        partition_by=Identity.player_id, order_by=(Identity.created_at, Identity.id)
    )
    known = (
        select(Identity.id, Identity.player_id, nth.label("nth"))
        .where(Identity.project_id == of.project_id)
        .subquery()
    )
    played = sums_of(of, names=("impact",))
    return (
        select(known.c.id, known.c.player_id, played.c.impact)
        .join(Player, Player.id == known.c.player_id)
        .outerjoin(played, played.c.player_id == Player.id)
        .where(
            Player.project_id == of.project_id,
            _may_be_picked(),
            or_(Player.retired_on.is_(None), Player.retired_on > today),
            known.c.nth == 1,
        )
    )


def empty_pool(session: Session, project_id: uuid.UUID, fantasy_id: uuid.UUID) -> set[uuid.UUID]:
    """Returns the players who were struck."""
    here = (FantasyPoolEntry.project_id == project_id, FantasyPoolEntry.fantasy_id == fantasy_id)
    entry = and_(
        Identity.project_id == FantasyPoolEntry.project_id,
        Identity.id == FantasyPoolEntry.identity_id,
    )
    struck = session.scalars(
        select(Identity.player_id)
        .join(FantasyPoolEntry, entry)
        .where(*here, FantasyPoolEntry.struck_at.is_not(None))
    ).all()
    session.execute(
        delete(FantasyPoolEntry).where(*here).execution_options(synchronize_session=False)
    )
    return set(struck)


def list_pool(
    session: Session,
    project_id: uuid.UUID,
    fantasy_id: uuid.UUID,
    paging: Paging,
    viewer: Viewer = PUBLIC,
) -> tuple[list[PoolRow], int]:
    """The dearest first."""
    rows = session.execute(*_page(project_id, fantasy_id, viewer, paging.limit, paging.offset))
    total = session.scalar(*_count(project_id, fantasy_id)) or 0
    return [PoolRow(*row) for row in rows], total


@prepared
def _page(
    project_id: uuid.UUID, fantasy_id: uuid.UUID, viewer: Viewer, limit: int, offset: int
) -> Select[Any]:
    pool = _pool(project_id, fantasy_id, viewer)
    dearest = select(pool).order_by(pool.c.price.desc(), pool.c.name, pool.c.player_id)
    return dearest.limit(limit).offset(offset)


@prepared
def _count(project_id: uuid.UUID, fantasy_id: uuid.UUID) -> Select[tuple[int]]:
    return select(func.count()).select_from(_pool(project_id, fantasy_id, PUBLIC))


def free_players(session: Session, project_id: uuid.UUID, fantasy_id: uuid.UUID) -> list[PoolRow]:
    """Neither struck nor picked by anybody, the dearest first."""
    return [PoolRow(*row) for row in session.execute(*_free(project_id, fantasy_id))]


@prepared
def _free(project_id: uuid.UUID, fantasy_id: uuid.UUID) -> Select[Any]:
    pool = _pool(project_id, fantasy_id, LEAGUE)
    picked = (
        select(Identity.player_id)
        .join(
            FantasyPick,
            and_(
                FantasyPick.project_id == Identity.project_id,
                FantasyPick.identity_id == Identity.id,
            ),
        )
        .where(
            Identity.project_id == project_id,
            FantasyPick.fantasy_id == fantasy_id,
            FantasyPick.undone_at.is_(None),
        )
    )
    return (
        select(pool)
        .where(pool.c.is_struck == 0, pool.c.player_id.not_in(picked))
        .order_by(pool.c.price.desc(), pool.c.name, pool.c.player_id)
    )


def entry_of(
    session: Session,
    project_id: uuid.UUID,
    fantasy_id: uuid.UUID,
    player_id: uuid.UUID,
    viewer: Viewer = PUBLIC,
) -> PoolRow | None:
    """None for who was never in the pool."""
    row = session.execute(*_entry(project_id, fantasy_id, player_id, viewer)).one_or_none()
    return PoolRow(*row) if row else None


@prepared
def _entry(
    project_id: uuid.UUID, fantasy_id: uuid.UUID, player_id: uuid.UUID, viewer: Viewer
) -> Select[Any]:
    pool = _pool(project_id, fantasy_id, viewer)
    return select(pool).where(pool.c.player_id == player_id)


def strike(
    session: Session,
    project_id: uuid.UUID,
    fantasy_id: uuid.UUID,
    player_id: uuid.UUID,
    *,
    is_struck: bool,
) -> PoolRow:
    """Out of the pool, or back into it. Raises NotFound for who was never in it."""
    entry = entry_of(session, project_id, fantasy_id, player_id, LEAGUE)
    if entry is None:
        raise NotFound("There is no such player in the pool.")
    identities = select(Identity.id).where(
        Identity.project_id == project_id, Identity.player_id == player_id
    )
    session.execute(
        update(FantasyPoolEntry)
        .where(
            FantasyPoolEntry.project_id == project_id,
            FantasyPoolEntry.fantasy_id == fantasy_id,
            FantasyPoolEntry.identity_id.in_(identities),
        )
        .values(struck_at=now() if is_struck else None)
        .execution_options(synchronize_session=False)
    )
    return entry._replace(is_struck=is_struck)


def themself(project_id: uuid.UUID) -> ColumnElement[uuid.UUID]:
    """The user who is the `Player` of the row: claimed, or signs in with an address of theirs."""
    known = aliased(Identity)
    signs_in = (
        select(User.id)
        .join(known, known.address == User.email)
        .where(known.project_id == project_id, known.player_id == Player.id)
        .order_by(User.id)
        .limit(1)
        .correlate(Player)
        .scalar_subquery()
    )
    return func.coalesce(Player.user_id, signs_in)


def _pool(project_id: uuid.UUID, fantasy_id: uuid.UUID, viewer: Viewer) -> Subquery:
    """The columns of PoolRow, one row for each player."""
    of_player = Identity.player_id
    nth = func.row_number().over(
        partition_by=of_player,
        order_by=(FantasyPoolEntry.price.desc(), FantasyPoolEntry.identity_id),
    )
    struck = case((FantasyPoolEntry.struck_at.is_(None), 0), else_=1)
    each = (
        select(
            FantasyPoolEntry.identity_id,
            Identity.player_id,
            shown_name(viewer).label("name"),
            themself(project_id).label("user_id"),
            FantasyPoolEntry.price,
            FantasyPoolEntry.is_estimate,
            func.max(struck).over(partition_by=of_player).label("is_struck"),
            nth.label("nth"),
        )
        .join(
            Identity,
            and_(
                Identity.project_id == FantasyPoolEntry.project_id,
                Identity.id == FantasyPoolEntry.identity_id,
            ),
        )
        .join(
            Player, and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
        )
        .where(
            FantasyPoolEntry.project_id == project_id,
            FantasyPoolEntry.fantasy_id == fantasy_id,
            _may_be_picked(),
        )
        .subquery()
    )
    columns = [each.c[name] for name in PoolRow._fields]
    return select(*columns).where(each.c.nth == 1).subquery()


def _may_be_picked() -> ColumnElement[bool]:
    return and_(Player.is_bot.is_(False), Player.erased_number.is_(None))
