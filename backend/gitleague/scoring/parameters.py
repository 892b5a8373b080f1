"""What a statement that is written once is given when it runs.

SQLAlchemy takes longer to write a statement of the box scores than a database to run it.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Date, Integer, Uuid, bindparam

from gitleague.scoring.days import Days

PROJECT = bindparam("of_project", type_=Uuid())
VERSION = bindparam("of_version", type_=Integer())  # of the rules
FIRST = bindparam("first_of_days", type_=Date())
LAST = bindparam("last_of_days", type_=Date())


def given(project_id: uuid.UUID, version: int, days: Days | None = None) -> dict[str, Any]:
    of_days = {FIRST.key: days.first, LAST.key: days.last} if days else {}
    return {PROJECT.key: project_id, VERSION.key: version, **of_days}
