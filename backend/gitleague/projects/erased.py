"""Who was erased is known again by a mark: a keyed hash, which tells nobody who it was."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Collection
from typing import Any

from gitleague_client.reading import Named
from gitleague_client.rules.people import address_of
from gitleague_client.rules.pseudonyms import pseudonym
from sqlalchemy import select
from sqlalchemy.orm import Session

from gitleague.tables.projects import Project

ERASED = "Erased player {}"
_GENERIC = frozenset(
    (
        *("admin", "administrator", "bot", "ci", "dev", "developer", "git", "github", "gitlab"),
        *("me", "root", "system", "team", "test", "unknown", "user"),
    )
)


class Marker:
    """Knows the erased of one league again, by a secret that nobody is told."""

    def __init__(self, salt: str, secret: str) -> None:
        self._salt = salt  # of pseudonyms: clients have it
        self._secret = secret.encode()

    def stand_in(self, number: int, player_id: uuid.UUID) -> Named:
        """What commits of an erased player arrive under: an identity that nobody can push as."""
        return Named(ERASED.format(number), self._hash("stand-in", str(player_id)))

    def of_address(self, email: str) -> str | None:
        """The same for an address and its pseudonym; None for an address that is nobody's."""
        address = address_of(email)
        return self._hash("address", pseudonym(address, self._salt)) if address else None

    def of_pair(self, person: Named) -> str:
        """Of this name together with this address, where the address alone says too little."""
        return self._hash("pair", person.name, person.email)

    def of_change(self, key: str) -> str:
        """Of a keyed change of theirs: clients have that key, and could try guesses on it.

        It sorts before keys without it, so that no copy brings back the one that it was made of.
        """
        return f"0:{self._hash('change', key)}"

    def _hash(self, *words: str) -> str:
        return hmac.digest(self._secret, "\0".join(words).encode(), "sha256").hex()


def marker_of(session: Session, project_id: uuid.UUID) -> Marker:
    kept = select(Project.pseudonym_salt, Project.erasure_secret).where(Project.id == project_id)
    salt, secret = session.execute(kept).one()
    return Marker(salt, secret)


def _tells(word: str) -> bool:
    return sum(letter.isalnum() for letter in word) > 1 and word.lower() not in _GENERIC


class Names:
    """Names and addresses of a person, taken out of any text.

    As whole words: addresses and full names in whatever case, a single word as it was written. A
    word that says nothing of a person, as admin does, stays; so do marks and single letters.
    """

    def __init__(self, words: Collection[str], instead: str) -> None:
        told = {word.strip() for word in words} - {""}
        self.words = sorted(
            (word for word in told if _tells(word)),
            key=lambda word: (-len(word), word),
        )
        self._instead = instead
        many = [re.escape(word) for word in self.words if not word.isalnum()]
        one = [re.escape(word) for word in self.words if word.isalnum()]
        self._patterns = [
            re.compile(rf"(?<!\w)(?:{'|'.join(some)})(?!\w)", flags)
            for some, flags in ((many, re.IGNORECASE), (one, 0))
            if some
        ]

    def are_in(self, value: Any) -> bool:
        """Whether one of them stands in a text, or in any text of a list or object."""
        return bool(self.taken_out(value) != value)

    def taken_out(self, value: Any) -> Any:
        """Of a text, or of all texts in a list or object."""
        if isinstance(value, str):
            for pattern in self._patterns:
                value = pattern.sub(lambda _found: self._instead, value)
            return value
        if isinstance(value, list):
            return [self.taken_out(each) for each in value]
        if isinstance(value, dict):
            return {self.taken_out(key): self.taken_out(each) for key, each in value.items()}
        return value
