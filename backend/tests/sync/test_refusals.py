"""Pushes that cannot be taken, in whole or in part: a clear answer, and nothing lost."""

import gzip
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import zstandard
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.commits import CommitRow
from gitleague.tables.projects import Project
from make import Person, make_commit, make_line, make_sha
from psycopg import sql
from remote import Repo
from sqlalchemy import func, select

MAX_BATCH = 50
MAX_BODY = 200_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = {"max_batch": MAX_BATCH, "max_body_bytes": MAX_BODY, "database_wait_seconds": 1}
    return settings.model_copy(update=limits)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sha": "abc"}, "sha"),
        ({"sha": None}, "sha"),
        ({"additions": -1}, "additions"),
        ({"additions": 10**12}, "additions"),
        ({"deletions": "many"}, "deletions"),
        ({"commit_date": "yesterday"}, "commit_date"),
        ({"author_name": None}, "author_name"),
        ({"author_email": ["ada"]}, "author_email"),
        ({"parents": ["abc"]}, "parents.0"),
        ({"parents": ["a" * 40] * 1001}, "parents"),
        ({"flags": ["lucky"]}, "flags"),
    ],
)
def test_a_bad_commit_is_refused_by_itself(repo: Repo, wrong: dict[str, Any], field: str) -> None:
    line = make_line(3)
    bad = {name: value for name, value in (line[1] | wrong).items() if value is not None}
    answer = repo.push(line[0], bad, line[2])
    assert answer.status_code == 201
    body = answer.json()
    assert (body["total"], body["inserted"], body["errors"]) == (3, 2, 1)
    (detail,) = body["details"]
    assert (detail["status"], detail["field"]) == ("error", field)
    assert detail["reason"]


@pytest.mark.parametrize("item", [None, 7, "commit", [], {}])
def test_what_is_no_commit_is_refused_by_itself(repo: Repo, item: Any) -> None:
    good = make_commit()
    body = repo.push(good, item).json()
    assert (body["inserted"], body["errors"]) == (1, 1)


def test_the_walk_passes_a_refused_commit(repo: Repo) -> None:
    line = make_line(3)
    repo.push(line[0], line[1] | {"additions": -1}, line[2])
    assert repo.status()["heads"] == [line[2]["sha"]]
    # Sent again and well, as `sync --full` does, it is taken.
    assert repo.push(line[1]).json()["inserted"] == 1
    assert repo.status()["total_commits"] == 3


def test_a_batch_over_the_limit_is_refused_whole(repo: Repo) -> None:
    answer = repo.push(*make_line(MAX_BATCH + 1))
    assert answer.status_code == 413
    assert f"more than {MAX_BATCH} commits" in answer.json()["detail"]
    assert repo.status()["total_commits"] == 0


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_a_body_over_the_limit_is_refused_unread(repo: Repo, encoding: str) -> None:
    large = packed(b" " * (MAX_BODY + 1), encoding)
    answer = repo.send(large, **{"Content-Encoding": encoding})
    assert answer.status_code == 413
    assert f"{MAX_BODY:,} bytes" in answer.json()["detail"]


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_a_body_may_be_packed(repo: Repo, encoding: str) -> None:
    body = packed(json.dumps({"commits": [make_commit()]}).encode(), encoding)
    answer = repo.send(body, **{"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["inserted"]) == (201, 1)


def packed(content: bytes, encoding: str) -> bytes:
    pack = {"gzip": gzip.compress, "zstd": zstandard.compress}.get(encoding, bytes)
    return pack(content)


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"commits", {}, 400),
        (b'{"commits": [', {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"{}", {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b"{}", mtime=0)[:-4], {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b"", mtime=0) * 1_000, {"Content-Encoding": "gzip"}, 400),
        (b"{}", {"Content-Encoding": "zstd"}, 400),
        (b"{}", {"Content-Encoding": "br"}, 415),
        (b"{}", {}, 422),
        (b"[]", {}, 422),
        (b'{"commits": {}}', {}, 422),
        (b'{"commits": [], "client_version": 7}', {}, 422),
    ],
)
def test_a_body_that_makes_no_sense(
    repo: Repo, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = repo.send(content, **headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_refs_of_nothing_but_errors_are_answered_with_one(repo: Repo) -> None:
    body = b'{"tips": [%s], "pruned": [%s]}' % (b",".join([b"[]"] * 900), b",".join([b"1"] * 900))
    answer = repo.http.post(f"{repo.url}/refs", content=body, headers=repo.headers)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["tips.0", "pruned.0"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"tips", 400),
        (b'{"tips": [{"name": "main"}]}', 422),
        (b'{"tips": [{"name": "main", "sha": "abc"}]}', 422),
        (b'{"tips": [{"name": "a\\u0000b", "sha": "%s"}]}' % (b"a" * 40), 422),
        (b'{"pruned": ["abc"]}', 422),
    ],
)
def test_refs_that_make_no_sense(repo: Repo, body: bytes, status: int) -> None:
    answer = repo.http.post(f"{repo.url}/refs", content=body, headers=repo.headers)
    assert answer.status_code == status
    assert bool(answer.json()["errors"]) == (status == 422)


@contextmanager
def locked(database: Database, project_id: uuid.UUID) -> Iterator[None]:
    """Somebody else is writing, and does not come to an end."""
    with database.writing() as session:
        session.execute(select(Project.id).where(Project.id == project_id).with_for_update())
        yield


def test_a_database_that_is_locked_says_to_come_back(
    repo: Repo, database: Database, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    commit = make_commit()
    with locked(database, ada.project_id):
        answer = repo.push(commit)
    assert answer.status_code == 503
    assert "the database is away or busy: " in caplog.text
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["title"] == "Unavailable"
    assert repo.push(commit).json()["inserted"] == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_is_gone_says_to_come_back(
    repo: Repo, database: Database, postgresql: str
) -> None:
    commit = make_commit()
    with psycopg.connect(postgresql, autocommit=True) as server:
        name = sql.Identifier(str(database.url.database))
        away = sql.Identifier(f"away_{make_sha(repr(name))[:8]}")
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [database.url.database],
        )
        server.execute(rename.format(name, away))
        try:
            for answer in (repo.push(commit), repo.http.get("/health")):
                assert answer.status_code == 503
                assert int(answer.headers["Retry-After"]) > 0
        finally:
            server.execute(rename.format(away, name))
    assert repo.push(commit).json()["inserted"] == 1


def test_nothing_is_written_when_a_batch_fails(repo: Repo, database: Database, ada: Person) -> None:
    with locked(database, ada.project_id):
        repo.push(*make_line(5))
    with database.reading() as session:
        mine = CommitRow.project_id == ada.project_id
        assert session.scalar(select(func.count()).select_from(CommitRow).where(mine)) == 0
