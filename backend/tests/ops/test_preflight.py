"""`gitleague preflight`: each part by itself, with a remedy where it is not well."""

import json
import os
import re
from pathlib import Path

import pytest
from gitleague.core import migrations
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.jobs.runner import Runner
from gitleague.ops.backup import back_up, backup_folder
from gitleague.ops.checks import Finding, Mark, as_lines, failed
from gitleague.ops.preflight import preflight
from gitleague.server.defects import DefectRow, keep
from letters import mail_server
from operators import Operator
from pydantic import SecretStr
from servers import postgresql_programs


def look(settings: Settings, database: Database, **over: object) -> dict[str, Finding]:
    found = preflight(settings.model_copy(update=over), database)
    return {finding.name: finding for finding in found}


def test_a_league_that_is_well(live_server: str, settings: Settings, database: Database) -> None:
    Runner(database, {}).look_at_clocks()
    with mail_server() as box:
        smtp = SecretStr(box.url)
        key = SecretStr("k" * 32)
        found = look(settings, database, public_url=live_server, smtp_url=smtp, secret_key=key)
    unwell = {name for name, each in found.items() if each.mark is Mark.FAIL}
    assert unwell - {"disk", "memory"} == set(), found
    assert found["server"].says == f"{live_server}/health says ok"
    assert found["mail"].mark is Mark.OK


def test_what_is_wrong_has_a_remedy(settings: Settings, database: Database) -> None:
    with database.writing() as session:
        keep(session, DefectRow(None, "GET", "/", "builtins.KeyError", now()))
    gone = "127.0.0.1:1"
    found = look(
        settings,
        database,
        public_url=f"http://{gone}",
        redis_url=f"redis://{gone}/0",
        smtp_url=SecretStr(f"smtp://{gone}"),
    )
    unwell = {name: each for name, each in found.items() if each.mark is Mark.FAIL}
    assert {"server", "redis", "mail", "workers"} <= unwell.keys()
    assert found["errors"].mark is Mark.WARN
    assert all(each.remedy for each in unwell.values())
    assert failed(found.values())
    assert any("systemctl start celery" in line for line in as_lines(found.values()))


def test_a_schema_of_another_version_fails(settings: Settings, database: Database) -> None:
    migrations.downgrade(database, "-1")
    found = look(settings, database)
    assert (found["database"].mark, found["database"].remedy) == (
        Mark.FAIL,
        "Run: gitleague db upgrade",
    )
    assert "jobs" not in found


@pytest.mark.on_both
def test_a_public_address_needs_tls(settings: Settings, database: Database) -> None:
    found = look(settings, database, public_url="http://league.invalid")
    assert found["certificate"].mark is Mark.FAIL


def test_the_command_of_the_page(tmp_path: Path, database_url: str) -> None:
    page = Path(__file__).parents[3] / "docs" / "operations" / "before.md"
    (command,) = re.findall(r"^    gitleague (\S.*)$", page.read_text(), re.MULTILINE)
    environment = {
        "GITLEAGUE_DATABASE_URL": database_url,
        "GITLEAGUE_PUBLIC_URL": "http://127.0.0.1:1",
    }
    done = Operator(environment, tmp_path).run_here(command, "--json")
    assert done.code == 1, done.err
    marks = {found["name"]: found["mark"] for found in json.loads(done.out)}
    assert (marks["database"], marks["server"]) == ("pass", "fail")


def test_the_newest_backup_has_an_age(settings: Settings, database: Database) -> None:
    assert look(settings, database)["backups"].mark is Mark.WARN
    able = settings.model_copy(update={"postgresql_programs": postgresql_programs()})
    made = back_up(database, able, backup_folder(settings), keep=3)
    assert look(settings, database)["backups"].mark is Mark.OK
    yesterday = now().timestamp() - 2 * 86400
    os.utime(made.path, (yesterday, yesterday))
    assert look(settings, database)["backups"].mark is Mark.FAIL
