"""From pull to push, and back: what the operator's script does, tells, and how it ends."""

import io
import json
import os
import re
import subprocess
import sys
import uuid
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from gitleague.cli.door import main
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.jobs.runner import Runner
from gitleague.sync.pull import credentials
from gitleague.sync.pull.wishes import wipe_kept_credentials
from gitleague.tables.audit import AuditEntry
from gitleague.tables.jobs import Job
from gitleague.tables.projects import Repo, RepoHead, SyncMethod
from gitleague.tables.syncs import CredentialKind, RepoPull, RepoSync
from gitleague.tasks import pulls_of
from make import make_project, make_repo, make_sha
from sqlalchemy import select, update

BACKEND = Path(__file__).parents[2]
TOKEN = credentials.Credential(CredentialKind.TOKEN, "glpat-hidden")
LONG_AGO = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Server:
    """With two leagues: two pulled repositories in one, one in the other."""

    database: Database
    settings: Settings
    project_id: uuid.UUID
    one: uuid.UUID
    two: uuid.UUID
    other: uuid.UUID

    def run(self, *arguments: object, code: int = 0) -> str:
        """In this process, which is quicker than a new one each time."""
        names = {"DATABASE_URL": self.settings.database_url, "DATA_DIR": self.settings.data_dir}
        told = io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patched,
            redirect_stdout(told),
            redirect_stderr(told),
            pytest.raises(SystemExit) if code else nullcontext() as ended,
        ):
            for name, value in names.items():
                patched.setenv(f"GITLEAGUE_{name}", str(value))
            main(["migrate", *map(str, arguments)])
        assert not code or (ended and ended.value.code == code), told.getvalue()
        return told.getvalue()

    def told(self, *arguments: object, code: int = 0) -> Any:
        return json.loads(self.run("--json", *arguments, code=code))

    def rows(self) -> list[tuple[Any, ...]]:
        """All that a migration could change."""
        tables = (Repo, RepoPull, RepoHead, RepoSync, Job, AuditEntry)
        with self.database.reading() as session:
            return [
                tuple(row)
                for table in tables
                for row in session.execute(
                    select(table.__table__).order_by(*table.__table__.primary_key)
                )
                if table is not RepoPull
            ] + list(map(tuple, session.execute(select(RepoPull.repo_id, RepoPull.next_due))))

    def pull_of(self, repo_id: uuid.UUID) -> RepoPull:
        with self.database.reading() as session:
            return session.get_one(RepoPull, (self.project_id, repo_id))

    def set_pull(self, repo_id: uuid.UUID, **values: object) -> None:
        with self.database.writing() as session:
            session.execute(update(RepoPull).where(RepoPull.repo_id == repo_id).values(**values))


@pytest.fixture
def server(database: Database, settings: Settings) -> Server:
    pull = SyncMethod.PULL_CELERY
    sealer = Sealer(settings)
    with database.writing() as session:
        projects = make_project(session), make_project(session, "Another")
        places = ((projects[0], "one"), (projects[0], "two"), (projects[1], "other"))
        made = [
            make_repo(session, project_id, f"https://x.org/{name}", sync_method=pull)
            for project_id, name in places
        ]
        for (project_id, _), repo_id in zip(places, made, strict=True):
            session.execute(
                update(Repo)
                .where(Repo.id == repo_id)
                .values(last_ingested_sha=make_sha(1), last_sync_at=LONG_AGO)
            )
            session.add(RepoHead(project_id=project_id, repo_id=repo_id, sha=make_sha(1)))
            session.add(
                RepoPull(
                    project_id=project_id,
                    repo_id=repo_id,
                    schedule="0 * * * *",
                    branches=[],
                    failures=0,
                    credential_kind="token",
                    sealed_credential=credentials.seal(sealer, TOKEN, repo_id),
                )
            )
    return Server(database, settings, projects[0], *made)


def test_it_works(server: Server) -> None:
    """As operators call it: the script, in the folder `backend`."""
    done = subprocess.run(
        [sys.executable, "scripts/migrate_repos_to_push.py", str(server.one), "--json"],
        cwd=BACKEND,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        env={**os.environ, "GITLEAGUE_DATABASE_URL": server.settings.database_url},
    )
    assert json.loads(done.stdout)["counts"]["done"] == 1
    with server.database.reading() as session:
        repo = session.get_one(Repo, server.one)
        heads = session.scalars(select(RepoHead.sha).where(RepoHead.repo_id == server.one)).all()
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "one")).all()
    assert (repo.sync_method, repo.last_ingested_sha) == ("push_client", make_sha(1))
    assert (heads, repo.last_sync_at) == ([make_sha(1)], LONG_AGO)
    assert server.pull_of(server.one).sealed_credential is None
    assert [entry.action for entry in entries] == ["project:repo:migrated"]
    again = server.told(server.one)
    assert again["counts"] | {"already": 1, "done": 0} == again["counts"]


