"""What erased players push again arrives without them: under their number, without its text."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gitleague_client.commit import Commit
from gitleague_client.reading import Named, Reading
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from gitleague.projects.erased import Marker, Names, marker_of
from gitleague.tables.commits import ErasedMark, Player

# Each part has a longest length: a text without end takes time without end otherwise.
_NAMED = re.compile(r"([^<>\n:]{0,200})<([^<>\s@]{1,200}@[^<>\s]{1,200})>")
_BARE = re.compile(r"()([\w.!#$%&*+/=?^`{|}~-]{1,200}@[\w.-]{0,200}\w)")


def without_erased(
    session: Session, project_id: uuid.UUID, readings: Sequence[Reading]
) -> list[Reading]:
    """The same commits, their numbers and kinds, as if the erased had never been named."""
    marked = _marked(session, project_id)
    if not marked:
        return list(readings)
    erased = _Erased(marked, marker_of(session, project_id))
    return [erased.taken_out(reading) for reading in readings]


def _marked(session: Session, project_id: uuid.UUID) -> dict[str, tuple[int, uuid.UUID]]:
    """The number and player behind each mark."""
    rows = session.execute(
        select(ErasedMark.mark, Player.id, Player.erased_number)
        .join(
            Player,
            and_(Player.project_id == ErasedMark.project_id, Player.id == ErasedMark.player_id),
        )
        .where(ErasedMark.project_id == project_id)
    )
    return {mark: (number, player_id) for mark, player_id, number in rows}


class _Erased:
    """The erased players of a league, asked of many commits by few people."""

    def __init__(self, marked: dict[str, tuple[int, uuid.UUID]], marker: Marker) -> None:
        self._marked = {mark: marker.stand_in(*each) for mark, each in marked.items()}
        self._marker = marker
        self._known: dict[Named, Named | None] = {}

    def taken_out(self, reading: Reading) -> Reading:
        commit = reading.commit
        committer = Named(commit.committer_name, commit.committer_email)
        people = [reading.author, *reading.coauthors]
        told = dict.fromkeys((*people, committer, *named_in(commit)))
        shown = {person: instead for person in told if (instead := self._instead_of(person))}
        if not shown:
            return reading
        author = shown.get(reading.author, reading.author)
        title, body = commit.message_title, commit.message_body
        flags = commit.flags
        if reading.author in shown:
            title, body = "", None
            flags = flags or []  # the text is gone: no rules can read it anew
        for person, instead in shown.items():
            title, body = Names(person, instead.name).taken_out([title, body])
        lessened = replace(commit, message_title=title, message_body=body, flags=flags)
        if reading.author in shown:
            lessened.author_name, lessened.author_email = author.name, ""
        if committer in shown:
            lessened.committer_name, lessened.committer_email = shown[committer].name, ""
        coauthors = dict.fromkeys(shown.get(person, person) for person in reading.coauthors)
        return replace(
            reading,
            author=author,
            coauthors=[person for person in coauthors if person != author],
            commit=lessened,
        )

    def _instead_of(self, person: Named) -> Named | None:
        if person not in self._known:
            marks = (self._marker.of_pair(person), self._marker.of_address(person.email))
            found = (self._marked.get(mark) for mark in marks if mark)
            self._known[person] = next((instead for instead in found if instead), None)
        return self._known[person]


def named_in(commit: Commit) -> Iterator[Named]:
    """Everybody whose address is in the text."""
    text = f"{commit.message_title}\n{commit.message_body or ''}"
    if "@" not in text:
        return
    for pattern in (_NAMED, _BARE):
        for name, email in pattern.findall(text):
            yield Named(name.strip(), email.strip())
