"""Documentation that cannot lie: made from the code, or compared with it, or run."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from generated_docs import DOCS, errors_page, every_kind_of, settings_page
from gitleague.core.errors import LeagueError
from gitleague_client.errors import ClientError

ROOT = DOCS.parent
PAGES = {"settings.md": settings_page, "errors.md": errors_page}
WRITTEN = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "gitleague-client" / "README.md"]
ERRORS = [*every_kind_of(LeagueError), *every_kind_of(ClientError)]


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_code_says(name: str) -> None:
    _same(DOCS / name, PAGES[name])


def _same(path: Path, page: Callable[[], str]) -> None:
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(page(), encoding="utf-8")
    said = path.read_text(encoding="utf-8")
    assert said == page(), f"docs/{path.name} is stale: UPDATE_DOCS=1 pytest tests/test_docs.py"


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_error_says_what_is_wrong(error: type[LeagueError | ClientError]) -> None:
    assert error.__doc__
    assert error.__doc__.endswith(".")
    assert "\n" not in error.__doc__


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_paths_in_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:backend|gitleague-client|tools|docs|deploy|bench)/[\w./-]+)`", text)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_settings_named_anywhere_exist() -> None:
    known = set(re.findall(r"GITLEAGUE_[A-Z_]+", settings_page())) | CLIENT_SETTINGS
    named = {
        name: page.name
        for page in WRITTEN
        for name in re.findall(r"GITLEAGUE_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))
    }
    assert {name: page for name, page in named.items() if name not in known} == {}
