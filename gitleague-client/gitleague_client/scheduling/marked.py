"""What is ours in files of others: one marked line, or a file that begins with the mark."""

from __future__ import annotations

import os
from pathlib import Path

from gitleague_client.errors import CannotSchedule

MARK = "# gitleague-client schedule"


def has_line(text: str) -> bool:
    return any(_is_ours(line) for line in text.split("\n"))


def with_line(text: str, line: str) -> str:
    """`text` with `line` where ours was, or at its end. All other lines stay as they are."""
    lines = text.removesuffix("\n").split("\n") if text else []
    ours = [place for place, each in enumerate(lines) if _is_ours(each)]
    first = ours[0] if ours else len(lines)
    kept = [each for each in lines[first:] if not _is_ours(each)]
    return "\n".join([*lines[:first], line, *kept]) + "\n"


def _is_ours(line: str) -> bool:
    return line.rstrip().endswith(MARK)


def read(path: Path) -> str | None:
    """What the file holds, whatever its encoding; None where nothing is."""
    if not os.path.lexists(path):
        return None
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""  # a link that leads nowhere is somebody's
    except OSError as error:
        raise CannotSchedule(f"{path} cannot be read: {error.strerror}.") from error


def write(path: Path, text: str, *, executable: bool = False) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        if executable:
            path.chmod(path.stat().st_mode | 0o111)
    except OSError as error:
        raise CannotSchedule(f"{path} cannot be written: {error.strerror}.") from error
