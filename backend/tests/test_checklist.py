"""The deployment checklist's own commands, as they are written there, on a server that runs."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from string import Template

import pytest
import servers
from gitleague.core.db import Database
from gitleague.tables.accounts import Scope
from httpx import Client
from make import Person, make_key, make_repo
from sqlalchemy import make_url, text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations" / "checklist.md").read_text(encoding="utf-8")
HOST = "https://api.thegitleague.com"
CREATE_KEY = """
  curl -X POST https://api.thegitleague.com/api/v1/api-keys/ \\
    -H "Authorization: Bearer $JWT_TOKEN" \\
    -H "Content-Type: application/json" \\
    -d '{"name": "Test", "scopes": "sync:commits,read:repos"}'
"""
STATUS = """
  curl https://api.thegitleague.com/api/v1/sync/projects/$PROJECT/repos/$REPO/status \\
    -H "Authorization: Bearer $API_KEY"
"""
PUSH_NOTHING = """
  curl -X POST https://api.thegitleague.com/api/v1/sync/projects/$PROJECT/repos/$REPO/commits \\
    -H "Authorization: Bearer $API_KEY" \\
    -H "Content-Type: application/json" \\
    -d '{"commits": []}'
"""


def curl(command: str, live_server: str, **names: object) -> tuple[int, dict[str, object]]:
    """The command of the checklist, sent to this server."""
    filled = Template(command.replace("\\\n", " ")).substitute(names).replace(HOST, live_server)
    argv = [*shlex.split(filled), "--silent", "--write-out", "\n%{http_code}"]
    body, _, status = subprocess.check_output(argv, text=True).rpartition("\n")
    return int(status), json.loads(body)


def test_health_and_the_api_answer(live_server: str) -> None:
    assert curl(f"curl {HOST}/health", live_server)[1]["status"] == "ok"
    status, told = curl(f"curl {HOST}/api/v1", live_server)
    assert (status, told["name"]) == (200, "The Git League")


def test_keys_are_made_and_open_the_sync_endpoints(
    database: Database, live_server: str, ada: Person
) -> None:
    with database.writing() as session:
        repo_id = make_repo(session, ada.project_id)
    status, made = curl(CREATE_KEY, live_server, JWT_TOKEN=ada.jwt)
    assert status == 201
    names = {"API_KEY": made["full_key"], "PROJECT": ada.project_id, "REPO": repo_id}
    assert curl(STATUS, live_server, **names)[0] == 200
    assert curl(PUSH_NOTHING, live_server, **names)[0] == 201


def test_the_questions_to_the_database_have_answers(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("SELECT COUNT(*) FROM repos;")) == 0
        assert session.scalars(text("SELECT * FROM alembic_version;")).all()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_commands_of_the_folder_app_work_there(database_url: str, tmp_path: Path) -> None:
    """`/app` leads to the checkout's backend folder."""
    app = tmp_path / "app"
    app.symlink_to(ROOT / "backend")
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GITLEAGUE_DATABASE_URL": database_url,
    }
    for command in (
        "alembic upgrade head",
        "python scripts/migrate_repos_to_push.py --status",
        "git rev-parse --abbrev-ref HEAD",
    ):
        subprocess.run(
            ["sh", "-c", f"cd {app} && {command}"],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_pg_dump_and_psql_carry_a_league(
    postgresql: str, database_url: str, database: Database, ada: Person, tmp_path: Path
) -> None:
    host = postgresql.split(maxsplit=1)[0].removeprefix("host=")
    environment = os.environ | {
        "PATH": f"{servers.postgresql_programs()}:{os.environ['PATH']}",
        "PGHOST": host,
        "PGUSER": "postgres",
    }
    name = make_url(database_url).database
    with servers.postgresql_database(postgresql, "restored"):
        script = f"pg_dump {name} > backup.sql && psql -q restored < backup.sql >/dev/null"
        subprocess.run(["sh", "-c", script], check=True, env=environment, cwd=tmp_path)
        count = "SELECT count(*) FROM members"
        asked = ["psql", "-At", "-c", count, "restored"]
        assert subprocess.check_output(asked, env=environment, text=True).strip() == "1"


def test_every_line_names_what_proves_it() -> None:
    rows = [row.split(" | ") for row in PAGE.splitlines() if row.startswith("| ")]
    lines = [row for row in rows if len(row) == 3 and row[0] not in {"| line", "| ---"}]
    assert len(lines) > 90
    proofs = {path for row in lines for path in re.findall(r"`([^`]+)`", row[2])}
    assert [path for path in sorted(proofs) if not (ROOT / path).exists()] == []


def test_a_key_with_a_scope_too_few_is_refused(http: Client, ada: Person, repo_id: object) -> None:
    key = make_key(http, ada, Scope.READ_REPOS)
    place = f"/api/v1/sync/projects/{ada.project_id}/repos/{repo_id}/commits"
    known = {"Authorization": f"Bearer {key}"}
    assert http.post(place, json={"commits": []}, headers=known).status_code == 403
