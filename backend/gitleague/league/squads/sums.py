"""What players did for squads: the numbers of those days on which they played for one.

Whole months of a stint come from the totals of months; the days at both of its ends, and of months
that are stale, from the totals of days and the box scores. Each day comes from one of the three.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    cast,
    distinct,
    exists,
    func,
    select,
    union_all,
)

from gitleague.core.sets import Unindexed
from gitleague.league.totals import Piece, Plan, Source, totals_in
from gitleague.scoring.totals import Span
from gitleague.tables.commits import Identity
from gitleague.tables.scores import BoxScore, PlayerTotal
from gitleague.tables.squads import Stint


class _Asked(NamedTuple):
    of: Plan
    names: Sequence[str]
    squad_id: uuid.UUID | None
    players: Collection[uuid.UUID] | None


def squad_sums(
    of: Plan,
    names: Sequence[str],
    *,
    squad_id: uuid.UUID | None = None,
    players: Collection[uuid.UUID] | None = None,
) -> Subquery:
    """A row for each player and squad: `player_id`, `squad_id` and the `names` of `Numbers`."""
    asked = _Asked(of, names, squad_id, players)
    parts = [part for piece in of.pieces for part in _parts(asked, piece)]
    each = union_all(*parts).subquery()
    keys = (each.c.player_id, each.c.squad_id)
    sums = [_whole(each.c[name]).label(name) for name in names]
    return select(*keys, *sums).group_by(*keys).subquery()


def played_for(project_id: uuid.UUID, squad_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a box score, beside its identity, is of a day on which the squad had the player."""
    return exists().where(
        Stint.project_id == project_id,
        Stint.squad_id == squad_id,
        Stint.player_id == Identity.player_id,
        _in_stint(BoxScore.day),
    )


def _parts(asked: _Asked, piece: Piece) -> list[Select[Any]]:
    if piece.source is Source.BOX_SCORES:
        return [_from_box_scores(asked, piece, _in_stint(BoxScore.day))]
    if piece.source is Source.DAYS:
        return [_from_totals(asked, piece, Span.DAY, _in_stint(PlayerTotal.first))]
    whole = and_(PlayerTotal.first >= Stint.months_from, PlayerTotal.first < Stint.months_until)
    parts = [_from_totals(asked, piece, Span.MONTH, whole)]
    # Two selects and no OR, so that each is one stretch of an index.
    for ends in (_head, _tail):
        if asked.of.repo_id is not None:  # a day's totals are those of all repos together
            parts.append(_from_box_scores(asked, piece, ends(BoxScore.day)))
        else:
            parts.append(_from_totals(asked, piece, Span.DAY, ends(PlayerTotal.first)))
    return parts


def _in_stint(day: Any) -> ColumnElement[bool]:
    return and_(day >= Stint.first, day <= Stint.last)


def _head(day: Any) -> ColumnElement[bool]:
    """Before its first whole month."""
    return and_(day >= Stint.first, Unindexed(day) <= Stint.last, day < Stint.months_from)


def _tail(day: Any) -> ColumnElement[bool]:
    """After its last one, or where there is none, from the first of a month on."""
    return and_(Unindexed(day) >= Stint.months_from, day >= Stint.months_until, day <= Stint.last)


def _from_totals(asked: _Asked, piece: Piece, span: Span, days: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            PlayerTotal.player_id,
            Stint.squad_id,
            *(_whole(getattr(PlayerTotal, name)).label(name) for name in asked.names),
        )
        .join(Stint, _plays(PlayerTotal.player_id, PlayerTotal.project_id))
        .where(
            PlayerTotal.project_id == asked.of.project_id,
            # From the stints to the totals of their days alone, by the index over players.
            Unindexed(PlayerTotal.rules_version) == asked.of.version,
            PlayerTotal.span == span.value,
            *totals_in(asked.of.repo_id),
            Unindexed(PlayerTotal.first).between(piece.first, piece.last),
            days,
            *_touching(asked, piece),
        )
        .group_by(PlayerTotal.player_id, Stint.squad_id)
    )


def _from_box_scores(asked: _Asked, piece: Piece, days: ColumnElement[bool]) -> Select[Any]:
    owner = and_(Identity.project_id == BoxScore.project_id, Identity.id == BoxScore.identity_id)
    one_repo = [] if asked.of.repo_id is None else [BoxScore.repo_id == asked.of.repo_id]
    return (
        select(
            Identity.player_id,
            Stint.squad_id,
            *(_of_one(name).label(name) for name in asked.names),
        )
        .select_from(BoxScore)
        .join(Identity, owner)
        .join(Stint, _plays(Identity.player_id, Identity.project_id))
        .where(
            BoxScore.project_id == asked.of.project_id,
            BoxScore.rules_version == asked.of.version,
            BoxScore.day.between(piece.first, piece.last),
            days,
            *one_repo,
            *_touching(asked, piece),
        )
        .group_by(Identity.player_id, Stint.squad_id)
    )


def _touching(asked: _Asked, piece: Piece) -> list[ColumnElement[bool]]:
    """The stints that have any of these days."""
    chosen = [Stint.project_id == asked.of.project_id]
    if asked.squad_id is not None:
        chosen.append(Stint.squad_id == asked.squad_id)
    if asked.players is not None:
        chosen.append(Stint.player_id.in_(asked.players))
    return [*chosen, Stint.first <= piece.last, Stint.last >= piece.first]


def _of_one(name: str) -> ColumnElement[int]:
    if name == "active_days":
        return func.count(distinct(BoxScore.day))
    return _whole(getattr(BoxScore, name))


def _plays(player_id: Any, project_id: Any) -> ColumnElement[bool]:
    return and_(Stint.project_id == project_id, Stint.player_id == player_id)


def _whole(column: Any) -> ColumnElement[int]:
    # PostgreSQL makes a numeric of a sum of bigint, and nothing here is that large.
    return cast(func.sum(column), BigInteger)
