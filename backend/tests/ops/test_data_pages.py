"""The commands of the pages on backups and on the import, run in the order in which they stand."""

import re
import shlex
from pathlib import Path

import original
import pytest
from generated_docs import DOCS
from operators import Operator
from servers import postgresql_database

KEY = "a key that is kept in another place than backups are"


def commands(page: str) -> list[list[str]]:
    text = (DOCS / "operations" / page).read_text(encoding="utf-8")
    return [
        shlex.split(line)[1:] for line in re.findall(r"^    (gitleague .*)$", text, re.MULTILINE)
    ]


def run(operator: Operator, command: list[str], names: dict[str, str]) -> None:
    done = operator.run_here(*(names.get(word, word) for word in command))
    assert done.code == 0, (command, done.err)


def test_backups(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    first, second = (
        Operator({"GITLEAGUE_DATA_DIR": str(tmp_path / name), "GITLEAGUE_BACKUP_KEY": KEY})
        for name in ("here", "new machine")
    )
    first.run_here("bootstrap", "--email", "ada@example.org", "--project", "League")
    told = commands("backups.md")
    assert [command[0] for command in told] == [
        *("backup", "backup", "verify", "restore", "db", "db"),
    ]
    with postgresql_database(request.getfixturevalue("postgresql"), "grown") as url:
        names = {"postgresql://league@db.example.org/league": url}
        for command in told:
            run(second if command[0] in {"restore", "db"} else first, command, names)
            made = sorted((tmp_path / "here" / "backups").iterdir())
            names["FILE"] = str(made[-1])


def test_import_legacy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    original.fill(url, str.lower)
    operator = Operator({"GITLEAGUE_DATA_DIR": str(tmp_path / "league")})
    told = commands("import-legacy.md")
    assert len(told) == 3
    for command in told:
        run(operator, command, {"DATABASE_URL": url})
