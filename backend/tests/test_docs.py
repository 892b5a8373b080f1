"""Documentation that cannot lie: made from the code, or compared with it, or run."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from string import Template

import httpx
import pytest
from catalogue import CATALOGUE, catalogue
from fastapi.routing import iter_route_contexts
from generated_docs import (
    DOCS,
    awards_page,
    errors_page,
    every_kind_of,
    messages_page,
    settings_page,
)
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.errors import LeagueError
from gitleague.core.settings import Settings
from gitleague.description import EXAMPLES as ANSWERS
from gitleague.tables.accounts import Scope
from gitleague_client.environment import CONFIG
from gitleague_client.errors import ClientError
from gitleague_client.rules.classify import (
    FIX_WORDS,
    REVERT_WORDS,
    WIP_WORDS,
    classify,
    is_assisted,
)
from gitleague_client.rules.patterns import NO_TICKETS, UNCLEAN_WORDS
from gitleague_client.rules.people import is_bot
from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT, Play, author_stats, impact
from make import Person, make_key, make_repo
from pydantic import TypeAdapter

ROOT = DOCS.parent
PAGES = {
    "awards.md": awards_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "operations/templates/messages.md": messages_page,
}
WRITTEN = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("*/README.md")]
ERRORS = [*every_kind_of(LeagueError), *every_kind_of(ClientError)]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (\S.*)$", README, re.MULTILINE)
SCORING = (DOCS / "scoring.md").read_text(encoding="utf-8")
BLOCK = re.MULTILINE | re.DOTALL
EXAMPLES = re.findall(r"^\| (\w.*?) \|(( [\d.]+ \|){11})$", SCORING, re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_code_says(name: str) -> None:
    _same(DOCS / name, PAGES[name])


def test_the_catalogue_holds_every_text_of_the_pages() -> None:
    _same(CATALOGUE, catalogue)


def test_openapi_is_what_the_routes_say(tmp_path: Path) -> None:
    """A changed contract is a difference that can be seen."""
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    _same(DOCS / "openapi.json", lambda: json.dumps(app.openapi(), indent=1) + "\n")


def test_every_example_is_one(tmp_path: Path) -> None:
    """Of what a route takes and gives, and of each route that most people call."""
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    routes = {
        f"{method} {context.path}": context.route
        for context in iter_route_contexts(app.routes)
        for method in context.methods or set()
    }
    for place, example in ANSWERS["answers"].items():
        TypeAdapter(routes[place].response_model).validate_python(example)
    for place, example in ANSWERS["requests"].items():
        TypeAdapter(routes[place].body_field.field_info.annotation).validate_python(example)
    league = "GET /api/v1/projects/{project_id}"
    reads = ("standings", "awards", "plays", "hall-of-fame", "records", "audit-log")
    assert {f"{league}/{each}" for each in reads} <= ANSWERS["answers"].keys()


def _same(path: Path, page: Callable[[], str]) -> None:
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(page(), encoding="utf-8")
    said = path.read_text(encoding="utf-8")
    assert said == page(), f"{path.name} is stale: UPDATE_DOCS=1 pytest tests/test_docs.py"


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_error_says_what_is_wrong(error: type[Exception]) -> None:
    assert error.__doc__
    assert error.__doc__.endswith(".")
    assert "\n" not in error.__doc__


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_settings_that_are_named_exist() -> None:
    code = [
        *ROOT.glob("gitleague-client/gitleague_client/*.py"),
        ROOT / "backend/tests/databases.py",
    ]
    known = set(re.findall(r"GITLEAGUE_[A-Z_]+", settings_page())) | set(CONFIG.values())
    for path in code:
        known |= set(re.findall(r"GITLEAGUE_[A-Z_]+", path.read_text(encoding="utf-8")))
    named = {
        (page.name, name)
        for page in WRITTEN
        for name in re.findall(r"GITLEAGUE_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))
    }
    assert {(page, name) for page, name in named if name not in known} == set()


@pytest.mark.parametrize(("title", "numbers"), [example[:2] for example in EXAMPLES])
def test_worked_examples_add_up(title: str, numbers: str) -> None:
    added, deleted, files, *points, total = (Decimal(cell) for cell in numbers.split(" |")[:-1])
    flags = classify(title, "", author=("Ada", "ada@example.org"), is_merge=False)
    stats = author_stats(Play(int(added), int(deleted), int(files), flags))
    shown = [stats.pts, stats.reb, stats.ast, stats.blk, stats.tov, stats.jt, stats.cc]
    assert [Decimal(stat) / STAT_UNIT for stat in shown] == points
    assert Decimal(impact(stats)) / IMPACT_UNIT == total


def test_the_words_that_match_are_those_of_the_code() -> None:
    row = re.compile(r"^\| ([a-z ]+) \| ((?:`[\w ]+`(?:, )?)+) \|$", re.MULTILINE)
    rows = dict(row.findall(SCORING))
    assert {kind: tuple(re.findall("`([^`]+)`", words)) for kind, words in rows.items()} == {
        "a fix": FIX_WORDS,
        "a revert": REVERT_WORDS,
        "work in progress": WIP_WORDS,
        "not clean": UNCLEAN_WORDS,
    }
    assert f"Names of standards are none: `{'`, `'.join(NO_TICKETS)}`." in SCORING


def test_bots_and_assistants_that_are_named_are_known() -> None:
    bots, assistants = re.findall(r"^- \*\*(?:A bot|AI-assisted)\*\*.*?(?=^\S)", SCORING, BLOCK)
    named = set(re.findall("`([a-z-]+)`", bots))
    assert len(named) == 19
    assert {name for name in named if not is_bot(name, "x@example.org")} == set()
    makers = set(re.findall("`([A-Z][A-Za-z ]+)`", assistants))
    assert len(makers) == 9
    assert {name for name in makers if not is_assisted(f"Generated with {name}")} == set()


def test_there_are_examples_and_commands() -> None:
    assert len(EXAMPLES) >= 5
    assert len(COMMANDS) >= 11


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("make ")])
def test_readme_names_a_door_that_opens(command: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{command.split()[1]}: ## ", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("gitleague-cl")])
def test_readme_names_a_command_of_the_client(command: str) -> None:
    words = [sys.executable, "-m", "gitleague_client", *command.split()[1:], "--help"]
    assert subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_readme_calls_the_api(database: Database, live_server: str, ada: Person) -> None:
    with database.writing() as session:
        repo_id = make_repo(session, ada.project_id)
    with httpx.Client(base_url=live_server) as http:
        key = make_key(http, ada, Scope.READ_REPOS, Scope.SYNC_COMMITS)
        names = {"URL": live_server, "KEY": key, "PROJECT": ada.project_id, "REPO": repo_id}
        for line in (line for line in COMMANDS if line.startswith("curl ")):
            words = [Template(word).substitute(names) for word in shlex.split(line)[1:]]
            headers = [word.split(": ") for word in words if word.startswith("Authorization: ")]
            answer = http.get(words[-1], headers=dict(headers))
            assert answer.status_code == 200, (line, answer.text)
