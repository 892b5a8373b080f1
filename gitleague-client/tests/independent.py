"""`git log --numstat` read in another way: text, line by line, nothing shared with the scan."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from histories import run_git

_COUNTED = re.compile(rb"^(\d+|-)\t(\d+|-)\t.")
_FIELDS = ("%H", "%P", "%aN", "%aE", "%cN", "%cE", "%aI", "%at", "%cI", "%ct", "%s", "%b")


class Row(NamedTuple):
    sha: str
    parents: list[str]
    author_name: str
    author_email: str
    committer_name: str
    committer_email: str
    author_date: datetime
    commit_date: datetime
    message_title: str
    message_body: str | None
    additions: int
    deletions: int
    files_changed: int


def read_log(path: Path, *revisions: str) -> dict[str, Row]:
    """Every commit of these revisions by its sha, with git's own defaults."""
    fence = uuid.uuid4().hex
    output = run_git(
        path,
        *("log", "--topo-order", "--numstat"),
        f"--format=<{fence}>%n{'%n'.join(_FIELDS)}%n</{fence}>",
        *(revisions or ("HEAD",)),
    )
    start, end = f"<{fence}>".encode(), f"</{fence}>".encode()
    rows = [_row(iter(part.split(b"\n")), end) for part in output.split(start + b"\n")[1:]]
    return {row.sha: row for row in rows}


def _row(printed: Iterator[bytes], end: bytes) -> Row:
    sha, parents, author, author_email, committer, committer_email = _next(printed, 6)
    author_iso, author_seconds, commit_iso, commit_seconds = _next(printed, 4)
    title = _text(next(printed))
    body = b"\n".join(iter(lambda: next(printed), end))
    counted = [found for found in map(_COUNTED.match, printed) if found]
    return Row(
        sha,
        parents.split(),
        author,
        author_email,
        committer,
        committer_email,
        author_date=_date(author_iso, author_seconds),
        commit_date=_date(commit_iso, commit_seconds),
        message_title=title,
        message_body=_text(body).rstrip() or None,
        additions=sum(int(found[1]) for found in counted if found[1] != b"-"),
        deletions=sum(int(found[2]) for found in counted if found[2] != b"-"),
        files_changed=len(counted),
    )


def _next(printed: Iterator[bytes], count: int) -> list[str]:
    return [_text(next(printed)) for _ in range(count)]


def _text(raw: bytes) -> str:
    for encoding in ("utf-8", "latin-1"):
        try:
            return raw.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise AssertionError("every byte is Latin-1")


def _date(iso: str, seconds: str) -> datetime:
    """git's own ISO date; its seconds where the calendar or the zone is not of this world."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=int(seconds or 0))
    except OverflowError:
        return datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
    try:
        return datetime.fromisoformat(iso.replace("Z", "+00:00")).astimezone(timezone.utc)
    except ValueError:
        return moment
