"""The operator's command: what it prints, and how it ends."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest
import servers
from awaited import until
from gitleague.app import create_app
from gitleague.core import migrations
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from httpx import Client
from make import make_line
from migrations import STEPS
from operators import Operator
from pushes import make_pushes
from sqlalchemy import text

NEWEST = STEPS[-1].stem[:4]
BOOTSTRAP = "bootstrap --email Ada@Example.org --project League --repo git@x.org:a/b.git --json"


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """On a data folder of their own, with nothing in it."""
    return Operator({"GITLEAGUE_DATA_DIR": str(tmp_path / "league")})


@contextmanager
def served(folder: Path) -> Iterator[Client]:
    """The app on an operator's folder, which is not running: as `gitleague serve` makes it."""
    app = create_app(Settings(_env_file=None, data_dir=folder))
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        with servers.serving(app, opened), Client(base_url=url, timeout=60) as http:
            yield http


def test_bootstrap_makes_all_that_a_first_push_needs(operator: Operator, tmp_path: Path) -> None:
    done = operator.run_here(*BOOTSTRAP.split())
    assert done.code == 0, done.err
    made = json.loads(done.out)
    assert made.keys() == {"project_id", "repos", "api_key", "jwt", "sign_in_url"}
    assert made["repos"][0]["git_url"] == "git@x.org:a/b.git"
    with served(tmp_path / "league") as http:
        for credential in (made["api_key"], made["jwt"]):
            answer = http.get(
                f"/api/v1/sync/projects/{made['project_id']}/repos/{made['repos'][0]['id']}/status",
                headers={"Authorization": f"Bearer {credential}"},
            )
            assert answer.status_code == 200
        token = made["sign_in_url"].rsplit("/", 1)[-1]
        signed_in = http.post("/api/v1/auth/verify", json={"token": token})
        assert signed_in.status_code == 200


def test_bootstrap_is_safe_to_run_again(operator: Operator, tmp_path: Path) -> None:
    first, second = (json.loads(operator.run_here(*BOOTSTRAP.split()).out) for _ in range(2))
    for field in ("project_id", "repos"):
        assert first[field] == second[field]
    with served(tmp_path / "league") as http:
        push = f"/api/v1/sync/projects/{first['project_id']}/repos/{first['repos'][0]['id']}"

        def opens(key: str) -> bool:
            headers = {"Authorization": f"Bearer {key}"}
            return http.get(f"{push}/status", headers=headers).is_success

        def was_used(key: str) -> bool:
            """Which is written down after the answer."""
            asked = "SELECT usage_count FROM api_keys WHERE prefix = ?"
            with closing(sqlite3.connect(tmp_path / "league" / "gitleague.db")) as database:
                return database.execute(asked, (key[:12],)).fetchone() == (1,)

        # Nobody ever used the first key, so the second run has ended it; a key in use stays.
        assert (opens(first["api_key"]), opens(second["api_key"])) == (False, True)
        until(lambda: was_used(second["api_key"]))
        third = json.loads(operator.run_here(*BOOTSTRAP.split()).out)
        assert (opens(second["api_key"]), opens(third["api_key"])) == (True, True)
    with closing(sqlite3.connect(tmp_path / "league" / "gitleague.db")) as database:
        for table in ("users", "projects", "repos"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


def test_bootstrap_speaks_to_people_too(operator: Operator) -> None:
    done = operator.run_here("bootstrap", "--email", "ada@example.org", "--project", "League")
    assert re.search(r"API key \(shown this once\)\n  tgl_", done.out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--email", "ada", "--project", "x"], "--email"),
        (["--email", "a@example.org", "--project", " "], "--project"),
        (["--email", "a@example.org"], "--project"),
        (["--email", "a@example.org", "--project", "x", "--repo", "site"], "git URL"),
        (["--email", "a@example.org", "--project", "x", "--time-zone", "Mars"], "Europe/Berlin"),
    ],
)
def test_bootstrap_says_what_is_wrong(operator: Operator, arguments: list[str], says: str) -> None:
    done = operator.run_here("bootstrap", *arguments)
    assert done.code in {1, 2}
    assert says in done.err
    assert "Traceback" not in done.err


def test_the_schema_goes_up_and_down(operator: Operator) -> None:
    assert operator.run_here("db", "current").out == f"base (needs {NEWEST})\n"
    assert operator.run_here("db", "upgrade").out == f"{NEWEST}\n"
    assert operator.run_here("db", "downgrade", "-1").out == f"{STEPS[-2].stem[:4]}\n"
    assert operator.run_here("db", "downgrade", "base").out == "base\n"
    unknown = operator.run_here("db", "upgrade", "9999")
    assert (unknown.code, "gitleague db current" in unknown.err) == (2, True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_serve_does_not_start_on_a_schema_of_another_version(
    operator: Operator, database: Database, database_url: str
) -> None:
    migrations.downgrade(database, "-1")
    done = operator.run_here("serve", GITLEAGUE_DATABASE_URL=database_url)
    assert done.code == 2
    assert "Run: gitleague db upgrade" in done.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "changethis"),
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "league.example.org"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("MAX_BATCH", "9000"),
        ("RATE_LIMIT_API", "often"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "league"),
    ],
)
def test_a_wrong_setting_stops_the_start(operator: Operator, name: str, value: str) -> None:
    done = operator.run_here("serve", **{f"GITLEAGUE_{name}": value})
    assert done.code == 2
    assert f"GITLEAGUE_{name}" in done.err
    assert "Traceback" not in done.err
    assert name != "SECRET_KEY" or value not in done.err


def test_an_unknown_command(operator: Operator) -> None:
    assert operator.run_here("play").code == 2


def test_a_process_ends_with_the_code_and_the_words(operator: Operator) -> None:
    """Of every other command here it is the same door that is called, in this process."""
    done = operator.run("serve", GITLEAGUE_SECRET_KEY="changethis")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: GITLEAGUE_SECRET_KEY value error, is weak")
    assert "Traceback" not in done.err


@pytest.mark.real_clock
@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_stops_at_a_signal_also_while_somebody_listens(
    operator: Operator, tmp_path: Path, workers: str
) -> None:
    made = json.loads(operator.run_here(*BOOTSTRAP.split()).out)
    with ExitStack() as stopped:
        served = stopped.enter_context(operator.serve(tmp_path / "log", "--workers", workers))
        health = httpx.get(f"{served.url}/health", timeout=180)
        assert (health.status_code, health.json()["status"]) == (200, "ok")
        place = f"{served.url}/api/v1/projects/{made['project_id']}/events"
        known = {"Authorization": f"Bearer {made['jwt']}"}
        with httpx.stream("GET", place, headers=known, timeout=60) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "retry: 5000"
            stopped.close()
            assert list(lines) == [""], "a whole answer, and no broken one"
        assert "graceful shutdown exceeded" not in served.log.read_text(), "it waited in vain"
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{served.url}/health")


def test_recompute_builds_the_same_box_scores(
    operator: Operator, database: Database, database_url: str
) -> None:
    pushes = make_pushes(database)
    pushes.push(*make_line(5))
    before = pushes.box_scores()
    assert before
    with database.writing() as session:
        session.execute(text("DELETE FROM box_scores"))
    done = operator.run_here("recompute", GITLEAGUE_DATABASE_URL=database_url)
    assert done.code == 0, done.err
    assert str(pushes.project_id) in done.out
    assert pushes.box_scores() == before
