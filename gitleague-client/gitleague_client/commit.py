"""The one shape that travels: what the client sends of a commit, and the server keeps.

The published 0.1.0 client sends the fields up to `parent_count`; everything after is optional.
The server reads `Commit` with pydantic, so the limits below are enforced where a commit arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timezone
from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import AfterValidator, StringConstraints

from gitleague_client.rules.classify import flags_of

SHA_PATTERN = r"^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$"
MAX_LINES = 2_000_000_000  # fits the server's 32-bit columns
MAX_PARENTS = 1_000  # the largest merge of Linux has 66


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("the time is outside of the years 1 to 9999 in UTC") from None


def _known(words: list[str]) -> list[str]:
    flags_of(words)
    return words


Sha = Annotated[str, StringConstraints(pattern=SHA_PATTERN, to_lower=True)]
Count = Annotated[int, Ge(0), Le(MAX_LINES)]
Name = Annotated[str, MaxLen(10_000)]
Moment = Annotated[datetime, AfterValidator(_utc)]
PatchKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z:_-]{8,128}$")]


@dataclass(slots=True)
class Person:
    """A name and an address as git gives them (mailmapped); either may be empty."""

    name: Name
    email: Name


@dataclass(slots=True, kw_only=True)
class Commit:
    sha: Sha
    author_name: Name
    author_email: Name
    commit_date: Moment  # UTC; a time without an offset is read as UTC
    message_title: str
    additions: Count
    deletions: Count
    committer_name: Name = ""
    committer_email: Name = ""
    message_body: str | None = None
    files_changed: Count = 0
    is_merge: bool = False
    parent_count: Annotated[int, Ge(0), Le(100_000)] = 0
    author_date: Moment | None = None  # None: the commit counts on its commit_date
    parents: Annotated[list[Sha], MaxLen(MAX_PARENTS)] | None = None  # None: ancestry unknown
    coauthors: Annotated[list[Person], MaxLen(1_000)] | None = None  # None: read the trailers
    excluded_additions: Count = 0  # the part of `additions` in generated, vendored, lock files
    excluded_deletions: Count = 0
    # The same for the same change under another sha: see `rules/change_keys.py`. The server keys
    # what an older client sends.
    patch_key: PatchKey | None = None
    flags: Annotated[list[str], MaxLen(32), AfterValidator(_known)] | None = (
        None  # None: the server classifies
    )


COMMIT_FIELDS = tuple(field.name for field in fields(Commit))
