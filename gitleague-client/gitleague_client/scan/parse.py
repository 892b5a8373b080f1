r"""Bytes of git to commits. Pure: any bytes give commits or GitFailed.

A commit looks like this, each part as git prints it with -z and `HEADER`:

    \\0 sha \\n parents \\n times, address \\n four lines of people \\n title \\n body \\0
    \\n 1 \\t 0 \\t path \\0  5 \\t 2 \\t \\0 old \\0 new \\0  - \\t - \\t binary \\0

No part can hold a NUL, so two of them stand between commits and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache

from gitleague_client.commit import MAX_LINES, Commit, Person
from gitleague_client.errors import GitFailed
from gitleague_client.process import decoded
from gitleague_client.rules.trailers import coauthors_in
from gitleague_client.scan.ancestors import origin_of
from gitleague_client.scan.copies import Copies

HEADER = "%x00%H%n%P%n%at %ct %ae%n%aN%n%aE%n%cN%n%cE%n%s%n%b"
MAX_NAME = 10_000  # what a Commit may hold of a name, and of co-authors
MAX_COAUTHORS = 1_000
MAX_MESSAGE = 8 << 20  # bytes; more is cut, or one message would not fit a batch
_MAX_PATHS = 50_000  # remembered, some 10 MB
_LARGE = 1 << 20  # a commit beyond this is counted while it comes, not kept whole
_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # years 1 to 9999


@dataclass(slots=True)
class _Lines:
    """What the files of one commit add up to."""

    files: int = 0
    added: int = 0
    deleted: int = 0
    excluded_added: int = 0
    excluded_deleted: int = 0
    changes: bytes = b""  # as git prints them; of a large commit they are not kept


class Parser:
    """Takes the output in blocks of any size, gives each commit as soon as it is whole."""

    def __init__(
        self,
        are_excluded: Callable[[Sequence[bytes]], Iterable[bool]],
        person: Callable[[str, str], Person] = Person,
        copies: Copies | None = None,
    ) -> None:
        self._are_excluded = are_excluded
        self._person = person
        self._rest = b"\0"  # so that the first commit, too, comes after two
        self._begun: tuple[bytes, _Lines] | None = None  # a large commit: its header, its lines
        self._excluded: dict[bytes, bool] = {}
        self._undecided: list[tuple[bytes, _Lines, int, int]] = []
        self._copies = copies or Copies()

    def feed(self, block: bytes) -> Iterator[Commit]:
        *records, self._rest = (self._rest + block).split(b"\0\0")
        try:
            counted = [self._counted(record) for record in records if record]
            if len(self._rest) > _LARGE:
                self._shorten()
            self._decide()
            for header, lines in counted:
                yield self._commit(header, lines)
        except ValueError as error:
            raise GitFailed(f"git printed something unexpected: {error}") from error

    def flush(self) -> Iterator[Commit]:
        """The last commit: only the end of the output ends it."""
        return self.feed(b"\0" if self._rest.endswith(b"\0") else b"\0\0")

    def _counted(self, record: bytes) -> tuple[bytes, _Lines]:
        if self._begun:
            (header, lines), files, self._begun = self._begun, record, None
        else:
            header, _, files = record.partition(b"\0")
            lines = _Lines(changes=files.strip(b"\n\0"))
        if files and self._count(files.lstrip(b"\n").split(b"\0"), lines):
            raise GitFailed("git ended in the middle of a rename.")
        return header, lines

    def _count(self, entries: list[bytes], lines: _Lines) -> list[bytes]:
        """Add the files to the lines; returns the beginning of a rename that is not whole yet."""
        is_excluded = self._excluded.get
        rest = iter(entries)
        for entry in rest:
            added, deleted, path = entry.split(b"\t", 2)
            if not path:  # renamed: the two names follow
                old, path = next(rest, None), next(rest, b"")
                if not path:
                    return [entry] if old is None else [entry, old]
            lines.files += 1
            if added == b"-":
                continue
            plus, minus = int(added), int(deleted)
            lines.added += plus
            lines.deleted += minus
            decided = is_excluded(path)
            if decided is None:
                self._undecided.append((path, lines, plus, minus))
            elif decided:
                lines.excluded_added += plus
                lines.excluded_deleted += minus
        return []

    def _decide(self) -> None:
        """Ask about all new paths of a block at once: an answer each would cost more than git."""
        if not self._undecided:
            return
        if len(self._excluded) > _MAX_PATHS:
            self._excluded.clear()
        paths = list(dict.fromkeys(path for path, *_ in self._undecided))
        answers = dict(zip(paths, self._are_excluded(paths), strict=True))
        self._excluded |= answers
        for path, lines, plus, minus in self._undecided:
            if answers[path]:
                lines.excluded_added += plus
                lines.excluded_deleted += minus
        self._undecided.clear()

    def _shorten(self) -> None:
        """Count the files that are here, or cut the message that is still coming."""
        if not self._begun:
            header, ended, files = self._rest.partition(b"\0")
            if not ended:
                self._rest = self._rest[: MAX_MESSAGE + _LARGE]
                return
            self._begun, self._rest = (header, _Lines()), files
        *entries, last = self._rest.lstrip(b"\n").split(b"\0")
        self._rest = b"\0".join([*self._count(entries, self._begun[1]), last])

    def _commit(self, header: bytes, lines: _Lines) -> Commit:
        sha, parents, times, *people, title, body = _parts(header)
        author_name, author_email, committer_name, committer_email = map(_name, people)
        author_time, commit_time, unmapped = times.split(b" ", 2)
        above = parents.split()
        key = self._copies.key(
            sha, above, origin=origin_of(unmapped, author_time), changes=lines.changes
        )
        listed = [parent.decode() for parent in above]
        text = decoded(body).rstrip() if body else ""
        coauthors = [self._person(*found) for found in coauthors_in(text)[:MAX_COAUTHORS]]
        return Commit(
            sha=sha.decode(),
            author_name=author_name,
            author_email=author_email,
            committer_name=committer_name,
            committer_email=committer_email,
            author_date=_date(author_time),
            commit_date=_date(commit_time),
            message_title=decoded(title),
            message_body=text or None,
            additions=min(lines.added, MAX_LINES),
            deletions=min(lines.deleted, MAX_LINES),
            excluded_additions=min(lines.excluded_added, MAX_LINES),
            excluded_deletions=min(lines.excluded_deleted, MAX_LINES),
            files_changed=lines.files,
            is_merge=len(listed) > 1,
            parent_count=len(listed),
            parents=listed,
            coauthors=coauthors,
            patch_key=key,
        )


def _parts(header: bytes) -> list[bytes]:
    """The nine fields; title and body, together, of a size that fits a batch."""
    parts = header.split(b"\n", 8)
    if len(header) > MAX_MESSAGE:
        *front, title, body = [*parts, b""] if len(parts) == 8 else parts
        title = _cut(title, MAX_MESSAGE)
        return [*front, title, _cut(body, MAX_MESSAGE - len(title))]
    return parts


def _cut(raw: bytes, length: int) -> bytes:
    """At most this many bytes, not ending inside a character of UTF-8."""
    if len(raw) <= length:
        return raw
    end = next((end for end in range(length, max(length - 4, 0), -1) if raw[end] & 0xC0 != 0x80), 0)
    return raw[: end or length]


@lru_cache(maxsize=8192)
def _name(raw: bytes) -> str:
    return decoded(raw)[:MAX_NAME]


@lru_cache(maxsize=1024)
def _date(seconds: bytes) -> datetime:
    """Years 1 to 9999; git prints nothing for a date that it cannot read, and means 1970."""
    moment = int(seconds or 0)
    if not _FIRST <= moment <= _LAST:
        moment = _FIRST if moment < 0 else _LAST
    return datetime.fromtimestamp(moment, timezone.utc)
