"""A deployment that goes wrong is taken back: code, database and services."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import psycopg
import pytest
import servers
from make import make_line
from operators import Operator

pytestmark = pytest.mark.timeout(360)  # each starts a handful of programs

ROOT = Path(__file__).parents[3]
PARTS = ("backend/gitleague", "backend/alembic", "gitleague-client", "tools", "requirements")
FILES = ("backend/pyproject.toml", "deploy/rollback")
MIGRATION = '''"""A table that the next version needs."""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table("of_the_next_version", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("of_the_next_version")
'''
# What systemd does for the script: the server is started and stopped for real.
SYSTEMCTL = """#!/bin/sh
echo "$@" >>{folder}/asked
case "$*" in
stop*) [ ! -f {folder}/pid ] || {{ kill "$(cat {folder}/pid)"; rm {folder}/pid; }} ;;
"start gitleague-backend")
    {python} -m gitleague serve --port {port} >>{folder}/log 2>&1 &
    echo $! >{folder}/pid ;;
esac
"""


class Production(NamedTuple):
    checkout: Path
    folder: Path
    environment: dict[str, str]
    url: str

    def run(self, *command: object, code: int = 0) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.checkout,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def gitleague(self, *arguments: str) -> str:
        return self.run(sys.executable, "-m", "gitleague", *arguments)


@pytest.fixture
def production(tmp_path: Path, postgresql: str) -> Iterator[Production]:
    """A checkout with an origin, a database, and services; nothing runs yet."""
    checkout, folder = tmp_path / "opt", tmp_path / "machine"
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__", "tests")
        shutil.copytree(ROOT / part, checkout / part, ignore=ignored)
    for file in FILES:
        (checkout / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, checkout / file)
    (folder / "bin").mkdir(parents=True)
    host = postgresql.split(maxsplit=1)[0].removeprefix("host=")
    systemctl = folder / "bin" / "systemctl"
    with (
        servers.reserved_port() as port,
        servers.postgresql_database(postgresql, "league_prod") as database_url,
    ):
        systemctl.write_text(SYSTEMCTL.format(folder=folder, python=sys.executable, port=port))
        systemctl.chmod(0o755)
        environment = os.environ | {
            "PATH": f"{folder / 'bin'}:{servers.postgresql_programs()}:{os.environ['PATH']}",
            "PYTHONPATH": f"{checkout / 'backend'}:{checkout / 'gitleague-client'}",
            "PGHOST": host,
            "PGUSER": "postgres",
            "DATABASE": "league_prod",
            "HEALTH": f"http://127.0.0.1:{port}/health",
            "GITLEAGUE_DATABASE_URL": database_url,
            "GITLEAGUE_DATA_DIR": str(folder / "data"),
        }
        made = Production(checkout, folder, environment, f"http://127.0.0.1:{port}")
        _commit(made)
        made.run("git", "init", "--quiet", "--bare", folder / "origin.git")
        made.run("git", "remote", "add", "origin", folder / "origin.git")
        made.run("git", "push", "--quiet", "origin", "main")
        _environment_is_there(made)
        yield made
        made.run("systemctl", "stop")
        _drop_kept(postgresql)


def test_what_was_there_before_is_there_again(production: Production) -> None:
    operator = Operator(production.environment)  # of the same version
    assert operator.run_here("db", "upgrade").code == 0
    made = json.loads(
        operator.run_here(
            *("bootstrap", "--email", "ada@example.org", "--project", "League"),
            *("--repo", "git@example.org:team/site.git", "--json"),
        ).out
    )
    before, after = make_line(3), make_line(2)
    production.run("systemctl", "start", "gitleague-backend")
    push = Pushes(production, made)
    assert push(before) == 3
    backup = production.folder / "deployment_backup.sql"
    production.run("pg_dump", "--file", backup, "league_prod")

    production.run("systemctl", "stop", "gitleague-backend")
    _next_version(production)
    production.gitleague("db", "upgrade")
    production.run("systemctl", "start", "gitleague-backend")
    assert push(after) == 2

    said = production.run("deploy/rollback", backup)
    assert "Rolled back." in said
    assert push([]) == 0
    assert push.total() == 3
    assert push(after) == 2, "what came after the backup is sent again by the clients"
    assert not (production.checkout / "backend/alembic/versions/9999_next.py").exists()
    asked = (production.folder / "asked").read_text(encoding="utf-8").splitlines()[-4:]
    assert asked == [
        "stop gitleague-backend celery celery_beat",
        "start gitleague-backend",
        "start celery",
        "start celery_beat",
    ]
    assert production.run("git", "rev-parse", "main") == production.run(
        "git", "rev-parse", "origin/main"
    )


def test_it_stops_at_the_first_step_that_fails(production: Production) -> None:
    half = production.folder / "half.sql"
    half.write_text("CREATE TABLE half (", encoding="utf-8")
    said = production.run("deploy/rollback", half, code=1)
    assert "Step 1 failed: look at the backup" in said
    assert not (production.folder / "asked").exists(), "nothing was stopped"


def test_it_says_how_it_is_called(production: Production) -> None:
    assert "Usage: deploy/rollback" in production.run("deploy/rollback", code=2)


class Pushes:
    def __init__(self, production: Production, made: dict[str, object]) -> None:
        (repo,) = made["repos"]  # type: ignore[misc]
        self.place = (
            f"{production.url}/api/v1/sync/projects/{made['project_id']}/repos/{repo['id']}"
        )
        self.known = {"Authorization": f"Bearer {made['api_key']}"}

    def __call__(self, commits: list[dict[str, object]]) -> int:
        transport = httpx.HTTPTransport(retries=10)  # it may still be starting
        with httpx.Client(transport=transport, timeout=60) as http:
            body = {"commits": commits}
            answer = http.post(f"{self.place}/commits", json=body, headers=self.known)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["inserted"])

    def total(self) -> int:
        answer = httpx.get(f"{self.place}/status", headers=self.known)
        return int(answer.json()["total_commits"])


def _commit(production: Production) -> None:
    production.run("git", "init", "--quiet", "--initial-branch", "main")
    (production.checkout / ".gitignore").write_text(".venv/\n__pycache__/\n", encoding="utf-8")
    production.run("git", "add", "--all")
    production.run("git", "commit", "--quiet", "--message", "This version")


def _next_version(production: Production) -> None:
    versions = production.checkout / "backend" / "alembic" / "versions"
    before = max(path.name for path in versions.glob("[0-9]*.py"))[:4]
    (versions / "9999_next.py").write_text(MIGRATION.format(before=before), encoding="utf-8")
    production.run("git", "add", "--all")
    production.run("git", "commit", "--quiet", "--message", "The next version")
    production.run("git", "push", "--quiet", "origin", "main")


def _environment_is_there(production: Production) -> None:
    """As if tools/environment.sh had made it, which takes a minute."""
    venv = production.checkout / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / "made-in").write_text(f"{production.checkout}\n", encoding="utf-8")
    needs = "requirements/run.lock backend/pyproject.toml gitleague-client/pyproject.toml"
    stamp = production.run("sh", "-c", f"cat {needs} | cksum")
    (venv / "installed-run").write_text(stamp, encoding="utf-8")


def _drop_kept(postgresql: str) -> None:
    with psycopg.connect(postgresql, autocommit=True) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'league_prod_failed_%'"
        ).fetchall()
        for (name,) in found:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
