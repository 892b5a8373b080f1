"""The awards that were given."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.people.shown import PUBLIC, Viewer, is_unseen, shown_name
from gitleague.tables.awards import Award, AwardKind
from gitleague.tables.commits import Identity, Player


class AwardRow(NamedTuple):
    id: uuid.UUID
    kind: str
    first: date
    last: date
    season_id: uuid.UUID | None
    player_id: uuid.UUID
    player_name: str
    score: int
    working: dict[str, Any]
    sha: str | None
    given_at: datetime


class Told(NamedTuple):
    """A player that a working names."""

    player_id: uuid.UUID
    name: str


class Which(NamedTuple):
    """Which awards; None: all."""

    kind: AwardKind | None = None
    season_id: uuid.UUID | None = None
    player_id: uuid.UUID | None = None
    sha: str | None = None

    def conditions(self, project_id: uuid.UUID) -> list[ColumnElement[bool]]:
        asked = {
            Award.kind: self.kind and self.kind.value,
            Award.season_id: self.season_id,
            Player.id: self.player_id,
            Award.sha: self.sha,
        }
        held = [column == value for column, value in asked.items() if value is not None]
        return [Award.project_id == project_id, *held]


EVERY = Which()


def list_awards(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    which: Which = EVERY,
    viewer: Viewer = PUBLIC,
) -> tuple[list[AwardRow], int]:
    """The newest first, and of the same days the longest period first."""
    rows = session.execute(*_page(project_id, which, viewer, paging.limit, paging.offset)).all()
    told = _told(session, project_id, rows, viewer)
    total = session.scalar(*_count(project_id, which)) or 0
    return [_shown(row, told) for row in rows], total


_WON = and_(Identity.project_id == Award.project_id, Identity.id == Award.identity_id)
_PLAYS = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)


@prepared
def _page(
    project_id: uuid.UUID, which: Which, viewer: Viewer, limit: int, offset: int
) -> Select[Any]:
    columns = (
        *(Award.id, Award.kind, Award.first, Award.last, Award.season_id),
        *(Player.id, shown_name(viewer).label("player_name")),
        *(Award.score, Award.working, Award.sha, Award.given_at),
        is_unseen(viewer).label("is_unseen"),
    )
    return (
        select(*columns)
        .join(Identity, _WON)
        .join(Player, _PLAYS)
        .where(*which.conditions(project_id))
        .order_by(Award.last.desc(), Award.first, Award.kind)
        .limit(limit)
        .offset(offset)
    )


@prepared
def _count(project_id: uuid.UUID, which: Which) -> Select[tuple[int]]:
    awards = select(func.count()).select_from(Award).join(Identity, _WON).join(Player, _PLAYS)
    return awards.where(*which.conditions(project_id))


def _told(
    session: Session, project_id: uuid.UUID, rows: Sequence[Row[Any]], viewer: Viewer
) -> dict[str, Told]:
    """Who the identities are that workings name: those passed by, and the runners-up."""
    named = {uuid.UUID(each) for row in rows for each in _identities_in(row.working)}
    if not named:
        return {}
    found = session.execute(*_players(project_id, list(named), viewer))
    return {str(identity): Told(player_id, name) for identity, player_id, name in found}


@prepared
def _players(project_id: uuid.UUID, identities: list[uuid.UUID], viewer: Viewer) -> Select[Any]:
    return (
        select(Identity.id, Player.id, shown_name(viewer))
        .join(Player, _PLAYS)
        .where(Identity.project_id == project_id, Identity.id.in_(identities))
    )


def _identities_in(working: dict[str, Any]) -> Iterator[str]:
    yield from working.get("passed_by", ())
    if working.get("runner_up"):
        yield working["runner_up"]["identity"]


def _shown(row: Row[Any], told: dict[str, Told]) -> AwardRow:
    """By names; without the commit of a winner who is not shown."""
    *columns, is_unseen = row
    award = AwardRow(*columns)
    working = dict(award.working)
    if "passed_by" in working:
        names = [told[each].name for each in working["passed_by"] if each in told]
        working["passed_by"] = list(dict.fromkeys(names))  # of who was joined since, once
    if "runner_up" in working:
        working["runner_up"] = _runner_up(award, told)
    if not is_unseen:
        return award._replace(working=working)
    working.pop("title", None)
    return award._replace(working=working, sha=None)


def _runner_up(award: AwardRow, told: dict[str, Told]) -> dict[str, Any] | None:
    """Nobody where they were joined with the winner since: only a play can be one's own next."""
    kept = award.working["runner_up"]
    player = told.get(kept["identity"]) if kept else None
    if player is None or (player.player_id == award.player_id and award.sha is None):
        return None
    return {"player": {"id": str(player.player_id), "name": player.name}, "score": kept["score"]}
