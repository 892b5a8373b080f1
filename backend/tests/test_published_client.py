"""The client that is published and in use, 0.1.0, works against this server as it is.

It is installed from the package index into an environment of its own, once, under build/.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from gitleague.core.db import Database
from gitleague.tables.accounts import Scope
from gitleague.tables.commits import CommitRow
from httpx import Client
from make import Person, make_key, make_repo
from sqlalchemy import func, select

PUBLISHED = "gitleague-client==0.1.0"
BUILD = Path(__file__).parents[2] / "build"
COMMITS = 25  # and a merge


@pytest.fixture(scope="session")
def published_client() -> Path:
    """The command `gitleague-client` of 0.1.0."""
    home = BUILD / f"published-client-{sys.version_info.major}.{sys.version_info.minor}"
    command, done = home / "bin" / "gitleague-client", home / "done"
    BUILD.mkdir(exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers may come here at once
        if not done.exists():
            shutil.rmtree(home, ignore_errors=True)
            _install(home)
            done.touch()
    return command


def _install(home: Path) -> None:
    """With uv, in a tenth of the time; with pip where the index is one that only pip knows."""
    python = home / "bin" / "python"
    quick = [Path(sys.executable).with_name("uv"), "pip", "install", "--quiet"]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    if subprocess.run([*quick, "--python", python, PUBLISHED], check=False).returncode:
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([python, "-m", "ensurepip"], stdout=subprocess.DEVNULL, check=True)
        subprocess.run([*pip, "install", "--quiet", PUBLISHED], check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository as 0.1.0 wants it: a branch `main` and a work tree."""
    path = tmp_path / "site"
    _git(tmp_path, "init", "--quiet", "--initial-branch=main", str(path))
    for number in range(COMMITS - 1):
        _commit(path, f"page{number % 4}.txt", number)
    _git(path, "checkout", "--quiet", "-b", "feature", "HEAD~3")
    _commit(path, "feature.txt", COMMITS)
    _git(path, "checkout", "--quiet", "main")
    _git(path, "merge", "--quiet", "--no-ff", "-m", "Merge branch 'feature'", "feature")
    return path


class Setup(NamedTuple):
    command: Path
    config: Path

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.command, *arguments, "--config", self.config],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "COLUMNS": "200"},
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture
def setup(
    database: Database,
    live_server: str,
    ada: Person,
    repository: Path,
    published_client: Path,
    tmp_path: Path,
) -> Setup:
    """Its own repos.yaml, where the repository has another spelling than on the server."""
    with database.writing() as session:
        make_repo(session, ada.project_id, "https://github.com/team/site")
    with Client(base_url=live_server) as http:
        key = make_key(http, ada, Scope.SYNC_COMMITS, Scope.READ_REPOS)
    repo = {"path": str(repository), "git_url": "git@github.com:team/site.git"}
    project = {"name": "The League", "project_id": str(ada.project_id), "repos": [repo]}
    settings = {"api_url": live_server, "api_key": key, "batch_size": 1000, "max_retries": 1}
    config = tmp_path / "repos.yaml"
    config.write_text(yaml.safe_dump({**settings, "projects": [project]}), encoding="utf-8")
    return Setup(published_client, config)


def test_trying_it_sends_nothing(setup: Setup, database: Database, ada: Person) -> None:
    assert "API Key" in setup.run("test")
    setup.run("sync", "--dry-run")
    assert _count(database, ada) == 0


def test_it_works(setup: Setup, database: Database, ada: Person, repository: Path) -> None:
    """Its numbers are those of git, and a second sync sends what is new and nothing else."""
    setup.run("sync")
    assert _count(database, ada) == COMMITS + 1
    with database.reading() as session:
        kept = session.execute(
            select(CommitRow.sha, CommitRow.additions, CommitRow.deletions).where(
                CommitRow.project_id == ada.project_id, ~CommitRow.is_merge
            )
        ).all()
    assert sorted(map(tuple, kept)) == sorted(_numstat(repository))
    assert "No new commits" in setup.run("sync")
    _commit(repository, "later.txt", 99)
    setup.run("sync")
    assert _count(database, ada) == COMMITS + 2


def _numstat(repository: Path) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for line in _git(repository, "log", "--no-merges", "--numstat", "--format=%H").splitlines():
        if len(line) == 40:
            found.append((line, 0, 0))
        elif line:
            added, deleted, _ = line.split("\t")
            sha, more, less = found[-1]
            found[-1] = (sha, more + int(added), less + int(deleted))
    return found


def _count(database: Database, person: Person) -> int:
    with database.reading() as session:
        mine = CommitRow.project_id == person.project_id
        return session.scalar(select(func.count()).select_from(CommitRow).where(mine)) or 0


def _commit(repository: Path, name: str, number: int) -> None:
    lines = [f"line {line} of {number}\n" for line in range(number % 7 + 1)]
    (repository / name).write_text("".join(lines), encoding="utf-8")
    _git(repository, "add", name)
    _git(repository, "commit", "--quiet", "-m", f"Write {name} again ({number})")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
