"""Results on stdout, all else on stderr: progress, warnings, errors with what to do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from gitleague_client.errors import ClientError

# Escape sequences, and what turns the direction of writing: a terminal obeys them, and texts come
# from servers and histories that are not ours.
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Loudness(IntEnum):
    QUIET = 0  # errors and nothing else
    NORMAL = 1
    VERBOSE = 2


class Output:
    def __init__(
        self,
        *,
        as_json: bool = False,
        loudness: Loudness = Loudness.NORMAL,
        is_watched: bool = True,
    ) -> None:
        self.as_json = as_json
        self._is_watched = is_watched
        self.loudness = loudness
        # Paths and addresses stay whole for whoever copies them: nothing is wrapped.
        self._out = Console(highlight=False, soft_wrap=True, emoji=False)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

    @property
    def is_live(self) -> bool:
        """Whether somebody is watching."""
        quiet = self.as_json or self.loudness is Loudness.QUIET
        # Some CIs give their jobs a terminal, which nobody sees before the end.
        return self._is_watched and self._err.is_terminal and not quiet

    def result(self, line: str, **fields: Any) -> None:
        """One result: a line for people, or an object with `--json`."""
        if self.as_json:
            self._object(fields)
        elif self.loudness is not Loudness.QUIET:
            self._out.print(_shown(line))

    def note(self, text: str) -> None:
        if self.loudness is Loudness.VERBOSE:
            self._err.print(_shown(text, style="dim"))

    def hint(self, text: str) -> None:
        """What to do with a result."""
        if self.loudness is not Loudness.QUIET:
            self._err.print(_shown(text))

    def warn(self, text: str) -> None:
        if self.loudness is not Loudness.QUIET:
            self._err.print(Text.assemble(("warning: ", "yellow"), _shown(text)))

    def error(self, error: ClientError, *, about: str = "", **fields: Any) -> None:
        """In words on stderr; with `--json` an object as well, where there are fields."""
        if self.as_json and fields:
            self._object({**fields, "ok": False, "error": str(error), "remedy": error.remedy})
        before = f"{about}: " if about else ""
        self._err.print(Text.assemble(("error: ", "bold red"), _shown(f"{before}{error}")))
        self._err.print(_shown(f"  {error.remedy}"))

    def _object(self, fields: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(fields, default=_as_text) + "\n")
        sys.stdout.flush()

    def _payload(self, label: str, payload: bytes) -> None:
        """Exactly what would be sent; with `--json` in an object that says of what."""
        if self.as_json:
            self._object({"repo": label, "payload": json.loads(payload)})
        else:
            sys.stdout.write(payload.decode() + "\n")

    @contextmanager
    def progress(self) -> Iterator[Bars]:
        """A bar for each repository that is sent, where somebody is watching."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
        )
        with Progress(
            *columns, console=self._err, transient=True, disable=not self.is_live
        ) as progress:
            yield Bars(progress, self._payload)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _shown(text: str, *, style: str = "") -> Text:
    """The text to be read, not obeyed."""
    return Text(_COMMANDS.sub(lambda found: ascii(found[0])[1:-1], text), style=style)


class Bars:
    """The progress of a sync; its bars may be told of from several threads."""

    def __init__(self, progress: Progress, show: Callable[[str, bytes], None]) -> None:
        self._progress = progress
        self._show = show

    def bar(self, label: str) -> Bar:
        return Bar(self._progress, label, self._show)


class Bar:
    """The progress of one repository: there from its start until it is whole."""

    def __init__(self, progress: Progress, label: str, show: Callable[[str, bytes], None]) -> None:
        self._progress = progress
        self._label = label
        self._show = show
        self._task: TaskID | None = None
        self._left = 0

    def start(self, total: int) -> None:
        if total:
            self._left = total
            self._task = self._progress.add_task(self._label, total=total)

    def advance(self, commits: int) -> None:
        if self._task is None:
            return
        self._left -= commits
        self._progress.advance(self._task, commits)
        if self._left <= 0:
            self._progress.remove_task(self._task)
            self._task = None

    def show(self, payload: bytes) -> None:
        self._show(self._label, payload)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} commits/s" if speed else "")
