"""What a referee flags, and what it leaves alone."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from typing import Any, TypeAlias

import pytest
from fouls import (
    HOUR,
    MINUTE,
    NEARLY_MIDNIGHT,
    NOON,
    OTHER,
    SMALL_PAUSE,
    SUBJECTS,
    Field,
    at,
    bulk,
    burst,
    row_of_reverts,
    soon,
    toggles,
    work,
)
from gitleague.core.db import Database
from httpx import Client
from make import Person
from remote import Repo

# Made when they are pushed where they are about the time it is.
Commits: TypeAlias = list[Any] | Callable[[], list[Any]]


@pytest.fixture
def field(http: Client, ada: Person, database: Database, repo: Repo) -> Field:
    return Field(http, ada, database, repo)


FOULS: dict[str, tuple[list[str], Commits]] = {
    "ten one-liners, a minute apart": (["commit_splitting"], burst(10, **SMALL_PAUSE)),
    "five before midnight and five after": (
        ["commit_splitting"],
        burst(10, begins=NEARLY_MIDNIGHT, **SMALL_PAUSE),
    ),
    "ten of one second, as by git am": (["commit_splitting"], burst(10, pause=0 * MINUTE)),
    "fifteen, six minutes apart": (["commit_splitting"], burst(15, pause=6 * MINUTE)),
    "ten in an hour, with a break": (
        ["commit_splitting"],
        [*burst(5, **SMALL_PAUSE), *burst(5, begins=NOON + 50 * MINUTE, **SMALL_PAUSE)],
    ),
    "ten, where two a day are usual": ([], [*work(5, 2), *burst(10, **SMALL_PAUSE)]),
    "sixteen, where two a day are usual": (
        ["commit_splitting"],
        [*work(5, 2), *burst(16, **SMALL_PAUSE)],
    ),
    "ten, where two a day are usual for somebody else": (
        ["commit_splitting"],
        [*work(5, 2, by="Linus"), *burst(10, **SMALL_PAUSE)],
    ),
    "a burst a day, which makes none of them usual": (
        ["commit_splitting"] * 5,
        [
            commit
            for day in range(5)
            for commit in burst(10, begins=NOON + timedelta(days=day), **SMALL_PAUSE)
        ],
    ),
    "ten patches of one second, each with a subject": (
        [],
        [
            each | {"message_title": title}
            for each, title in zip(burst(10, pause=0 * MINUTE), SUBJECTS, strict=True)
        ],
    ),
    "ten subjects, a minute apart": (
        [],
        [
            each | {"message_title": title}
            for each, title in zip(burst(10, pause=MINUTE), SUBJECTS, strict=True)
        ],
    ),
    "nine of them": ([], burst(9, **SMALL_PAUSE)),
    "ten, ten minutes apart": ([], burst(10, pause=10 * MINUTE)),
    "ten of six lines": ([], burst(10, lines=6, **SMALL_PAUSE)),
    "ten, of two": ([], [*burst(5, **SMALL_PAUSE), *burst(5, by="Linus", **SMALL_PAUSE)]),
    "ten of a bot": ([], burst(10, by="renovate[bot]", **SMALL_PAUSE)),
    "a revert of a revert": ([], [*OTHER, *row_of_reverts(2)]),
    "three reverts in a row": (["revert_ping_pong"] * 2, [*OTHER, *row_of_reverts(3)]),
    "three of one player": (["revert_ping_pong"], [*OTHER, *row_of_reverts(3, by=("Grace",))]),
    "the same 100 lines, in and out ten times": (["revert_ping_pong"], toggles(10, pause=HOUR)),
    "as many lines in as out, as of a version that is set again and again": (
        [],
        [at(NOON + day * 24 * HOUR, additions=100, deletions=100) for day in range(10)],
    ),
    "a few lines more in than out, and out than in": (
        [],
        [
            at(NOON + day * HOUR, additions=75 + 4 * (day % 2), deletions=79 - 4 * (day % 2))
            for day in range(10)
        ],
    ),
    "in and out four times": ([], toggles(4, pause=HOUR)),
    "in and out, a line": ([], toggles(10, pause=HOUR, lines=1)),
    "in and out, once in two months": ([], toggles(10, pause=timedelta(days=60))),
    "in, and in again": (
        [],
        [at(NOON + number * HOUR, additions=100, deletions=0) for number in range(10)],
    ),
    "in by one and out by the other": (
        [],
        [
            each | {"author_name": name, "author_email": f"{name}@example.org"}
            for each, name in zip(toggles(8, pause=HOUR), ["Grace", "Linus"] * 4, strict=True)
        ],
    ),
    "a lock file": (["lock_file_dump"], [at(NOON, additions=9000, excluded_additions=8990)]),
    "a lock file beside work": ([], [at(NOON, additions=9000, excluded_additions=8000)]),
    "a small lock file": ([], [at(NOON, additions=1999, excluded_additions=1999)]),
    "100,000 lines of one's own": (["huge_commit"], [at(NOON, additions=100_000)]),
    "one line less": ([], [at(NOON, additions=99_999)]),
    "100,000 lines of which some are no work": (
        [],
        [at(NOON, additions=100_000, excluded_additions=1)],
    ),
    "another year, in the heads of 40 files": ([], [bulk(40, 40, 40)]),
    "a merge of all that": (
        [],
        [at(NOON, additions=900_000, is_merge=True, parents=["a" * 40, "b" * 40])],
    ),
    "two hours ahead": (["future_date"], lambda: [at(soon(hours=2))]),
    "a clock that is a little fast": ([], lambda: [at(soon(minutes=50))]),
    "only the committer is ahead": (
        ["future_date"],
        lambda: [
            at(NOON, author_date=soon(days=-1).isoformat(), commit_date=soon(hours=2).isoformat())
        ],
    ),
    "merged after a hundred days": (
        [],
        [at(NOON, author_date=(NOON - timedelta(days=100)).isoformat())],
    ),
    "committed by a script or a clock with an older date": (
        [],
        [at(NOON, author_date=(NOON + timedelta(days=100)).isoformat())],
    ),
    "written in another time zone": (
        [],
        [at(NOON, author_date=(NOON + timedelta(hours=23)).isoformat())],
    ),
    "a hundred commits on a day": ([], burst(100, pause=7 * MINUTE)),
    "one more": (["impossible_day"], burst(101, pause=7 * MINUTE)),
    "one more, each with a subject": (
        [],
        [
            each | {"message_title": title}
            for each, title in zip(burst(101, pause=7 * MINUTE), cycle(SUBJECTS), strict=False)
        ],
    ),
}


BULK_EDITS: dict[str, tuple[list[str], Any]] = {
    "another year, in the heads of 40 files": (["bulk_edit"], bulk(40, 40, 40)),
    "in 39 files": ([], bulk(39, 39, 39)),
    "40 files with more in than out": ([], bulk(40, 61, 60)),
    "40 files with work in each": ([], bulk(40, 121, 121)),
    "40 files that were moved": ([], bulk(40, 2, 2)),
}


@pytest.mark.parametrize(("expected", "commits"), FOULS.values(), ids=FOULS.keys())
def test_what_is_a_foul(field: Field, expected: list[str], commits: Commits) -> None:
    field.repo.push(*(commits() if callable(commits) else commits))
    field.look()
    assert field.flagged() == expected


@pytest.mark.parametrize(("expected", "commit"), BULK_EDITS.values(), ids=BULK_EDITS.keys())
def test_what_is_a_bulk_edit_where_that_is_a_foul(
    field: Field, expected: list[str], commit: Any
) -> None:
    field.set(bulk_edit={"enabled": True})
    field.repo.push(commit)
    field.look()
    assert field.flagged() == expected
