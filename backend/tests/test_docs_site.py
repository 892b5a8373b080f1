"""The site of docs/ is built strictly, and every command on its pages is one that there is."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from gitleague.cli.door import cli as server
from gitleague_client.cli import cli as client

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "SECURITY.md", "deploy/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "gitleague-client" / "README.md",
]
COMMAND = re.compile(r"(?:^    |`)((?:gitleague|gitleague-client) [^`\n]*)", re.MULTILINE)
DOORS: dict[str, click.Command] = {"gitleague": server, "gitleague-client": client}


def test_the_site_is_built_and_no_link_leads_nowhere(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path / "site"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    api = (tmp_path / "site" / "api.html").read_text(encoding="utf-8")
    assert "/api/v1/sync/projects/{project_id}/repos/{repo}/status" in api
    assert "Returns the seasons of a league, newest first." in api


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_on_the_page_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [line for line in COMMAND.findall(text) if not all(_parts(line))] == []


def _parts(line: str) -> Iterator[bool]:
    """Whether each command and option of the line is known."""
    alone = re.split(r" [|>;] ?| && ", line)[0]
    try:
        name, *words = shlex.split(alone, comments=True)
    except ValueError:  # a quote that the next line closes
        return
    command = DOORS[name]
    for word in words:
        context = click.Context(command)
        if word.startswith("-"):
            yield word.split("=")[0] in _options(command, context) | _options(DOORS[name], context)
        elif isinstance(command, click.Group) and word.islower():
            found = command.get_command(context, word)
            yield found is not None
            command = found or command


def _options(command: click.Command, context: click.Context) -> set[str]:
    return {
        option
        for parameter in command.get_params(context)
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
