"""Whose an identity is."""

from __future__ import annotations

import uuid

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute

from gitleague.tables.commits import Identity


def player_of(
    project_id: uuid.UUID, identity_id: InstrumentedAttribute[uuid.UUID]
) -> ScalarSelect[uuid.UUID]:
    """The player of the identity in a row: a step down an index for each row.

    As a join PostgreSQL began with the identities, as long as it had no statistics, and so with
    every commit of the project.
    """
    return (
        select(Identity.player_id)
        .where(Identity.project_id == project_id, Identity.id == identity_id)
        .correlate_except(Identity)
        .scalar_subquery()
    )
