"""ARCHITECTURE.md is a picture of this tree, and the tree keeps the shape."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "backend" / "gitleague"
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = sorted(path.parent.name for path in SERVER.glob("*/__init__.py"))


def test_the_paths_it_names_exist() -> None:
    paths = re.findall(r"`((?:backend|gitleague-client|tools|docs|deploy|bench)/[\w./-]*)`", TEXT)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_in_the_picture_and_in_the_order_of_imports(room: str) -> None:
    assert f"`backend/gitleague/{room}/`" in TEXT
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(rf'"(?:[^"]* )?gitleague\.{room}(?: [^"]*)?"', contract)


def test_every_decision_is_listed() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [path.name for path in decisions if f"docs/decisions/{path.name}" not in TEXT] == []
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("backend/alembic", "it would hide the library of that name"),
        ("backend/tests", "the two folders called tests would meet"),
        ("gitleague-client/tests", "the two folders called tests would meet"),
    ],
)
def test_folder_is_no_package(folder: str, why: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists(), why


def test_libraries_are_explained() -> None:
    """What the packages depend on is what ARCHITECTURE.md gives a reason for."""
    needs = set()
    for package in ("backend", "gitleague-client"):
        text = (ROOT / package / "pyproject.toml").read_text(encoding="utf-8")
        block = text.partition("dependencies = [")[2].partition("\n]")[0]
        needs |= set(re.findall(r'^    "([\w-]+)', block, re.MULTILINE))
    needs -= {"gitleague-client", "uvloop", "httptools", "pydantic-settings", "tzdata"}  # parts
    table = TEXT.partition("## Libraries")[2].partition("\n## ")[0].lower()
    assert [need for need in sorted(needs) if need.lower() not in table] == []
