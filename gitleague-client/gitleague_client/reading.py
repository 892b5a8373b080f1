"""What the text of a commit says: who shares it, what it refers to, what kind of commit it is.

Both ends read commits here: the server where they arrive, the client where it explains one or
keeps the text to itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gitleague_client.commit import Commit
from gitleague_client.rules.classify import Flag, classify, flags_of
from gitleague_client.rules.defaults import Rules
from gitleague_client.rules.people import is_assistant, is_bot
from gitleague_client.rules.trailers import Reference, coauthors_in, references_in


class Named(NamedTuple):
    """A name and an address, as git gave them."""

    name: str
    email: str


@dataclass(slots=True)
class Reading:
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
        sent = [(person.name, person.email) for person in commit.coauthors]
    if not sent:  # as of most commits
        return
    for named in dict.fromkeys(Named(*person) for person in sent):
        if named != author and not is_assistant(*named):
            yield named
