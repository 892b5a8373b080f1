"""What a league has under some words: players, squads, seasons, commits and awards."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from gitleague.core.texts import holds
from gitleague.league.awards.names import name_of
from gitleague.league.people.shown import PUBLIC, Viewer, is_somebody, is_unseen, shown_name
from gitleague.league.play.one import SHA_BEGINS, starts
from gitleague.tables.awards import Award, AwardKind
from gitleague.tables.commits import CommitRow, Identity, Player
from gitleague.tables.seasons import Season, SeasonState
from gitleague.tables.squads import Squad


class PlayerFound(NamedTuple):
    id: uuid.UUID
    name: str
    is_bot: bool


class NameFound(NamedTuple):
    id: uuid.UUID
    name: str


class CommitFound(NamedTuple):
    sha: str
    title: str
    day: date
    player_id: uuid.UUID
    player_name: str


class AwardFound(NamedTuple):
    id: uuid.UUID
    kind: str
    first: date
    last: date
    player_id: uuid.UUID
    player_name: str


class Found(NamedTuple):
    """At most as many of each as were asked for, the nearest first."""

    players: list[PlayerFound]
    squads: list[NameFound]
    seasons: list[NameFound]
    commits: list[CommitFound]
    awards: list[AwardFound]

    def __bool__(self) -> bool:
        return any(self)


NOTHING = Found([], [], [], [], [])


def search(
    session: Session, project_id: uuid.UUID, words: str, *, limit: int, viewer: Viewer = PUBLIC
) -> Found:
    """Names and titles that hold the words, and commits whose sha begins like them."""
    q = " ".join(words.split())
    if not q:
        return NOTHING
    return Found(
        _players(session, project_id, q, limit, viewer),
        _squads(session, project_id, q, limit),
        _seasons(session, project_id, q, limit),
        _commits(session, project_id, q, limit, viewer),
        _awards(session, project_id, q, limit, viewer),
    )


def _players(
    session: Session, project_id: uuid.UUID, q: str, limit: int, viewer: Viewer
) -> list[PlayerFound]:
    """By the name that the viewer sees: nobody is found by one that is not shown."""
    name = shown_name(viewer)
    rows = session.execute(
        select(Player.id, name.label("name"), Player.is_bot)
        .where(Player.project_id == project_id, is_somebody(), holds(name, q))
        .order_by(Player.is_bot, func.length(name), "name", Player.id)
        .limit(limit)
    )
    return [PlayerFound(*row) for row in rows]


def _squads(session: Session, project_id: uuid.UUID, q: str, limit: int) -> list[NameFound]:
    rows = session.execute(
        select(Squad.id, Squad.name)
        .where(Squad.project_id == project_id, holds(Squad.name, q))
        .order_by(Squad.name, Squad.id)
        .limit(limit)
    )
    return [NameFound(*row) for row in rows]


def _seasons(session: Session, project_id: uuid.UUID, q: str, limit: int) -> list[NameFound]:
    rows = session.execute(
        select(Season.id, Season.name)
        .where(
            Season.project_id == project_id,
            Season.state != SeasonState.DRAFT.value,
            holds(Season.name, q),
        )
        .order_by(Season.first.desc(), Season.id)
        .limit(limit)
    )
    return [NameFound(*row) for row in rows]


def _commits(
    session: Session, project_id: uuid.UUID, q: str, limit: int, viewer: Viewer
) -> list[CommitFound]:
    """The newest first; each once, however many repositories hold it."""
    matches = holds(CommitRow.message_title, q)
    if SHA_BEGINS.fullmatch(q.lower()):
        matches = or_(matches, starts(q.lower()))
    author, player = _of(CommitRow.author_id, CommitRow.project_id)
    rows = session.execute(
        select(
            *(CommitRow.sha, CommitRow.message_title, CommitRow.day),
            *(Player.id, shown_name(viewer)),
        )
        .join(Identity, author)
        .join(Player, player)
        .where(CommitRow.project_id == project_id, CommitRow.counts, matches, ~is_unseen(viewer))
        .order_by(CommitRow.day.desc(), CommitRow.commit_date.desc(), CommitRow.sha)
        .limit(limit)
    )
    return [CommitFound(*row) for row in rows]


def _awards(
    session: Session, project_id: uuid.UUID, q: str, limit: int, viewer: Viewer
) -> list[AwardFound]:
    """By what they are called or who won them."""
    kinds = [kind.value for kind in AwardKind if q.lower() in name_of(kind.value).lower()]
    winner, player = _of(Award.identity_id, Award.project_id)
    name = shown_name(viewer)
    rows = session.execute(
        select(Award.id, Award.kind, Award.first, Award.last, Player.id, name)
        .join(Identity, winner)
        .join(Player, player)
        .where(Award.project_id == project_id, or_(Award.kind.in_(kinds), holds(name, q)))
        .order_by(Award.last.desc(), Award.first, Award.kind)
        .limit(limit)
    )
    return [AwardFound(*row) for row in rows]


def _of(identity: Any, project: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        and_(Identity.project_id == project, Identity.id == identity),
        and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id),
    )
