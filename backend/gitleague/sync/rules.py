"""What a client is told of a league's rules."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from gitleague.scoring.penalties import penalized_shas
from gitleague.scoring.rules import rules_in_force
from gitleague.sync.change_keys import change_salt_of
from gitleague.sync.identities import salt_of
from gitleague.sync.schemas import RulesAnswer


def rules_told(session: Session, project_id: uuid.UUID, *, with_salts: bool) -> RulesAnswer:
    """With the salts anybody could try guesses on what others keep back."""
    in_force = rules_in_force(session, project_id)
    return RulesAnswer(
        version=in_force.version,
        rules=in_force.rules,
        pseudonym_salt=salt_of(session, project_id) if with_salts else "",
        change_salt=change_salt_of(session, project_id) if with_salts else "",
        penalized=penalized_shas(session, project_id),
    )
