"""What of a commit leaves the machine.

    full      everything but code, diffs and file names
    titles    of a message only its title, its kind, and the commits that it names
    numbers   no message at all, and pseudonyms for addresses

Where text stays here, what it says goes: who helped, which commits it mends, what kind it is.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from gitleague_client.commit import Commit, Person
from gitleague_client.reading import Reading, read
from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import Rules
from gitleague_client.rules.pseudonyms import pseudonym
from gitleague_client.rules.trailers import Relation

_PHRASES = {Relation.FIXES: "Fixes: {}", Relation.REVERTS: "This reverts commit {}."}


class Privacy(str, Enum):
    FULL = "full"
    TITLES = "titles"
    NUMBERS = "numbers"


def lessened(privacy: Privacy, rules: Rules, salt: str) -> Callable[[Commit], Commit]:
    """Takes out of a commit what shall stay here."""

    def titles(commit: Commit) -> Commit:
        reading = read(commit, rules)
        commit.flags = [str(flag.name).lower() for flag in Flag if flag in reading.flags]
        commit.coauthors = [Person(*person) for person in reading.coauthors]
        commit.message_body = _named_commits(reading)
        return commit

    def numbers(commit: Commit) -> Commit:
        commit = titles(commit)
        commit.message_title = ""
        commit.author_email = pseudonym(commit.author_email, salt)
        commit.committer_email = pseudonym(commit.committer_email, salt)
        commit.coauthors = [
            Person(person.name, pseudonym(person.email, salt)) for person in commit.coauthors or []
        ]
        return commit

    ways = {Privacy.FULL: lambda commit: commit, Privacy.TITLES: titles, Privacy.NUMBERS: numbers}
    return ways[privacy]


def _named_commits(reading: Reading) -> str | None:
    """The commits that the message mends, in the words that the server knows, and no others."""
    phrases = [_PHRASES[found.relation].format(found.sha) for found in reading.references]
    return "\n".join(phrases) or None
