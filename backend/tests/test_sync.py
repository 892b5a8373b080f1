"""The push contract, over HTTP: what a client may rely on, and what it is refused."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import Scope
from gitleague.tables.audit import AuditEntry
from gitleague.tables.commits import CommitRow
from gitleague.tables.projects import RepoTip, SyncMethod
from httpx import Client, Response
from make import Person, make_commit, make_key, make_line, make_repo
from remote import Repo
from sqlalchemy import select

pytestmark = pytest.mark.on_both

MAX_BATCH = 50
MAX_BODY = 200_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = {"max_batch": MAX_BATCH, "max_body_bytes": MAX_BODY}
    limits["database_wait_seconds"] = 60  # how long a crowd takes is for the machine to say
    return settings.model_copy(update=limits)


def shas(commits: list[dict[str, Any]]) -> list[str]:
    return [commit["sha"] for commit in commits]


def row(database: Database, project_id: uuid.UUID, sha: str) -> CommitRow:
    with database.reading() as session:
        return session.scalars(
            select(CommitRow).where(CommitRow.project_id == project_id, CommitRow.sha == sha)
        ).one()


def test_it_works(repo: Repo, repo_id: uuid.UUID) -> None:
    line = make_line(3)
    answer = repo.push(*line, client_version="0.2.0")
    assert answer.status_code == 201
    assert answer.json() == {
        "total": 3,
        "inserted": 3,
        "skipped": 0,
        "errors": 0,
        "last_ingested_sha": line[-1]["sha"],
        "details": [],
    }
    status = repo.status()
    assert status.pop("last_sync_at").endswith("Z")
    assert status == {
        "repo_id": str(repo_id),
        "name": "site",
        "sync_method": "push_client",
        "status": "healthy",
        "last_ingested_sha": line[-1]["sha"],
        "total_commits": 3,
        "error_message": None,
        "heads": [line[-1]["sha"]],
        "limits": {"max_batch": MAX_BATCH, "max_body_bytes": MAX_BODY},
    }


def test_an_empty_push_is_the_smoke_test(repo: Repo) -> None:
    answer = repo.push()
    assert answer.status_code == 201
    assert answer.json()["total"] == 0
    assert repo.status()["last_sync_at"] is None


def test_a_first_sync_of_many_batches_keeps_them_all(repo: Repo, database: Database) -> None:
    line = make_line(3 * MAX_BATCH)
    for start in range(0, len(line), MAX_BATCH):
        batch = line[start : start + MAX_BATCH]
        assert repo.push(*batch).json()["inserted"] == MAX_BATCH
        # Cut off here, the next sync resumes from what is there.
        assert repo.status()["heads"] == [batch[-1]["sha"]]
    assert repo.status()["total_commits"] == len(line)


def test_a_batch_may_be_sent_twice(repo: Repo) -> None:
    line = make_line(2)
    repo.push(*line)
    again = repo.push(*line)
    assert again.status_code == 201
    body = again.json()
    assert (body["inserted"], body["skipped"], body["errors"]) == (0, 2, 0)
    assert body["details"] == [
        {"sha": sha, "status": "skipped", "field": None, "reason": "This commit is here already."}
        for sha in shas(line)
    ]


def test_batches_may_be_sent_at_the_same_time(repo: Repo) -> None:
    """The original answered 500 to pushes in parallel."""
    line = make_line(40)
    batches = [line[start : start + 20] for start in (0, 5, 10, 15, 20, 0, 10, 20)]
    start = threading.Barrier(len(batches))

    def push(batch: list[dict[str, Any]]) -> Response:
        start.wait()
        return repo.push(*batch)

    with ThreadPoolExecutor(len(batches)) as threads:
        answers = list(threads.map(push, batches))
    assert {answer.status_code for answer in answers} == {201}
    assert sum(answer.json()["inserted"] for answer in answers) == len(line)
    status = repo.status()
    assert (status["total_commits"], status["heads"]) == (40, [line[-1]["sha"]])


def test_a_crowd_is_answered_in_turn(repo: Repo) -> None:
    """More at once than there are threads and connections: none waits for who waits for it."""
    crowd = 80
    start = threading.Barrier(crowd)

    def push(commit: dict[str, Any]) -> int:
        start.wait()
        return repo.push(commit).status_code

    with ThreadPoolExecutor(crowd) as threads:
        assert set(threads.map(push, [make_commit() for _ in range(crowd)])) == {201}
    assert repo.status()["total_commits"] == crowd


def test_two_first_pushes_register_a_repo_once(http: Client, ada: Person) -> None:
    key = make_key(http, ada, Scope.SYNC_COMMITS, Scope.WRITE_REPOS)
    start = threading.Barrier(6)

    def push(number: int) -> int:
        user = "git@" if number % 2 else ""
        start.wait()
        return Repo(http, ada.project_id, f"{user}example.org:new/repo", key).push().status_code

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(push, range(6))) == [201] * 6
    listed = http.get(f"/api/v1/projects/{ada.project_id}/repos", headers=ada.headers).json()
    assert listed["total"] == 1


SPELLINGS = [
    "git@example.org:team/site.git",
    "git@example.org:team/site",
    "ssh://git@example.org/team/site.git",
    "ssh://git@example.org:22/team/site",
    "https://example.org/team/site.git",
    "https://example.org/team/site/",
    "https://ada:token@EXAMPLE.org/team/site",
    "https:/example.org/team/site.git",  # a proxy merged the slashes
]


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_repo_is_found_under_every_spelling(
    http: Client, ada: Person, repo: Repo, repo_id: uuid.UUID, spelling: str, *, escaped: bool
) -> None:
    named = quote(spelling, safe="") if escaped else spelling
    again = Repo(http, ada.project_id, named, repo.headers["Authorization"].split()[1])
    assert again.status()["repo_id"] == str(repo_id)
    assert again.push(make_commit()).json()["inserted"] == 1


def test_a_new_repo_is_registered_by_its_first_push(http: Client, ada: Person) -> None:
    key = make_key(http, ada, Scope.SYNC_COMMITS, Scope.WRITE_REPOS)
    repo = Repo(http, ada.project_id, "https://ada:secret@example.org/new/one.git", key)
    assert http.get(f"{repo.url}/status", headers=repo.headers).status_code == 404
    assert repo.push(make_commit()).status_code == 201
    status = repo.status()
    assert (status["name"], status["total_commits"]) == ("one", 1)
    listed = http.get(f"/api/v1/projects/{ada.project_id}/repos", headers=ada.headers)
    assert "secret" not in listed.text


def test_without_the_scope_a_new_repo_is_told_what_to_do(http: Client, ada: Person) -> None:
    key = make_key(http, ada, Scope.SYNC_COMMITS)
    answer = Repo(http, ada.project_id, "https://example.org/new/one", key).push(make_commit())
    assert answer.status_code == 404
    assert "write:repos" in answer.json()["detail"]


@pytest.mark.parametrize("named", [str(uuid.UUID(int=7)), "https://", "site"])
def test_what_names_no_repo_registers_none(http: Client, ada: Person, named: str) -> None:
    key = make_key(http, ada, Scope.SYNC_COMMITS, Scope.WRITE_REPOS)
    assert Repo(http, ada.project_id, named, key).push(make_commit()).status_code in {404, 422}
    listed = http.get(f"/api/v1/projects/{ada.project_id}/repos", headers=ada.headers).json()
    assert listed["total"] == 0


def test_a_pulled_repo_says_how_to_migrate(
    database: Database, http: Client, ada: Person, repo: Repo
) -> None:
    with database.writing() as session:
        pulled = make_repo(
            session, ada.project_id, "https://x.org/old", sync_method=SyncMethod.PULL_CELERY
        )
    for answer in (
        http.post(f"{repo.url.rsplit('/', 1)[0]}/{pulled}/{end}", json=body, headers=ada.headers)
        for end, body in (("commits", {"commits": []}), ("refs", {"tips": []}))
    ):
        assert answer.status_code == 409
        assert f"scripts/migrate_repos_to_push.py {pulled}" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("version", "status"), [("0.0.9", 426), ("0.1.0", 201), ("9.0", 201), ("dev", 201), (None, 201)]
)
def test_a_client_that_is_too_old(repo: Repo, version: str | None, status: int) -> None:
    answer = repo.push(make_commit(), client_version=version)
    assert answer.status_code == status
    assert status == 201 or "pipx upgrade gitleague-client" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2024-05-01T23:30:00+02:00", "2024-05-01T21:30:00+00:00"),
        ("2024-05-01T23:30:00Z", "2024-05-01T23:30:00+00:00"),
        ("2024-05-01T23:30:00", "2024-05-01T23:30:00+00:00"),  # 0.1.0 sends no zone
        ("1969-12-31T23:00:00-05:00", "1970-01-01T04:00:00+00:00"),
        ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00+00:00"),
    ],
)
def test_times_are_kept_in_utc(
    repo: Repo, database: Database, ada: Person, sent: str, kept: str
) -> None:
    commit = make_commit(commit_date=sent, author_date=sent)
    repo.push(commit)
    found = row(database, ada.project_id, commit["sha"])
    assert found.commit_date.isoformat() == kept


def test_any_text_survives(repo: Repo, database: Database, ada: Person) -> None:
    title = "Zoë 🎉 \u202e <b>'; DROP TABLE commits; --"
    commit = make_commit(message_title=title + "\0", author_name="", message_body="\ud800 x" * 3)
    assert repo.push(commit).json()["inserted"] == 1
    assert row(database, ada.project_id, commit["sha"]).message_title == title


def test_another_project_cannot_be_touched(
    http: Client, database: Database, ada: Person, mallory: Person, repo: Repo, repo_id: uuid.UUID
) -> None:
    """In the original one project could poison, read, change and delete another's data."""
    commit = make_commit(additions=7)
    repo.push(commit)
    theirs = make_key(http, mallory, *Scope)
    attack = Repo(http, ada.project_id, repo_id, theirs)
    assert attack.push(commit | {"additions": 900}).status_code == 404
    assert attack.refs(pruned=[commit["sha"]]).status_code == 404
    assert http.get(f"{attack.url}/status", headers=attack.headers).status_code == 404
    # In their own project they may hold the same URL and the same sha, with other numbers,
    mine = Repo(http, mallory.project_id, "git@example.org:team/site.git", theirs)
    assert mine.push(commit | {"additions": 900}).json()["inserted"] == 1
    assert mine.status()["repo_id"] != str(repo_id)
    assert mine.refs(pruned=[commit["sha"]]).status_code == 200
    # but ada's repo is not reachable through it.
    assert Repo(http, mallory.project_id, repo_id, theirs).push(commit).status_code == 404
    assert row(database, ada.project_id, commit["sha"]).additions == 7
    assert repo.status()["total_commits"] == 1


