"""What was played in a window, summed up: from whole months and days where their totals hold, and
from the box scores where they do not. Each day comes from one of the three.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import date
from enum import Enum
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    cast,
    distinct,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from gitleague.league.periods import DAY, Window
from gitleague.league.stats import Numbers
from gitleague.scoring.totals import ALL_REPOS, SUMS, Span, end_of, month_of
from gitleague.tables.commits import Identity
from gitleague.tables.projects import Project
from gitleague.tables.scores import BoxScore, PlayerTotal, StaleMonth


class Ledger(NamedTuple):
    """Which version of the box scores a window is made of, and for which months they are needed."""

    project_id: uuid.UUID
    version: int
    stale: frozenset[date]


class By(Enum):
    """What the sums are made for each of; a day is one of a player's."""

    PLAYER = ("player_id",)
    REPO = ("player_id", "repo_id")
    DAY = ("player_id", "day")


class Source(Enum):
    MONTHS = "months"
    DAYS = "days"
    BOX_SCORES = "box scores"


class Piece(NamedTuple):
    source: Source
    first: date
    last: date


def ledger(session: Session, project_id: uuid.UUID, version: int | None = None) -> Ledger:
    """Of the version in force where none is given."""
    shown = Project.rules_version if version is None else version
    rows = session.execute(
        select(Project.rules_version, StaleMonth.month)
        .outerjoin(
            StaleMonth,
            and_(StaleMonth.project_id == Project.id, StaleMonth.rules_version == shown),
        )
        .where(Project.id == project_id)
    ).all()
    in_force = int(rows[0][0])
    stale = frozenset(month for _, month in rows if month)
    return Ledger(project_id, in_force if version is None else version, stale)


def ledger_of(session: Session, project_id: uuid.UUID, window: Window) -> Ledger:
    return ledger(session, project_id, window.version)


def totals(
    of: Ledger,
    first: date,
    last: date,
    *,
    by: By = By.PLAYER,
    repo_id: uuid.UUID | None = None,
    players: Collection[uuid.UUID] | None = None,
) -> Subquery:
    """The columns of `by`, then those of `Numbers`, from the day `first` to the day `last`."""
    parts = [
        _part(of, piece, by, repo_id, players)
        for piece in pieces(of.stale, first, last, by=by, one_repo=repo_id is not None)
    ]
    if len(parts) == 1:
        return parts[0].subquery()
    each = union_all(*parts).subquery()
    keys = [each.c[name] for name in by.value]
    sums = [_whole(each.c[name]).label(name) for name in Numbers._fields]
    return select(*keys, *sums).group_by(*keys).subquery()


def pieces(
    stale: frozenset[date], first: date, last: date, *, by: By, one_repo: bool = False
) -> list[Piece]:
    """The days from `first` to `last`, cut where their source changes. At least one piece."""
    # A day's totals are those of all repos together.
    rest = Source.BOX_SCORES if one_repo or by is By.REPO else Source.DAYS
    whole = rest if by is By.DAY else Source.MONTHS
    found = [
        Piece(Source.BOX_SCORES if month_of(piece.first) in stale else piece.source, *piece[1:])
        for piece in _months(stale, first, last, whole, rest)
    ]
    if not found:  # a window without a day
        return [Piece(Source.BOX_SCORES, first, last)]
    return [
        Piece(source, run[0].first, run[-1].last)
        for source, pieces_of in groupby(found, key=lambda piece: piece.source)
        for run in [list(pieces_of)]
    ]


def _months(
    stale: frozenset[date], first: date, last: date, whole: Source, rest: Source
) -> Iterator[Piece]:
    """In order: the months at both ends, those that are stale, and what lies between."""
    inner = (month for month in stale if first <= month and end_of(month) <= last)
    here = first
    for month in sorted({month_of(first), month_of(last), *inner}):
        begin, end = max(month, first), min(end_of(month), last)
        if begin > end:
            continue
        if here < begin:
            yield Piece(whole, here, begin - DAY)
        is_whole = (begin, end) == (month, end_of(month))
        yield Piece(whole if is_whole else rest, begin, end)
        here = min(end, date.max - DAY) + DAY


def _part(
    of: Ledger,
    piece: Piece,
    by: By,
    repo_id: uuid.UUID | None,
    players: Collection[uuid.UUID] | None,
) -> Select[Any]:
    if piece.source is Source.BOX_SCORES:
        return _of_box_scores(of, piece, by, repo_id, players)
    span = Span.MONTH if piece.source is Source.MONTHS else Span.DAY
    chosen: list[ColumnElement[bool]] = [
        PlayerTotal.span == span.value,
        PlayerTotal.first.between(piece.first, piece.last),
    ]
    if by is By.REPO and repo_id is None:
        chosen.append(PlayerTotal.repo_id != ALL_REPOS)
    else:
        chosen.append(PlayerTotal.repo_id == (repo_id or ALL_REPOS))
    if players is not None:
        chosen.append(PlayerTotal.player_id.in_(players))
    key = {
        "player_id": PlayerTotal.player_id,
        "repo_id": PlayerTotal.repo_id,
        "day": PlayerTotal.first,
    }
    keys = [key[name] for name in by.value]
    return (
        select(
            *(key[name].label(name) for name in by.value),
            *(_whole(getattr(PlayerTotal, name)).label(name) for name in Numbers._fields),
        )
        .where(
            PlayerTotal.project_id == of.project_id,
            PlayerTotal.rules_version == of.version,
            *chosen,
        )
        .group_by(*keys)
    )


def _of_box_scores(
    of: Ledger,
    piece: Piece,
    by: By,
    repo_id: uuid.UUID | None,
    players: Collection[uuid.UUID] | None,
) -> Select[Any]:
    chosen: list[ColumnElement[bool]] = [BoxScore.day.between(piece.first, piece.last)]
    if repo_id is not None:
        chosen.append(BoxScore.repo_id == repo_id)
    if players is not None:
        chosen.append(Identity.player_id.in_(players))
    key = {
        "player_id": Identity.player_id,
        "repo_id": BoxScore.repo_id,
        "day": BoxScore.day,
    }
    keys = [key[name] for name in by.value]
    return (
        select(
            *(key[name].label(name) for name in by.value),
            *(_whole(getattr(BoxScore, name)).label(name) for name in SUMS),
            func.count(distinct(BoxScore.day)).label("active_days"),
        )
        .join(
            Identity,
            and_(Identity.project_id == BoxScore.project_id, Identity.id == BoxScore.identity_id),
        )
        .where(
            BoxScore.project_id == of.project_id,
            BoxScore.rules_version == of.version,
            *chosen,
        )
        .group_by(*keys)
    )


def _whole(column: Any) -> ColumnElement[int]:
    # PostgreSQL makes a numeric of a sum of bigint, and nothing here is that large.
    return cast(func.sum(column), BigInteger)
