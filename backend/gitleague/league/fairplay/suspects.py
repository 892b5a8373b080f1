"""Commits that a rule looks at, and what it says of some of them."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from gitleague_client.rules.classify import Flag
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    and_,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from gitleague.core.sets import is_sqlite
from gitleague.league.fairplay.settings import Limits, RefereeSettings
from gitleague.tables.commits import CommitRow, Identity, Player
from gitleague.tables.fairplay import FairPlayRule, RulingCommit
from gitleague.tables.projects import Repo

MINUTE, A_DAY = 60, 86_400  # seconds


class Look(NamedTuple):
    """What is looked at: the commits received since then, and those of the same days."""

    project_id: uuid.UUID
    since: datetime | None  # None: everything
    settings: RefereeSettings


class Suspect(NamedTuple):
    sha: str
    repo_id: uuid.UUID
    identity_id: uuid.UUID
    player_id: uuid.UUID
    day: date
    at: datetime
    author_date: datetime | None
    commit_date: datetime
    received_at: datetime
    additions: int
    deletions: int
    excluded_additions: int
    files_changed: int
    title: str

    @property
    def lines(self) -> int:
        return self.additions + self.deletions


class Named(NamedTuple):
    """A commit as a flag names it."""

    sha: str
    is_penalized: bool
    evidence: dict[str, Any]


class Flagged(NamedTuple):
    rule: FairPlayRule
    identity_id: uuid.UUID
    day: date
    figures: dict[str, Any]
    commits: list[Named]


def suspects(look: Look, rule: FairPlayRule, *more: ColumnElement[bool]) -> Select[Any]:
    """The columns of `Suspect`: what counts, is of a person and was never named by the rule."""
    at = func.coalesce(
        CommitRow.author_date, CommitRow.commit_date, type_=CommitRow.commit_date.type
    )
    conditions: list[ColumnElement[bool]] = [
        CommitRow.counts.is_(True),
        CommitRow.flags.bitwise_and(int(Flag.MERGE)) == 0,
        CommitRow.change_key.not_in(_named(look.project_id, rule)),
        Player.is_bot.is_(False),
        *more,
    ]
    if look.settings.since:
        conditions.append(CommitRow.day >= look.settings.since)
    else:
        conditions.append(CommitRow.commit_date >= _joined(look.project_id))
    wrote = and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id)
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    return (
        select(
            CommitRow.sha,
            CommitRow.repo_id,
            CommitRow.author_id.label("identity_id"),
            Identity.player_id,
            CommitRow.day,
            at.label("at"),
            CommitRow.author_date,
            CommitRow.commit_date,
            CommitRow.received_at,
            CommitRow.additions,
            CommitRow.deletions,
            CommitRow.excluded_additions,
            CommitRow.files_changed,
            CommitRow.message_title.label("title"),
        )
        .join(Identity, wrote)
        .join(Player, plays)
        .where(CommitRow.project_id == look.project_id, *conditions)
    )


def fresh_days(
    session: Session, look: Look, *, beside: Collection[int] = ()
) -> list[ColumnElement[bool]]:
    """Of the days of which something came, and of those so many days after them."""
    if look.since is None:
        return []
    fresh = aliased(CommitRow)
    came = select(fresh.day).where(
        fresh.project_id == look.project_id, fresh.received_at >= look.since
    )
    others = [came.with_only_columns(_days_after(session, fresh.day, days)) for days in beside]
    return [or_(*(CommitRow.day.in_(days) for days in (came, *others)))]


def fresh_commits(look: Look) -> list[ColumnElement[bool]]:
    return [] if look.since is None else [CommitRow.received_at >= look.since]


def found(session: Session, wanted: Select[Any]) -> list[Suspect]:
    """In the order in which they were written, the same on every database."""
    rows = [Suspect(*row) for row in session.execute(wanted)]
    return sorted(rows, key=lambda row: (row.at, row.sha))


def seconds(
    session: Session, moment: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> ColumnElement[int]:
    """Since 1970, whole."""
    if is_sqlite(session):
        return cast(func.strftime("%s", moment), BigInteger)
    return cast(func.floor(func.extract("epoch", moment)), BigInteger)


def _days_after(
    session: Session, day: InstrumentedAttribute[date], days: int
) -> ColumnElement[date]:
    if is_sqlite(session):
        return func.date(day, f"{days} days", type_=Date())
    return cast(day + days, Date)


def figures(limits: Limits, **counted: Any) -> dict[str, Any]:
    """What was counted, beside the limits that it went past."""
    return {**counted, "limits": limits.model_dump(mode="json", exclude={"enabled"})}


def _joined(project_id: uuid.UUID) -> ScalarSelect[datetime]:
    """When the repository of a commit joined the league: what is older was not played in it."""
    repo = select(Repo.created_at).where(
        Repo.project_id == project_id, Repo.id == CommitRow.repo_id
    )
    return repo.scalar_subquery()


def _named(project_id: uuid.UUID, rule: FairPlayRule) -> Select[tuple[str]]:
    """By their change: a commit that was rebased since is no other one."""
    known = aliased(CommitRow)
    return (
        select(known.change_key)
        .join(
            RulingCommit,
            and_(RulingCommit.project_id == known.project_id, RulingCommit.sha == known.sha),
        )
        .where(known.project_id == project_id, RulingCommit.rule == rule.value)
    )
