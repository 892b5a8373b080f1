"""What a client is told of a league's rules."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from gitleague.scoring.penalties import penalized_shas
from gitleague.scoring.rules import rules_in_force
from gitleague.sync.identities import salt_of
from gitleague.sync.schemas import RulesAnswer


def rules_told(session: Session, project_id: uuid.UUID) -> RulesAnswer:
    in_force = rules_in_force(session, project_id)
    salt = salt_of(session, project_id)
    return RulesAnswer(
        version=in_force.version,
        rules=in_force.rules,
        pseudonym_salt=salt,
        penalized=penalized_shas(session, project_id),
    )
