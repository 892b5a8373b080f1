"""The awards that were given."""

import uuid
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
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


def list_awards(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    *,
    kind: AwardKind | None = None,
    season_id: uuid.UUID | None = None,
    player_id: uuid.UUID | None = None,
) -> tuple[list[AwardRow], int]:
    """The newest first, and of the same days the longest period first."""
    wanted = [Award.project_id == project_id]
    if kind:
        wanted.append(Award.kind == kind.value)
    if season_id:
        wanted.append(Award.season_id == season_id)
    if player_id:
        wanted.append(Player.id == player_id)
    won = and_(Identity.project_id == Award.project_id, Identity.id == Award.identity_id)
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    columns = (
        *(Award.id, Award.kind, Award.first, Award.last, Award.season_id),
        *(Player.id, Player.name, Award.score, Award.working, Award.sha, Award.given_at),
    )
    rows = session.execute(
        select(*columns)
        .join(Identity, won)
        .join(Player, plays)
        .where(*wanted)
        .order_by(Award.last.desc(), Award.first, Award.kind)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    counted = select(func.count()).select_from(Award).join(Identity, won).join(Player, plays)
    total = session.scalar(counted.where(*wanted)) or 0
    return [AwardRow(*row) for row in rows], total
