"""What of a commit leaves the machine.

    full      everything but code, diffs and file names
    titles    of a message only its title, its kind, and the commits that it names
    numbers   no message at all, and pseudonyms for addresses

Where text stays here, what it says goes: who helped, which commits it mends, what kind it is. The
digest that tells copies of a commit holds file names, and never leaves without the project's salt.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from gitleague_client.api import RulesInForce
from gitleague_client.commit import Commit, Person
from gitleague_client.errors import NotAllowed
from gitleague_client.reading import Reading, read
from gitleague_client.rules.change_keys import keyed
from gitleague_client.rules.classify import Flag
from gitleague_client.rules.pseudonyms import pseudonym
from gitleague_client.rules.trailers import Relation

_PHRASES = {Relation.FIXES: "Fixes: {}", Relation.REVERTS: "This reverts commit {}."}


class Privacy(str, Enum):
    FULL = "full"
    TITLES = "titles"
    NUMBERS = "numbers"


def lessened(privacy: Privacy, in_force: RulesInForce) -> Callable[[Commit], Commit]:
    """Takes out of a commit what shall stay here. Raises NotAllowed where that takes a salt that
    this caller is not told.
    """
    salt = in_force.pseudonym_salt
    if privacy is Privacy.NUMBERS and not salt:
        raise NotAllowed(
            "This API key may not push, so it is not told what pseudonyms are made with.",
            remedy="Use a commissioner's key with the scope sync:commits.",
        )

    def full(commit: Commit) -> Commit:
        if commit.patch_key:
            is_told = bool(in_force.change_salt)
            commit.patch_key = keyed(commit.patch_key, in_force.change_salt) if is_told else None
        return commit

    def titles(commit: Commit) -> Commit:
        commit = full(commit)
        reading = read(commit, in_force.rules)
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

    ways = {Privacy.FULL: full, Privacy.TITLES: titles, Privacy.NUMBERS: numbers}
    return ways[privacy]


def _named_commits(reading: Reading) -> str | None:
    """The commits that the message mends, in the words that the server knows, and no others."""
    phrases = [_PHRASES[found.relation].format(found.sha) for found in reading.references]
    return "\n".join(phrases) or None