def test_the_end_of_a_sync_keeps_the_tips(repo: Repo, database: Database, ada: Person) -> None:
    line = make_line(2)
    repo.push(*line)
    for sha in shas(line):
        assert repo.refs(tips={"main": sha, "dev": line[0]["sha"]}).status_code == 200
    with database.reading() as session:
        tips = select(RepoTip.name, RepoTip.sha).where(RepoTip.project_id == ada.project_id)
        assert dict(map(tuple, session.execute(tips))) == {
            "main": line[1]["sha"],
            "dev": line[0]["sha"],
        }


def test_what_is_pruned_leaves_and_comes_back(repo: Repo) -> None:
    root, gone = make_line(2)
    other = make_commit(parents=[root["sha"]])
    repo.push(root, gone, other)
    answer = repo.refs(tips={"main": other["sha"]}, pruned=[gone["sha"], root["sha"]])
    assert answer.json() == {"pruned": 1, "total_commits": 2}  # the root is reached
    assert repo.status()["heads"] == [other["sha"]]
    assert repo.push(gone).json()["inserted"] == 1
    assert repo.status()["total_commits"] == 3


def test_a_push_is_written_down(repo: Repo, database: Database, ada: Person) -> None:
    repo.push(make_commit(), {"sha": "abc"})
    with database.reading() as session:
        (entry,) = session.scalars(
            select(AuditEntry).where(
                AuditEntry.project_id == ada.project_id,
                AuditEntry.action == "repo:commits:pushed",
            )
        )
        assert entry.details == {"inserted": 1, "skipped": 0, "refused": 1}
        assert entry.api_key_id
