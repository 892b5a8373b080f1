"""From a commit on the wire to its row: the facts as they came, and what follows from them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from operator import attrgetter
from typing import Any

from gitleague_client.commit import COMMIT_FIELDS, Commit
from gitleague_client.reading import Reading

from gitleague.scoring.time_zones import day_of

# What the table keeps in another form than the wire.
_TRANSLATED = {
    "author_date",
    "commit_date",
    "coauthors",
    "excluded_additions",
    "excluded_deletions",
    "parents",
    "patch_key",
    "flags",
}
_AS_SENT = tuple(field for field in COMMIT_FIELDS if field not in _TRANSLATED)
_facts = attrgetter(*_AS_SENT)
COLUMNS = (
    *_AS_SENT,
    "project_id",
    "repo_id",
    "author_id",
    "author_date",
    "commit_date",
    "received_at",
    "day",
    "excluded_additions",
    "excluded_deletions",
    "parents",
    "flags",
    "flags_sent",
    "change_key",
    "is_reachable",
    "is_complete",
    "counts",
    "is_reverted",
    "is_steal",
)


@dataclass(frozen=True)
class Arrival:
    """Where and when a batch arrives."""

    project_id: uuid.UUID
    repo_id: uuid.UUID
    received_at: datetime
    zone: tzinfo

    def day(self, commit: Commit) -> date:
        """In the project's time zone; a date in the future counts on the day of arrival."""
        moment = commit.author_date or commit.commit_date
        return day_of(moment, received_at=self.received_at, zone=self.zone)

    def row(
        self,
        reading: Reading,
        author_id: uuid.UUID,
        *,
        change_key: str,
        counts: bool,
        is_complete: bool,
    ) -> tuple[Any, ...]:
        """In the order of COLUMNS."""
        commit = reading.commit
        return (
            *_facts(commit),
            self.project_id,
            self.repo_id,
            author_id,
            commit.author_date,
            commit.commit_date,
            self.received_at,
            self.day(commit),
            min(commit.excluded_additions, commit.additions),
            min(commit.excluded_deletions, commit.deletions),
            None if commit.parents is None else " ".join(commit.parents),
            int(reading.flags),
            commit.flags is not None,
            change_key,
            True,
            is_complete,
            counts,
            False,
            False,
        )