@pytest.mark.parametrize("flags", ["--dry-run {}", "{} --dry-run"], ids=["before", "after"])
def test_a_dry_run_changes_nothing(server: Server, flags: str) -> None:
    before = server.rows()
    told = server.run(*flags.format(server.one).split())
    assert "The League/one would sync by push_client" in told
    assert server.rows() == before


def test_what_went_wrong_is_told_apart(server: Server) -> None:
    server.run(server.two)
    server.set_pull(server.other, running=uuid.uuid4(), running_until=now() + timedelta(hours=1))
    ids = (server.one, server.two, server.other, uuid.uuid4(), "typo")
    told = server.told(*ids, "--wait", "0s", code=1)
    by_id = {each["repo_id"]: each["outcome"] for each in told["repos"]}
    wanted = ("done", "already", "running", "unknown", "unknown")
    assert by_id == dict(zip(map(str, ids), wanted, strict=True))
    assert "a sync is running" in server.run(server.other, "--wait", "0s", code=1)
    server.set_pull(server.other, running_until=now() - timedelta(seconds=1))  # dead
    assert server.told("--all")["counts"]["done"] == 1


def test_all_but_the_active_and_of_one_league(server: Server) -> None:
    with server.database.writing() as session:
        session.execute(update(Repo).where(Repo.id == server.one).values(last_sync_at=now()))
    told = server.told("--all", "--exclude-active", "--dry-run")
    assert (told["counts"]["active"], told["counts"]["done"]) == (1, 2)
    assert server.told("--project", server.project_id)["counts"]["done"] == 2
    status = server.told("--status")
    assert (status["total"], status["pushed"], status["percent"]) == (3, 2, 66)
    assert [league["percent"] for league in status["projects"]] == [0, 100]
    assert "The League: 2 of 2 pushed (100 %)" in server.run("--status")


@pytest.mark.on_both
def test_the_way_back_needs_no_new_credential_in_the_grace_period(server: Server) -> None:
    sealed = server.pull_of(server.one).sealed_credential
    server.run("--keep-credentials", "14d", server.one, "--yes")
    kept = server.pull_of(server.one)
    assert kept.sealed_credential == sealed
    assert kept.credential_kept_until
    assert kept.credential_kept_until > now() + timedelta(days=13)
    assert "syncs by pull_celery" in server.run("--rollback", server.one)
    back = server.pull_of(server.one)
    assert (back.sealed_credential, back.credential_kept_until) == (sealed, None)
    assert back.next_due
    server.run(server.one, server.two)
    assert "set one if it needs one" in server.run(server.one, "--rollback")


@pytest.mark.on_both
def test_a_kept_credential_is_wiped_when_the_time_is_over(server: Server) -> None:
    server.set_pull(server.one, credential_kept_until=now() - timedelta(seconds=1))
    with server.database.writing() as session:
        wipe_kept_credentials(session)
    assert server.pull_of(server.one).sealed_credential is None
    assert server.pull_of(server.two).sealed_credential


def test_a_job_that_was_queued_before_does_nothing_after(server: Server) -> None:
    """The one that the migration itself asks for, too: only the clone goes."""
    clone = server.settings.data_dir / "mirrors" / str(server.project_id) / str(server.one)
    clone.mkdir(parents=True)
    server.run(server.one)
    assert Runner(server.database, pulls_of(server.settings)).run_all() == 1
    assert not clone.exists()
    with server.database.reading() as session:
        assert session.scalars(select(RepoSync)).all() == []
        assert session.get_one(Repo, server.one).sync_method == "push_client"


@pytest.mark.parametrize("arguments", [(), ("--all", "--status"), ("--keep-credentials", "x")])
def test_usage(server: Server, arguments: tuple[str, ...]) -> None:
    assert "Usage" in server.run(*arguments, code=2)


RUNBOOK = (BACKEND.parent / "docs" / "operations" / "migration.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    python scripts/migrate_repos_to_push\.py (.+)$", RUNBOOK, re.MULTILINE)


def test_the_runbook_does_what_it_says(server: Server) -> None:
    """Its commands, from the first to the last, on the same server."""
    assert len(COMMANDS) > 8
    for command in COMMANDS:
        named = command.replace("REPO_ID", str(server.one))
        server.run(*named.replace("PROJECT_ID", str(server.project_id)).split())
    assert server.told("--status")["percent"] == 100
