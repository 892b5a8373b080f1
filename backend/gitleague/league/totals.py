"""What was played in a window, summed up: from whole years, months and days where their totals
hold, and from the box scores where they do not. Each day comes from one of the four.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
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

from gitleague.core.db import seen
from gitleague.core.prepared import prepared
from gitleague.league.periods import DAY, Window
from gitleague.league.stats import Numbers
from gitleague.scoring.totals import ALL_REPOS, Span, end_of, month_of
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
    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    BOX_SCORES = "box scores"


SPANS = {Source.YEARS: Span.YEAR, Source.MONTHS: Span.MONTH, Source.DAYS: Span.DAY}


class Piece(NamedTuple):
    source: Source
    first: date
    last: date


class Plan(NamedTuple):
    """Of what the sums of some days are made: of values, or of the parameters for them."""

    project_id: uuid.UUID
    version: int
    pieces: tuple[Piece, ...]
    by: By
    repo_id: uuid.UUID | None


def ledger(session: Session, project_id: uuid.UUID, version: int | None = None) -> Ledger:
    """Of the version in force where none is given. A page asks for it in each of its parts."""
    known, key = seen(session), (Ledger, project_id, version)
    if key not in known:
        rows = session.execute(*_ledger(project_id, version)).all()
        in_force = int(rows[0][0])
        stale = frozenset(month for _, month in rows if month)
        known[key] = Ledger(project_id, in_force if version is None else version, stale)
    found: Ledger = known[key]
    return found


@prepared
def _ledger(project_id: uuid.UUID, version: int | None) -> Select[Any]:
    shown = Project.rules_version if version is None else version
    return (
        select(Project.rules_version, StaleMonth.month)
        .outerjoin(
            StaleMonth,
            and_(StaleMonth.project_id == Project.id, StaleMonth.rules_version == shown),
        )
        .where(Project.id == project_id)
    )


def ledger_of(session: Session, in_force: Ledger, window: Window) -> Ledger:
    """A closed season has its own version; all other windows are made of the one in force."""
    if window.version in (None, in_force.version):
        return in_force
    return ledger(session, in_force.project_id, window.version)


def plan(
    of: Ledger,
    first: date,
    last: date,
    *,
    by: By = By.PLAYER,
    repo_id: uuid.UUID | None = None,
) -> Plan:
    """For the days from `first` to `last`."""
    found = pieces(of.stale, first, last, by=by, one_repo=repo_id is not None)
    return Plan(of.project_id, of.version, tuple(found), by, repo_id)


def totals(
    of: Ledger,
    first: date,
    last: date,
    *,
    by: By = By.PLAYER,
    repo_id: uuid.UUID | None = None,
    players: Collection[uuid.UUID] | None = None,
    names: Sequence[str] = Numbers._fields,
) -> Subquery:
    """As `sums_of`, from `first` to `last`."""
    return sums_of(plan(of, first, last, by=by, repo_id=repo_id), players=players, names=names)


def sums_of(
    planned: Plan,
    *,
    players: Collection[uuid.UUID] | None = None,
    names: Sequence[str] = Numbers._fields,
) -> Subquery:
    """The columns that they are made by, then the `names` of `Numbers`."""
    parts = [_part(planned, piece, names, players) for piece in planned.pieces]
    if len(parts) == 1:
        return parts[0].subquery()
    each = union_all(*parts).subquery()
    keys = [each.c[name] for name in planned.by.value]
    sums = [_whole(each.c[name]).label(name) for name in names]
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
    runs = [
        Piece(source, run[0].first, run[-1].last)
        for source, pieces_of in groupby(found, key=lambda piece: piece.source)
        for run in [list(pieces_of)]
    ]
    return [piece for run in runs for piece in _years(run)]


def _years(run: Piece) -> Iterator[Piece]:
    """The run of whole months with its whole years set apart; any other run as it is."""
    first, last = run.first.year + (run.first.month > 1), run.last.year - (run.last.month < 12)
    if run.source is not Source.MONTHS or first > last:
        yield run
        return
    begin, end = date(first, 1, 1), date(last, 12, 31)
    if run.first < begin:
        yield Piece(Source.MONTHS, run.first, begin - DAY)
    yield Piece(Source.YEARS, begin, end)
    if end < run.last:
        yield Piece(Source.MONTHS, end + DAY, run.last)


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
    of: Plan, piece: Piece, names: Sequence[str], players: Collection[uuid.UUID] | None
) -> Select[Any]:
    if piece.source is Source.BOX_SCORES:
        return _of_box_scores(of, piece, names, players)
    key = {
        "player_id": PlayerTotal.player_id,
        "repo_id": PlayerTotal.repo_id,
        "day": PlayerTotal.first,
    }
    if of.by is By.REPO and of.repo_id is None:
        only = [PlayerTotal.repo_id != ALL_REPOS]
    else:
        only = totals_in(of.repo_id)
    if players is not None:
        only.append(PlayerTotal.player_id.in_(players))
    return (
        select(
            *(key[name].label(name) for name in of.by.value),
            *(_whole(getattr(PlayerTotal, name)).label(name) for name in names),
        )
        .where(
            PlayerTotal.project_id == of.project_id,
            PlayerTotal.rules_version == of.version,
            PlayerTotal.span == SPANS[piece.source].value,
            PlayerTotal.first.between(piece.first, piece.last),
            *only,
        )
        .group_by(*(key[name] for name in of.by.value))
    )


def _of_box_scores(
    of: Plan, piece: Piece, names: Sequence[str], players: Collection[uuid.UUID] | None
) -> Select[Any]:
    key = {
        "player_id": Identity.player_id,
        "repo_id": BoxScore.repo_id,
        "day": BoxScore.day,
    }
    only: list[ColumnElement[bool]] = []
    if of.repo_id is not None:
        only.append(BoxScore.repo_id == of.repo_id)
    if players is not None:
        only.append(Identity.player_id.in_(players))
    return (
        select(
            *(key[name].label(name) for name in of.by.value),
            *(_of_one(name).label(name) for name in names),
        )
        .join(
            Identity,
            and_(Identity.project_id == BoxScore.project_id, Identity.id == BoxScore.identity_id),
        )
        .where(
            BoxScore.project_id == of.project_id,
            BoxScore.rules_version == of.version,
            BoxScore.day.between(piece.first, piece.last),
            *only,
        )
        .group_by(*(key[name] for name in of.by.value))
    )


def totals_in(repo_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    """Of one repo, or of all together, whose id opens nothing when it is asked for."""
    if repo_id is None:
        return [PlayerTotal.repo_id == ALL_REPOS]
    return [PlayerTotal.repo_id == repo_id, PlayerTotal.repo_id != ALL_REPOS]


def _of_one(name: str) -> ColumnElement[int]:
    return (
        func.count(distinct(BoxScore.day))
        if name == "active_days"
        else _whole(getattr(BoxScore, name))
    )


def _whole(column: Any) -> ColumnElement[int]:
    # PostgreSQL makes a numeric of a sum of bigint, and nothing here is that large.
    return cast(func.sum(column), BigInteger)
