"""Who listens is told of awards."""

import uuid
from collections.abc import Collection

from gitleague_client.rules.score import IMPACT_UNIT
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from gitleague.league.people.shown import is_unseen, shown_name
from gitleague.projects.happenings import tell
from gitleague.tables.awards import Award
from gitleague.tables.commits import Identity, Player
from gitleague.tables.outside import Event


def announce(session: Session, project_id: uuid.UUID, awards: Collection[Award]) -> None:
    """One event for each. Only under the league's lock."""
    if not awards:
        return
    session.flush()  # their winners are joined by the database
    won = and_(Identity.project_id == Award.project_id, Identity.id == Award.identity_id)
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    rows = session.execute(
        select(Award, Player.id, shown_name(), is_unseen())
        .join(Identity, won)
        .join(Player, plays)
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
                "player": {"id": str(player_id), "name": name},
                "score": award.score / IMPACT_UNIT,
                "sha": None if unseen else award.sha,
            }
        }
        for award, player_id, name, unseen in rows
    ]
    tell(session, project_id, Event.AWARD_GIVEN, *told)
