"""The base of all tables: names of constraints, ids, times."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Integer, MetaData, String, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column

from gitleague.core.columns import UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        uuid.UUID: Uuid(),
        datetime: UtcDateTime(),
        str: Text(),
    }


Id = Annotated[uuid.UUID, mapped_column(Uuid(), primary_key=True, default=uuid.uuid4)]
UserRef = Annotated[uuid.UUID, mapped_column(ForeignKey("users.id", ondelete="CASCADE"))]
ProjectKey = Annotated[
    uuid.UUID,
    mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
]
ProjectRef = Annotated[uuid.UUID, mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))]
Word = Annotated[str, mapped_column(String(32))]
Sha = Annotated[str, mapped_column(String(64))]
Lines = Annotated[int, mapped_column(Integer, default=0)]
Total = Annotated[int, mapped_column(BigInteger, default=0)]
