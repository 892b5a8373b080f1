"""Whose an identity is, and how one is told from another."""

from __future__ import annotations

import hashlib
import uuid

from gitleague_client.reading import Named
from sqlalchemy import BindParameter, ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute

from gitleague.tables.commits import Identity


def fingerprint(person: Named) -> str:
    return hashlib.sha256(f"{person.name}\0{person.email}".encode()).hexdigest()


def player_of(
    project_id: uuid.UUID | BindParameter[uuid.UUID], identity_id: InstrumentedAttribute[uuid.UUID]
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
