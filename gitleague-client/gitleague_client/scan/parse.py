r"""Bytes of git to commits. Pure: any bytes give commits or GitFailed.

A commit looks like this, each part as git prints it with -z and `HEADER`:

    \\0 sha \\n parents \\n times \\n four lines of people \\n title \\n body \\0
    \\n 1 \\t 0 \\t path \\0  5 \\t 2 \\t \\0 old \\0 new \\0  - \\t - \\t binary \\0

No part can hold a NUL, so two of them stand between commits and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache

from gitleague_client.commit import MAX_LINES, Commit, Person
from gitleague_client.errors import GitFailed
from gitleague_client.git import decoded
from gitleague_client.rules.trailers import coauthors_in

HEADER = "%x00%H%n%P%n%at %ct%n%aN%n%aE%n%cN%n%cE%n%s%n%b"
MAX_NAME = 10_000  # what a Commit may hold of a name, and of co-authors
MAX_COAUTHORS = 1_000
MAX_MESSAGE = 8 << 20  # bytes; more is cut, or one message would not fit a batch
_LARGE = 1 << 20  # a commit beyond this is counted while it comes, not kept whole
_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # years 1 to 9999


@dataclass(slots=True)
class Lines:
    """What the files of one commit add up to."""

    files: int = 0
    added: int = 0
    deleted: int = 0
    excluded_added: int = 0
    excluded_deleted: int = 0


class Parser:
    """Takes the output in blocks of any size, gives each commit as soon as it is whole."""

    def __init__(
        self,
        excluded: Mapping[bytes, bool],
        person: Callable[[str, str], Person] = Person,
    ) -> None:
        self._excluded = excluded
        self._person = person
        self._rest = b"\0"  # so that the first commit, too, comes after two
        self._begun: tuple[bytes, Lines] | None = None  # a large commit: its header, its lines

    def feed(self, block: bytes) -> Iterator[Commit]:
        *records, self._rest = (self._rest + block).split(b"\0\0")
        for record in records:
            if record:
                yield self._commit(record)
        if len(self._rest) > _LARGE:
            self._shorten()

    def flush(self) -> Iterator[Commit]:
        """The last commit: only the end of the output ends it."""
        rest, self._rest = self._rest.removesuffix(b"\0"), b""
        if rest or self._begun:
            yield self._commit(rest)

    def _commit(self, record: bytes) -> Commit:
        if self._begun:
            (header, lines), files, self._begun = self._begun, record, None
        else:
            header, _, files = record.partition(b"\0")
            lines = Lines()
        try:
            if files and self._count(files.lstrip(b"\n").split(b"\0"), lines):
                raise GitFailed("git ended in the middle of a rename.")
            return self._built(header, lines)
        except ValueError as error:
            raise GitFailed(f"git printed something unexpected: {error}") from error

    def _count(self, entries: list[bytes], lines: Lines) -> list[bytes]:
        """Add the files to the lines; returns the beginning of a rename that is not whole yet."""
        excluded = self._excluded
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
            if excluded[path]:
                lines.excluded_added += plus
                lines.excluded_deleted += minus
        return []

    def _shorten(self) -> None:
        """Count the files that are here, or cut the message that is still coming."""
        if not self._begun:
            header, ended, files = self._rest.partition(b"\0")
            if not ended:
                self._rest = self._rest[: MAX_MESSAGE + _LARGE]
                return
            self._begun, self._rest = (header, Lines()), files
        *entries, last = self._rest.lstrip(b"\n").split(b"\0")
        try:
            begun = self._count(entries, self._begun[1])
        except ValueError as error:
            raise GitFailed(f"git printed something unexpected: {error}") from error
        self._rest = b"\0".join([*begun, last])

    def _built(self, header: bytes, lines: Lines) -> Commit:
        sha, parents, times, *people, title, body = _parts(header)
        author_name, author_email, committer_name, committer_email = map(_name, people)
        author_time, _, commit_time = times.partition(b" ")
        listed = parents.decode().split()
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


def _date(seconds: bytes) -> datetime:
    """Years 1 to 9999; git prints nothing for a date that it cannot read, and means 1970."""
    clamped = min(max(int(seconds or 0), _FIRST), _LAST)
    return datetime.fromtimestamp(clamped, tz=timezone.utc)
