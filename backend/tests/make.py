"""What tests stand on, made in one line each with good defaults."""

import hashlib
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from gitleague.accounts.sign_in import open_api_session
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.projects.git_urls import url_key
from gitleague.tables.accounts import Scope, User
from gitleague.tables.projects import Member, MemberStatus, Project, Repo, Role, SyncMethod
from httpx import Client
from sqlalchemy.orm import Session

_numbers = itertools.count(1)
JOINED = datetime(2000, 1, 1, tzinfo=timezone.utc)  # a repository, before all commits of the tests


@dataclass(frozen=True)
class Person:
    """Somebody signed in: a row in `users`, and a token that the API takes."""

    user_id: uuid.UUID
    email: str
    project_id: uuid.UUID
    jwt: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.jwt}"}


def make_user(session: Session, email: str, *, name: str = "") -> uuid.UUID:
    user = User(
        id=uuid.uuid4(),
        email=email,
        display_name=name or email.partition("@")[0].capitalize(),
        created_at=now(),
    )
    session.add(user)
    session.flush()  # the rows that follow point at it
    return user.id


def make_project(
    session: Session, name: str = "The League", *, slug: str = "", time_zone: str = "UTC"
) -> uuid.UUID:
    project = Project(
        id=uuid.uuid4(),
        name=name,
        slug=slug or f"{name.lower().replace(' ', '-')}-{next(_numbers)}",
        time_zone=time_zone,
        created_at=now(),
    )
    session.add(project)
    session.flush()  # the rows that follow point at it
    return project.id


def make_member(
    session: Session,
    project_id: uuid.UUID,
    user_id: uuid.UUID,
    *,
    role: Role = Role.PLAYER,
    status: MemberStatus = MemberStatus.APPROVED,
) -> None:
    session.add(
        Member(
            project_id=project_id,
            user_id=user_id,
            role=role.value,
            status=status.value,
            created_at=now(),
        )
    )
    session.flush()  # read back in the same transaction by some tests


def make_person(
    database: Database,
    settings: Settings,
    name: str,
    project_id: uuid.UUID,
    role: Role,
    *,
    status: MemberStatus = MemberStatus.APPROVED,
) -> Person:
    """Somebody with a role in the project, signed in."""
    email = f"{name.lower()}@example.org"
    with database.writing() as session:
        user_id = make_user(session, email, name=name)
        make_member(session, project_id, user_id, role=role, status=status)
        token = open_api_session(session, settings, user_id).token
    return Person(user_id, email, project_id, token)


def make_key(
    http: Client,
    person: Person,
    *scopes: Scope,
    project_id: uuid.UUID | None = None,
    expires_in_days: int | None = None,
) -> str:
    """A key that the person makes over the API; in full."""
    wish = {
        "name": f"key {next(_numbers)}",
        "scopes": ",".join(scope.value for scope in scopes),
        "project_id": str(project_id) if project_id else None,
        "expires_in_days": expires_in_days,
    }
    answer = http.post("/api/v1/api-keys/", json=wish, headers=person.headers)
    answer.raise_for_status()
    return str(answer.json()["full_key"])


def make_repo(
    session: Session,
    project_id: uuid.UUID,
    git_url: str = "git@example.org:team/site.git",
    *,
    name: str = "",
    sync_method: SyncMethod = SyncMethod.PUSH_CLIENT,
) -> uuid.UUID:
    repo = Repo(
        id=uuid.uuid4(),
        project_id=project_id,
        name=name or git_url.rsplit("/", 1)[-1].removesuffix(".git"),
        git_url=git_url,
        url_key=url_key(git_url),
        sync_method=sync_method.value,
        created_at=JOINED,
    )
    session.add(repo)
    session.flush()  # the rows that follow point at it
    return repo.id


def make_sha(seed: object) -> str:
    """The same 40 hex digits for the same seed."""
    return hashlib.sha1(repr(seed).encode(), usedforsecurity=False).hexdigest()


def make_commit(**over: Any) -> dict[str, Any]:
    """A commit on the wire, with a sha of its own; `over` replaces fields, None removes one."""
    parents: Sequence[str] = over.get("parents", [])
    commit = {
        "sha": make_sha(next(_numbers)),
        "author_name": "Grace Hopper",
        "author_email": "grace@example.org",
        "committer_name": "Grace Hopper",
        "committer_email": "grace@example.org",
        "author_date": "2024-05-01T12:00:00Z",
        "commit_date": "2024-05-01T12:00:00Z",
        "message_title": "Add a page",
        "message_body": "",
        "additions": 10,
        "deletions": 2,
        "files_changed": 1,
        "is_merge": len(parents or ()) > 1,
        "parent_count": len(parents or ()),
        "parents": [],
    } | over
    return {field: value for field, value in commit.items() if value is not None}


def make_line(length: int, **over: Any) -> list[dict[str, Any]]:
    """Commits in a line, each the parent of the next, oldest first."""
    line: list[dict[str, Any]] = []
    for _ in range(length):
        parents = [line[-1]["sha"]] if line else []
        line.append(make_commit(**{"parents": parents} | over))
    return line
