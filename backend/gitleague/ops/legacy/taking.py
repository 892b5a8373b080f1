"""What an import has at hand: the two databases, what is known of both, and the count."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, tzinfo

from sqlalchemy.orm import Session

from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.ops.legacy.source import Source


@dataclass
class Tally:
    """Of one table of the original: each row that was read is in one of the others."""

    read: int = 0
    taken: int = 0
    there: int = 0  # already
    left: Counter[str] = field(default_factory=Counter)  # why -> rows

    @property
    def is_reconciled(self) -> bool:
        return self.read == self.taken + self.there + self.left.total()


class Writer:
    """Transactions that commit, or, for a rehearsal, one that never does."""

    def __init__(self, database: Database, rehearsal: Session | None) -> None:
        self._database = database
        self._rehearsal = rehearsal

    @contextmanager
    def writing(self) -> Iterator[Session]:
        if self._rehearsal is None:
            with self._database.writing() as session:
                yield session
        else:
            yield self._rehearsal
            self._rehearsal.flush()  # what follows reads it, as after a commit


@dataclass
class Taking:
    source: Source
    writer: Writer
    zone: tzinfo  # of the leagues, and of the dates of commits
    zone_name: str
    settings: Settings
    tallies: dict[str, Tally] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    # From ids there to ids here.
    users: dict[str, uuid.UUID] = field(default_factory=dict)
    projects: dict[str, uuid.UUID] = field(default_factory=dict)
    owners: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # project -> commissioner
    repos: dict[str, tuple[uuid.UUID, uuid.UUID]] = field(default_factory=dict)  # project, repo
    seasons: dict[str, tuple[uuid.UUID, uuid.UUID]] = field(default_factory=dict)
    days: dict[uuid.UUID, tuple[date, date]] = field(default_factory=dict)  # of seasons
    fantasies: dict[str, tuple[uuid.UUID, uuid.UUID]] = field(default_factory=dict)
    teams: dict[str, tuple[uuid.UUID, uuid.UUID, uuid.UUID]] = field(default_factory=dict)

    def tally(self, table: str) -> Tally:
        return self.tallies.setdefault(table, Tally())
