"""The table that a CI shows with its job: what became of each repository."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

TITLE = "### Sync with The Git League"
HEAD = "| repository | found | sent | refused or error |\n| --- | ---: | ---: | --- |"


class Row(NamedTuple):
    repo: str
    found: int | None = None  # None: it was not looked at
    sent: int | None = None
    trouble: str = ""


def append_summary(file: Path, rows: Sequence[Row]) -> None:
    """Raises OSError."""
    table = "\n".join([HEAD, *map(_line, rows)])
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"{TITLE}\n\n{table}\n\n")


def _line(row: Row) -> str:
    return f"| {' | '.join(map(_cell, row))} |"


def _cell(value: str | int | None) -> str:
    """Markdown would take a name such as `a|b` for two cells, and `<b>` for bold."""
    if isinstance(value, int):
        return f"{value:,}"
    text = " ".join((value or "").split())
    for special in "\\|`*<[":
        text = text.replace(special, f"\\{special}")
    return text
