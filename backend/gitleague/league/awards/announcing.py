"""Who listens is told of awards."""

import uuid
from collections.abc import Collection

from gitleague_client.rules.score import IMPACT_UNIT
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from gitleague.league.people.telling import kept
from gitleague.projects.happenings import tell
from gitleague.tables.awards import Award
from gitleague.tables.commits import Identity
from gitleague.tables.outside import Event


def announce(session: Session, project_id: uuid.UUID, awards: Collection[Award]) -> None:
    """One event for each. Only under the league's lock."""
    if not awards:
        return
    session.flush()  # their winners are joined by the database
    won = and_(Identity.project_id == Award.project_id, Identity.id == Award.identity_id)
    rows = session.execute(
        select(Award, Identity.player_id)
        .join(Identity, won)
        .where(Award.project_id == project_id, Award.id.in_([award.id for award in awards]))
        .order_by(Award.last, Award.first.desc(), Award.kind)
    )
    told = [
        {
            "award": {
                "id": str(award.id),
                "kind": award.kind,
                "first": str(award.first),
                "last": str(award.last),
                "player": kept(player_id, award.identity_id),
                "score": award.score / IMPACT_UNIT,
                "sha": award.sha,
            }
        }
        for award, player_id in rows
    ]
    tell(session, project_id, Event.AWARD_GIVEN, *told)
