"""The awards that were given."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
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
    wanted = which.conditions(project_id)
    won = and_(Identity.project_id == Award.project_id, Identity.id == Award.identity_id)
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    columns = (
        *(Award.id, Award.kind, Award.first, Award.last, Award.season_id),
        *(Player.id, shown_name(viewer).label("player_name")),
        *(Award.score, Award.working, Award.sha, Award.given_at),
        is_unseen(viewer).label("is_unseen"),
    )
    rows = session.execute(
        select(*columns)
        .join(Identity, won)
        .join(Player, plays)
        .where(*wanted)
        .order_by(Award.last.desc(), Award.first, Award.kind)
        .limit(paging.limit)
        .offset(paging.offset)
    ).all()
    names = _names(session, project_id, rows, viewer)
    counted = select(func.count()).select_from(Award).join(Identity, won).join(Player, plays)
    total = session.scalar(counted.where(*wanted)) or 0
    return [_shown(row, names) for row in rows], total


def _names(
    session: Session, project_id: uuid.UUID, rows: Sequence[Row[Any]], viewer: Viewer
) -> dict[str, str]:
    """Of those who were passed by, who are kept as identities."""
    told = {uuid.UUID(each) for row in rows for each in row.working.get("passed_by", [])}
    if not told:
        return {}
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    found = session.execute(
        select(Identity.id, shown_name(viewer))
        .join(Player, plays)
        .where(Identity.project_id == project_id, Identity.id.in_(told))
    )
    return {str(identity): name for identity, name in found}


def _shown(row: Row[Any], names: dict[str, str]) -> AwardRow:
    """By names; without the commit of a winner who is not shown."""
    *columns, is_unseen = row
    award = AwardRow(*columns)
    working = dict(award.working)
    if "passed_by" in working:
        told = [names[each] for each in working["passed_by"] if each in names]
        working["passed_by"] = list(dict.fromkeys(told))  # of who was joined since, once
    if not is_unseen:
        return award._replace(working=working)
    working.pop("title", None)
    return award._replace(working=working, sha=None)
