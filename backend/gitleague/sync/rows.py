"""From a commit on the wire to its row: the facts as they came, and what follows from them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from operator import attrgetter
from typing import Any

from gitleague_client.commit import COMMIT_FIELDS, Commit
from gitleague_client.rules.classify import Flag, classify, flags_of
from gitleague_client.rules.defaults import Rules
from gitleague_client.rules.people import is_assistant, is_bot
from gitleague_client.rules.trailers import Reference, coauthors_in, references_in

from gitleague.sync.identities import Named

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
    "change_key",
    "is_reachable",
    "is_complete",
    "counts",
    "is_reverted",
    "is_steal",
)


@dataclass(slots=True)
class Reading:
    """What the text of a commit says, once it is read."""

    commit: Commit
    author: Named
    coauthors: list[Named]
    references: list[Reference]
    flags: Flag


def read(commit: Commit, rules: Rules) -> Reading:
    body = commit.message_body or ""
    author = Named(commit.author_name, commit.author_email)
    return Reading(
        commit=commit,
        author=author,
        coauthors=list(_coauthors(commit, body, author)),
        references=references_in(body),
        flags=_flags(commit, body, author, rules),
    )


def _flags(commit: Commit, body: str, author: Named, rules: Rules) -> Flag:
    is_merge = commit.is_merge or commit.parent_count > 1
    if commit.flags is None:
        return classify(commit.message_title, body, author=author, is_merge=is_merge, rules=rules)
    sent = flags_of(commit.flags) & ~(Flag.MERGE | Flag.BOT)
    return sent | (Flag.MERGE if is_merge else 0) | (Flag.BOT if is_bot(*author) else 0)


def _coauthors(commit: Commit, body: str, author: Named) -> Iterator[Named]:
    """Each once, without the author and without AI assistants, who are no players."""
    sent: Iterable[tuple[str, str]]
    if commit.coauthors is None:
        sent = coauthors_in(body)
    else:
        sent = ((person.name, person.email) for person in commit.coauthors)
    for named in dict.fromkeys(Named(*person) for person in sent):
        if named != author and not is_assistant(*named):
            yield named


@dataclass(frozen=True)
class Arrival:
    """Where and when a batch arrives."""

    project_id: uuid.UUID
    repo_id: uuid.UUID
    received_at: datetime
    zone: tzinfo

    def day(self, commit: Commit) -> date:
        """In the project's time zone; a date in the future counts on the day of arrival."""
        moment = min(commit.author_date or commit.commit_date, self.received_at)
        try:
            return moment.astimezone(self.zone).date()
        except OverflowError:  # the first hours of the year 1, west of Greenwich
            return moment.date()

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
            change_key,
            True,
            is_complete,
            counts,
            False,
            False,
        )
