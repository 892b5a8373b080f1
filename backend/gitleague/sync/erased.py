"""What erased players push again arrives without them: under their number, without its text."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from gitleague_client.commit import Commit
from gitleague_client.reading import Named, Reading
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from gitleague.projects.erased import Marker, Names, marker_of
from gitleague.tables.commits import ErasedMark, Player

LONGEST = 200  # letters of a name, or of a part of an address
# Each is matched where a text was cut before, and looks a few hundred letters ahead.
_ADDRESS = re.compile(r"([^<>\s@]{1,200}@[^<>\s]{1,200})>")
_DOMAIN = re.compile(r"[\w.-]{0,200}\w")
_RUN = re.compile(r"[\w.!#$%&*+/=?^`{|}~@-]+")  # all letters of one class: each is read once


class People:
    """Whom commits name, and by which mark each would be known. Told apart under no lock."""

    def __init__(self, marker: Marker) -> None:
        self.marker = marker
        self._marks: dict[Named, tuple[str, ...]] = {}

    def read(self, commits: Iterable[Commit]) -> None:
        for commit in commits:
            for person in named_in(commit):
                self.marks_of(person)

    def marks_of(self, person: Named) -> tuple[str, ...]:
        known = self._marks.get(person)
        if known is None:
            marks = (self.marker.of_pair(person), self.marker.of_address(person.email))
            known = self._marks[person] = tuple(mark for mark in marks if mark)
        return known


def people_of(session: Session, project_id: uuid.UUID, commits: Iterable[Commit]) -> People:
    """To be asked before the league is locked: a long text takes a moment to read."""
    people = People(marker_of(session, project_id))
    if _marked(session, project_id):
        people.read(commits)
    return people


def erased_of(session: Session, project_id: uuid.UUID, people: People) -> Erased:
    return Erased(_marked(session, project_id), people)


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


class Erased:
    """The erased players of a league, asked of many commits by few people."""

    def __init__(self, marked: dict[str, tuple[int, uuid.UUID]], people: People) -> None:
        self._marker = people.marker
        self._marked = {mark: self._marker.stand_in(*each) for mark, each in marked.items()}
        self._people = people

    def wrote(self, commit: Commit) -> bool:
        if not self._marked:
            return False
        return self._instead_of(Named(commit.author_name, commit.author_email)) is not None

    def change_key(self, key: str) -> str:
        return self._marker.of_change(key)

    def taken_out(self, reading: Reading) -> Reading:
        """The same commit, its numbers and kind, as if they had never been named."""
        if not self._marked:
            return reading
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
        found = (self._marked.get(mark) for mark in self._people.marks_of(person))
        return next((instead for instead in found if instead), None)


def named_in(commit: Commit) -> Iterator[Named]:
    """Everybody whose address is in the text, each once. It takes as long as the text is."""
    text = f"{commit.message_title}\n{commit.message_body or ''}"
    if "@" in text:
        yield from dict.fromkeys((*_in_brackets(text), *_bare(text)))


def _in_brackets(text: str) -> Iterator[Named]:
    """As trailers have them: a name, and an address between < and >."""
    for before, after in pairwise(text.split("<")):
        address = _ADDRESS.match(after)
        if address:
            name = re.split(r"[>\n:]", before[-LONGEST:])[-1]
            yield Named(name.strip(), address[1].strip())


def _bare(text: str) -> Iterator[Named]:
    for run in _RUN.findall(text):
        left, *others = run.split("@")
        for right in others:
            domain = _DOMAIN.match(right) if left else None
            if domain:
                yield Named("", f"{left[-LONGEST:]}@{domain[0]}")
            left = right[domain.end() :] if domain else right
