"""The working of a commit, from the clone alone: the same that the server shows, to the last digit.

What a commit is worth depends on others: whether one of them took it back, and whose the one is
that it mends. Those are looked for in the branches that are synced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from gitleague_client.commit import Commit
from gitleague_client.git import Repository
from gitleague_client.process import decoded
from gitleague_client.reading import Named, Reading, read
from gitleague_client.rules.defaults import Rules
from gitleague_client.rules.people import address_of
from gitleague_client.rules.reverts import settled_reverts
from gitleague_client.rules.score import Play, counts
from gitleague_client.rules.trailers import Relation, references_in
from gitleague_client.rules.working import Working, working


class Credit(NamedTuple):
    """One player's share in a commit."""

    person: Named
    as_coauthor: bool
    working: Working


class Explainer:
    """Knows the branches of a clone and the rules of its project."""

    def __init__(self, repository: Repository, tips: Sequence[str], rules: Rules) -> None:
        self._repository = repository
        self._tips = tips
        self._rules = rules
        self._author_of = lru_cache(maxsize=4096)(self._ask_author)

    def credits(self, commit: Commit) -> list[Credit]:
        """The author's first; none for a commit that is outside the game, such as a merge."""
        reading = read(commit, self._rules)
        play = Play(
            commit.additions,
            commit.deletions,
            commit.files_changed,
            reading.flags,
            commit.excluded_additions,
            commit.excluded_deletions,
            is_steal=self._is_steal(reading),
            is_reverted=self._reverted.get(commit.sha, False),
        )
        if not counts(play, self._rules):
            return []
        helper = working(play, self._rules, as_coauthor=True)
        return [
            Credit(reading.author, as_coauthor=False, working=working(play, self._rules)),
            *(Credit(person, as_coauthor=True, working=helper) for person in _helpers(reading)),
        ]

    def holds(self, sha: str) -> bool:
        """Whether the branches reach the commit."""
        return self._named(sha) == sha

    def _is_steal(self, reading: Reading) -> bool:
        thief, own = _player(reading.author), reading.commit.sha
        mended = {self._named(found.sha) for found in reading.references} - {None, own}
        return any(_player(self._author_of(str(sha))) != thief for sha in mended)

    @cached_property
    def _shas(self) -> list[str]:
        return sorted(self._repository.missing(self._tips, []))

    def _named(self, abbreviated: str) -> str | None:
        """The one commit of the branches that begins so."""
        place = bisect_left(self._shas, abbreviated)
        found = [sha for sha in self._shas[place : place + 2] if sha.startswith(abbreviated)]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _reverted(self) -> dict[str, bool]:
        reverters: dict[str, set[str]] = {}
        for source, target in self._reverts():
            reverters.setdefault(source, set())
            reverters.setdefault(target, set()).add(source)
        return settled_reverts(reverters, {})

    def _reverts(self) -> Iterator[tuple[str, str]]:
        """Each commit that takes another back, and the other."""
        listing = self._repository.run(
            *("log", "-z", "--format=%H%n%b", "--regexp-ignore-case", "--fixed-strings"),
            *("--grep=this reverts commit", "--stdin"),
            stdin="\n".join(self._tips).encode(),
        )
        for record in filter(None, listing.split(b"\0")):
            source, _, body = decoded(record).partition("\n")
            for found in references_in(body):
                target = self._named(found.sha)
                if found.relation is Relation.REVERTS and target not in {None, source}:
                    yield source, str(target)

    def _ask_author(self, sha: str) -> Named:
        answer = self._repository.run("log", "-1", "-z", "--format=%aN%n%aE", sha)
        name, _, email = decoded(answer.strip(b"\0")).partition("\n")
        return Named(name, email.removesuffix("\n"))


def _helpers(reading: Reading) -> Iterator[Named]:
    """Each other player once, however many addresses they have."""
    seen = {_player(reading.author)}
    for person in reading.coauthors:
        if _player(person) not in seen:
            seen.add(_player(person))
            yield person


def _player(person: Named) -> object:
    """Who it is, as far as the clone can tell: only the same address joins two names."""
    return address_of(person.email) or person
