"""Hooks of git that start a sync in the background: git waits for none, and none stops it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from gitleague_client.errors import NotOurs
from gitleague_client.scheduling.marked import MARK, has_line, read, with_line, write

NAMES = ("post-merge", "pre-push")
# git writes to pre-push what it is about to push.
_SCRIPT = """\
#!/bin/sh
[ -t 0 ] || cat >/dev/null
{line}
"""


def hook_line(command: Sequence[str]) -> str:
    return f"( {shlex.join(command)} </dev/null >/dev/null 2>&1 & ) {MARK}"


def script(line: str) -> str:
    return _SCRIPT.format(line=line)


def install(hook: Path, line: str) -> None:
    """A hook that holds our line already keeps its others; one that does not is never touched."""
    there = read(hook)
    if there is None:
        write(hook, script(line), executable=True)
    elif has_line(there):
        write(hook, with_line(there, line), executable=True)
    else:
        raise NotOurs(
            f"{hook} was made by somebody else, and stays as it is.",
            remedy=f"Add this line to it by hand, below its first one: {line}",
        )
