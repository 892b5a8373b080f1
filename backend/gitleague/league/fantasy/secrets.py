"""Which picks may be told, beyond the routes of the game: until the lock nobody's but one's own."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import Session

from gitleague.league.fantasy.leagues import all_fantasies
from gitleague.tables.fantasy import FantasyPick, FantasyTeam


def picked_by(project_id: uuid.UUID, users: Collection[uuid.UUID]) -> ColumnElement[bool]:
    """Whether a pick is of one of these members."""
    return exists().where(
        FantasyTeam.project_id == project_id,
        FantasyTeam.id == FantasyPick.team_id,
        FantasyTeam.user_id.in_(users),
    )


def told_to(
    session: Session, project_id: uuid.UUID, users: Collection[uuid.UUID]
) -> ColumnElement[bool]:
    """Whether a pick is public, or of one of these members, who ask."""
    secret = [each.id for each in all_fantasies(session, project_id) if not each.is_public]
    return or_(FantasyPick.fantasy_id.not_in(secret), picked_by(project_id, users))
