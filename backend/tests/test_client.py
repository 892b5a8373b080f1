"""The client of this tree against this server: what git says is what the server keeps."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from gitleague.core.clock import as_utc
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import Scope
from gitleague.tables.commits import CommitRow, Identity
from histories import make_nasty_history, run_git
from httpx import Client
from independent import Row, read_log
from make import Person, make_key
from preloaded import CLIENT, PROGRAM, loaded
from sqlalchemy import select

COMMITS = 3000
FEW = 300  # the odd ones of the many among them


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"rate_limit_api": "100000/minute"})


class ClientHere(NamedTuple):
    """`gitleague-client` with a configuration of ada's."""

    config: Path

    def run(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """The results, one for each repository."""
        run = loaded(CLIENT).start(
            [PROGRAM, "--json", *arguments], folder=self.config.parent, environment=os.environ
        )
        out, err = run.communicate()
        assert run.returncode == code, err
        return [json.loads(line) for line in out.splitlines()]

    def run_in_new_zealand(self, *arguments: str) -> list[dict[str, Any]]:
        """The same, started from nothing."""
        done = subprocess.run(
            [sys.executable, "-m", "gitleague_client", "--json", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "TZ": "Pacific/Auckland"},
            cwd=self.config.parent,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


def client_of(
    folder: Path, url: str, key: str, project_id: uuid.UUID, *repos: Mapping[str, str]
) -> ClientHere:
    project = {"project_id": str(project_id), "repos": list(repos)}
    config = folder / "repos.yaml"
    config.write_text(yaml.safe_dump({"api_url": url, "api_key": key, "projects": [project]}))
    config.chmod(0o600)
    return ClientHere(config)


@pytest.fixture
def key(http: Client, ada: Person) -> str:
    return make_key(http, ada, Scope.SYNC_COMMITS, Scope.WRITE_REPOS, project_id=ada.project_id)


@pytest.fixture(scope="session")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_nasty_history(tmp_path_factory.mktemp("nasty") / "sha1", COMMITS)


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_nasty_history(tmp_path_factory.mktemp("nasty") / "short", FEW)


@pytest.fixture(scope="session")
def nasty_sha256(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nasty") / "sha256"
    return make_nasty_history(folder, FEW, object_format="sha256")


def kept_rows(database: Database, project_id: uuid.UUID) -> dict[str, Row]:
    """Every row of the server, in the shape that git is read in."""
    with database.reading() as session:
        found = session.execute(
            select(CommitRow, Identity.name, Identity.email)
            .join(Identity, Identity.id == CommitRow.author_id)
            .where(CommitRow.project_id == project_id, Identity.project_id == project_id)
        ).all()
    return {
        row.sha: Row(
            row.sha,
            (row.parents or "").split(),
            name,
            email,
            row.committer_name,
            row.committer_email,
            as_utc(row.author_date),
            as_utc(row.commit_date),
            row.message_title,
            row.message_body or None,
            row.additions,
            row.deletions,
            row.files_changed,
        )
        for row, name, email in found
    }


def assert_same(kept: dict[str, Row], truth: dict[str, Row]) -> None:
    assert kept.keys() == truth.keys()
    wrong = {sha: (kept[sha], row) for sha, row in truth.items() if kept[sha] != row}
    assert not wrong, next(iter(wrong.values()))


def test_every_row_is_what_git_says(
    database: Database, live_server: str, ada: Person, key: str, nasty: Path, tmp_path: Path
) -> None:
    client = client_of(tmp_path, live_server, key, ada.project_id, {"path": str(nasty), **NASTY})
    truth = read_log(nasty, "main")
    assert len(truth) == COMMITS
    (result,) = client.run_in_new_zealand("sync")
    assert (result["inserted"], result["refused"]) == (COMMITS, [])
    assert_same(kept_rows(database, ada.project_id), truth)
    (again,) = client.run("sync")
    assert (again["found"], again["total_commits"]) == (0, COMMITS)


NASTY = {"git_url": "git@example.org:team/nasty.git"}


def test_object_ids_may_be_sha256(
    database: Database, live_server: str, ada: Person, key: str, nasty_sha256: Path, tmp_path: Path
) -> None:
    repo = {"path": str(nasty_sha256), **NASTY}
    client_of(tmp_path, live_server, key, ada.project_id, repo).run("sync")
    assert_same(kept_rows(database, ada.project_id), read_log(nasty_sha256, "main"))


@pytest.mark.parametrize("kind", ["bare", "worktree", "subfolder"])
def test_a_clone_of_any_kind(
    database: Database,
    live_server: str,
    ada: Person,
    key: str,
    short: Path,
    tmp_path: Path,
    kind: str,
) -> None:
    place = tmp_path / "clone"
    if kind == "bare":
        run_git(tmp_path, "clone", "-q", "--bare", str(short), str(place))
    else:
        run_git(tmp_path, "clone", "-q", str(short), str(tmp_path / "whole"))
        run_git(tmp_path / "whole", "worktree", "add", "-q", "--detach", str(place))
    path = place / "gen" if kind == "subfolder" else place
    repo = {"path": str(path), **NASTY}
    (result,) = client_of(tmp_path, live_server, key, ada.project_id, repo).run("sync")
    assert result["inserted"] == FEW
    assert_same(kept_rows(database, ada.project_id), read_log(place))


def test_a_shallow_clone_is_refused_unless_allowed(
    database: Database, live_server: str, ada: Person, key: str, short: Path, tmp_path: Path
) -> None:
    shallow, whole = tmp_path / "shallow", tmp_path / "whole"
    run_git(tmp_path, "clone", "-q", "--depth=50", short.as_uri(), str(shallow))
    run_git(tmp_path, "clone", "-q", str(short), str(whole))
    client = client_of(tmp_path, live_server, key, ada.project_id, {"path": str(shallow), **NASTY})
    (refused,) = client.run("sync", code=1)
    assert "shallow" in refused["error"]
    client.run("sync", "--allow-shallow")
    # What the shallow clone left open, the whole one closes: no row is missing in the end.
    client_of(tmp_path, live_server, key, ada.project_id, {"path": str(whole), **NASTY}).run("sync")
    assert_same(kept_rows(database, ada.project_id), read_log(whole))
